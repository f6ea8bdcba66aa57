"""JSON Schema of the protocol, from its dataclasses: `python -m worker.room.schema` writes it."""

from __future__ import annotations

import ast
import inspect
import json
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from worker.room.answers import ANSWERS
from worker.room.messages import MESSAGES, VERSION, Message
from worker.room.requests import BOUNDS, LENGTHS, REQUESTS, REQUIRED

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number"}

Schema = dict[str, Any]


def protocol() -> Schema:
    """Describe every message, request and answer; `$defs` has each by its name."""
    messages = {name: _message(name, kind) for name, kind in MESSAGES.items()}
    requests = {f"{kind.METHOD}.request": _request(kind) for kind in REQUESTS}
    answers = {f"{method}.response": _table(kind) for method, kind in ANSWERS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sightline: data messages on sightline.events, RPC requests and answers",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in messages],
        "$defs": {**messages, **requests, **answers},
    }


def _message(name: str, kind: type[Message]) -> Schema:
    head: Schema = {"v": {"const": VERSION}, "type": {"const": name}}
    described = _table(kind)
    described["properties"] = {**head, **described["properties"]}
    described["required"] = [*head, *(field.name for field in fields(kind))]
    return described


def _request(kind: type) -> Schema:
    described = _table(kind)
    for name, schema in described["properties"].items():
        if name in BOUNDS and schema["type"] != "string":
            schema["minimum"], schema["maximum"] = BOUNDS[name]
        if name in LENGTHS and schema.get("type") == "string":
            schema["maxLength"] = LENGTHS[name]
            schema["minLength"] = int(name in REQUIRED)
    return {**described, "additionalProperties": False}


def _table(kind: type) -> Schema:
    """Describe a dataclass as an object; what it inherits is described where it stands."""
    hints = get_type_hints(kind)
    notes = {name: note for base in reversed(kind.__mro__) for name, note in _notes(base).items()}
    return {
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "type": "object",
        "properties": {
            field.name: _property(field, hints[field.name], notes) for field in fields(kind)
        },
        "required": [field.name for field in fields(kind) if _is_required(field)],
    }


def _property(field: Field[Any], hint: Any, notes: Mapping[str, str]) -> Schema:
    schema = _type(hint)
    if field.name in notes:
        schema["description"] = notes[field.name]
    if not _is_required(field):
        schema["default"] = field.default
    return schema


def _type(hint: Any) -> Schema:
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0])}
    if get_origin(hint) is Mapping:
        return {"type": "object"}
    if is_dataclass(hint):
        assert isinstance(hint, type)
        return _table(hint)
    return {"type": _PLAIN[hint]}


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING


def _notes(kind: type) -> dict[str, str]:
    """Read the docstrings under the fields of a class, which Python itself does not keep."""
    if not is_dataclass(kind):
        return {}
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    notes: dict[str, str] = {}
    for before, node in zip(tree.body, tree.body[1:], strict=False):
        match before, node:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                notes[name] = " ".join(inspect.cleandoc(text).split())
    return notes


def written() -> str:
    """Write it as the file that is published."""
    return json.dumps(protocol(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
