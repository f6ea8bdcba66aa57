"""Requests read from JSON, or from what a person types into a panel; pure.

Plain text stands for the fields that `Request.PLAIN` names: a single field of text takes it whole,
otherwise each word goes to the first field that it fits, so `steady 0.5` is a mode and a rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from worker.errors import ControlError
from worker.room.requests import BOUNDS, LENGTHS, MAX_NAME, MAX_REQUEST, REQUIRED, Request
from worker.room.wording import clean

_SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}

Asked = TypeVar("Asked", bound=Request)


def read(kind: type[Asked], payload: str) -> Asked:
    """Read a request; nothing at all is one without fields.

    Raises:
        ControlError: it is too long, or not what this method takes.
    """
    if len(payload) > MAX_REQUEST:
        raise ControlError.malformed(f"a request has at most {MAX_REQUEST} characters")
    text = payload.strip()
    given = _table(text) if text.startswith("{") else dict(_words(kind, text))
    if unknown := sorted(set(given) - {field.name for field in fields(kind)}):
        raise ControlError.malformed(f"unknown field {clean(unknown[0])[:MAX_NAME]!r}")
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in given:
            values[field.name] = _value(field.name, hints[field.name], given[field.name])
        elif field.default is MISSING:
            raise ControlError.malformed(f"{field.name} is missing: {_wanted(hints[field.name])}")
    return kind(**values)


def _table(text: str) -> Mapping[str, object]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise ControlError.malformed("a request is a JSON object or plain text") from None
    return given if isinstance(given, dict) else {}


def _words(kind: type[Request], text: str) -> Iterator[tuple[str, object]]:
    """Give the words of a plain text to the fields they stand for."""
    if not text:
        return
    if not kind.PLAIN:
        raise ControlError.malformed(f"{kind.METHOD} takes no text")
    hints = get_type_hints(kind)
    if hints[kind.PLAIN[0]] is str:
        yield kind.PLAIN[0], text
        return
    left = list(kind.PLAIN)
    for word in text.lower().split():
        name = next((name for name in left if _fits(hints[name], word)), None)
        if name is None:
            wanted = " or ".join(_wanted(hints[name]) for name in left) or "nothing more"
            raise ControlError.malformed(f"{kind.METHOD} takes {wanted}")
        left.remove(name)
        yield name, _from_word(hints[name], word)


def _fits(hint: Any, word: str) -> bool:
    try:
        value = _from_word(hint, word)
    except ValueError:
        return False
    return get_origin(hint) is not Literal or value in get_args(hint)


def _from_word(hint: Any, word: str) -> object:
    if hint is bool:
        if word not in _SWITCH:
            raise ValueError
        return _SWITCH[word]
    return hint(word) if hint in (int, float) else word


def _value(name: str, hint: Any, given: object) -> object:
    """Check one field, or say what it should have been."""
    if get_origin(hint) is Literal:
        sound = isinstance(given, str) and given in get_args(hint)
    else:
        sound = type(given) is hint or (hint is float and type(given) is int)
    if not sound:
        raise ControlError.malformed(f"{name} must be {_wanted(hint)}")
    if isinstance(given, str):
        return _text(name, given) if hint is str else given
    if isinstance(given, bool) or not isinstance(given, int | float):
        return given
    low, high = BOUNDS[name]
    if not low <= given <= high:
        raise ControlError.malformed(f"{name} must be from {low} to {high}")
    return hint(given)


def _text(name: str, given: str) -> str:
    text = clean(given).strip()
    if len(text) > LENGTHS[name]:
        raise ControlError.malformed(f"{name} has at most {LENGTHS[name]} characters")
    if not text and name in REQUIRED:
        raise ControlError.malformed(f"{name} must not be empty")
    return text


def _wanted(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(word for word in get_args(hint) if word)
    return {bool: "on or off (true or false)", str: "a text"}.get(hint, "a number")
