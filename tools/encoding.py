"""What a tool gives back, as text for the model: any object at all, and never too much of it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from uuid import UUID

MAX_BYTES = 8 * 1024
"""Of one result in UTF-8, its note included: about 2,000 tokens, and the model reads them all."""
MAX_DEPTH = 20
MAX_DIGITS = 100
"""Of a whole number; Python itself refuses to write one of more than 4,300."""

CUT = " [The rest was left out: the result is too long.]"
DONE = "Done."
"""A result of nothing: an empty one would be no answer."""
MORE = "…"
AGAIN = "[the same again]"

_AS_THEY_ARE = (complex, timedelta, Decimal, Fraction, UUID, PurePath)


def encode(result: object) -> str:
    """Give text as it is and anything else as JSON, of at most `MAX_BYTES`; raises nothing.

    What JSON has no word for is said in words: not a number, bytes, cycles, objects of which
    nothing is known but their type. A dataclass is an object of the fields it shows in its `repr`.
    """
    plain = _Plain().of(result)
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    return cut(text) if result is not None and text.strip() else DONE


def cut(text: str) -> str:
    """Give a text of at most `MAX_BYTES` in UTF-8, with a note where something was left out."""
    whole = text[: MAX_BYTES + 1].encode(errors="replace")
    if len(whole) <= MAX_BYTES:
        return whole.decode()
    room = MAX_BYTES - len(CUT.encode())
    return whole[:room].decode(errors="ignore") + CUT


class _Plain:
    """Turns one object into what JSON knows; stops when it has enough for a whole result."""

    def __init__(self) -> None:
        self._room = MAX_BYTES + 1
        self._above: list[int] = []
        """The containers around the present value."""

    def of(self, value: object) -> object:
        try:
            return self._of(value)
        except Exception:
            # The object's own methods ran, and they may raise whatever they like.
            return _named(value)

    def _of(self, value: object) -> object:
        if value is None or value is True or value is False:
            return value
        if isinstance(value, Enum):
            return self.of(value.value)
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, int):
            return _whole_number(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else _odd_number(value)
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, _AS_THEY_ARE):
            return self._text(str(value))
        if isinstance(value, bytes | bytearray | memoryview):
            return self._bytes(bytes(value))
        return self._container(value)

    def _container(self, value: object) -> object:
        if id(value) in self._above:
            return AGAIN
        if len(self._above) >= MAX_DEPTH:
            return MORE
        self._above.append(id(value))
        try:
            if dataclasses.is_dataclass(value) and not isinstance(value, type):
                shown = (field.name for field in dataclasses.fields(value) if field.repr)
                return self._table((name, getattr(value, name)) for name in shown)
            if isinstance(value, Mapping):
                return self._table(value.items())
            if isinstance(value, list | tuple | set | frozenset):
                return self._row(value)
            return _named(value)
        finally:
            self._above.pop()

    def _table(self, items: Iterable[tuple[object, object]]) -> dict[str, object]:
        table: dict[str, object] = {}
        for key, value in items:
            if not self._takes(1):
                table[MORE] = MORE
                break
            name = self.of(key)
            table[name if isinstance(name, str) else json.dumps(name)] = self.of(value)
        return table

    def _row(self, values: Iterable[object]) -> list[object]:
        row: list[object] = []
        for value in values:
            if not self._takes(1):
                row.append(MORE)
                break
            row.append(self.of(value))
        return row

    def _text(self, text: str) -> str:
        taken = text[: max(1, self._room)]
        self._takes(len(taken))
        # A lone surrogate is in no frame's power to carry.
        return taken.encode(errors="replace").decode()

    def _bytes(self, value: bytes) -> str:
        try:
            text = value.decode() if len(value) <= MAX_BYTES else "\0"
        except UnicodeDecodeError:
            text = "\0"
        readable = all(sign.isprintable() or sign.isspace() for sign in text)
        return self._text(text) if readable else f"[{len(value)} bytes]"

    def _takes(self, size: int) -> bool:
        self._room -= size
        return self._room > 0


def _whole_number(value: int) -> int | str:
    digits = value.bit_length() * math.log10(2)
    return value if digits < MAX_DIGITS else f"[a number of {digits:.0f} digits]"


def _odd_number(value: float) -> str:
    if math.isnan(value):
        return "not a number"
    return "infinity" if value > 0 else "minus infinity"


def _named(value: object) -> str:
    return f"[{type(value).__name__}]"
