"""A tool's answer as words that can be spoken."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping


def spoken(value: object) -> str:
    """Return a tool's answer as words; frameworks send JSON or Python literals as text."""
    if isinstance(value, str):
        parsed = _structure(value)
        return value.strip().rstrip(".") if parsed is None else spoken(parsed)
    if isinstance(value, Mapping):
        parts = (f"{key} {spoken(item)}" for key, item in value.items() if item is not None)
        return ", ".join(parts).replace("_", " ")
    if isinstance(value, list | tuple):
        return ", ".join(map(spoken, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)


def _structure(text: str) -> Mapping[str, object] | list[object] | None:
    if not text.strip().startswith(("{", "[")):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError):
            continue
        if isinstance(found, dict | list):
            return found
    return None
