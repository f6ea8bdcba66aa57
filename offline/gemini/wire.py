"""Bytes of WebSocket frames to JSON objects and back, as leniently as proto3 reads them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

Json = Mapping[str, object]

INVALID_ARGUMENT = "Request contains an invalid argument."

KINDS = ("setup", "clientContent", "realtimeInput", "toolResponse", "contextUpdate")

MAX_REASON = 123
"""Bytes of a close frame's reason (RFC 6455)."""

# What lies under these keys belongs to the user: its names are not ours to rewrite.
OPAQUE = frozenset({"args", "response", "parametersJsonSchema", "responseJsonSchema", "labels"})
# The keys right under these are the user's names, what lies below them is schema again.
NAMED = frozenset({"properties"})

_SNAKE = re.compile(r"(?<=[a-z0-9])_+([a-z0-9])")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


class WireError(Exception):
    """The client broke the protocol; closes the connection with `code` and the message."""

    def __init__(self, reason: str, code: int = 1007) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parse(frame: str | bytes) -> tuple[str, Json]:
    """Return kind and body of a client frame, names in camelCase; WireError if it is none."""
    message = {camel(name): body for name, body in load(frame).items()}
    for name in message:
        if name not in KINDS:
            raise WireError(unknown_name(name, ""))
    if len(message) != 1:
        raise WireError(INVALID_ARGUMENT)
    [(kind, body)] = message.items()
    if not isinstance(body, dict):
        raise WireError(INVALID_ARGUMENT)
    normal = normalised(body)
    assert isinstance(normal, dict)
    return kind, normal


def load(data: str | bytes) -> Json:
    """Return a JSON object as it was written; WireError if it is none."""
    try:
        found = json.loads(data)
    except ValueError as error:
        raise WireError(INVALID_ARGUMENT) from error
    if not isinstance(found, dict):
        raise WireError(INVALID_ARGUMENT)
    return found


def encode(message: Json, *, compact: bool = False) -> bytes:
    """Return a server message as the service writes it: indented, with a final newline."""
    if compact:
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return (json.dumps(message, ensure_ascii=False, indent=2) + "\n").encode()


def camel(name: str) -> str:
    """Return `name` in lowerCamelCase."""
    return _SNAKE.sub(lambda found: found[1].upper(), name) if "_" in name else name


def snake(name: str) -> str:
    """Return `name` in snake_case, as the service writes paths in its errors."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def normalised(value: object) -> object:
    """Return `value` with every protocol name in camelCase and the user's own names untouched."""
    if isinstance(value, list):
        return [normalised(item) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, object] = {}
    for raw, item in value.items():
        name = camel(raw)
        if name in OPAQUE:
            result[name] = item
        elif name in NAMED and isinstance(item, dict):
            result[name] = {own: normalised(schema) for own, schema in item.items()}
        else:
            result[name] = normalised(item)
    return result


def unknown_name(name: str, path: str) -> str:
    """Return the service's sentence for a field it does not know."""
    where = f" at '{path}'" if path else ""
    return f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'


def unbase64(text: str) -> bytes:
    """Return the bytes of standard or URL-safe base64, padded or not; else WireError."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    if _NOT_BASE64.search(plain):
        raise WireError(INVALID_ARGUMENT)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error as error:
        raise WireError(INVALID_ARGUMENT) from error


def cut_reason(reason: str) -> bytes:
    """Return a close reason in UTF-8, cut between characters to what a close frame can carry."""
    return reason.encode()[:MAX_REASON].decode(errors="ignore").encode()
