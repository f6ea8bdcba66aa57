"""A TOML file whose keys know their lines, so that a mistake is told with its place."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from worker.errors import PersonaError

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")
_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One table of a file, read key by key; each reading raises PersonaError where it is wrong."""

    file: str
    values: Mapping[str, object]
    lines: Mapping[str, int]
    """The line of each key of the file, by its full name such as `vision.fps`."""
    inside: str = ""
    """Name of this table with a dot after it; empty for the file itself."""

    @classmethod
    def read(cls, path: Path, *, most_bytes: int) -> Keys:
        """Read a file.

        Raises:
            PersonaError: it cannot be read, is too long or no TOML; names the line if there is one.
        """
        file = path.name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise PersonaError(file, "", f"cannot be read: {error.strerror}") from error
        if len(data) > most_bytes:
            raise PersonaError(file, "", f"must be at most {most_bytes} bytes long")
        try:
            text = data.decode("utf-8-sig")
            values = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            at = _AT_LINE.search(str(error))
            line = int(at[1]) if at else 0
            raise PersonaError(file, "", f"is not TOML in UTF-8: {error}", line=line) from error
        return cls(file=file, values=values, lines=dict(_places(text)))

    def wrong(self, key: str, wanted: str, *, part: str = "") -> PersonaError:
        """Say what a key should have been; `part` is what of it, such as `[2]`."""
        name = self.inside + key
        line = self.lines.get(name) or self.lines.get(self.inside.rstrip("."), 0)
        return PersonaError(self.file, name + part, wanted, line=line)

    def only(self, known: Collection[str], what: str) -> None:
        """Refuse keys that mean nothing here; `what` says what this is."""
        for key in self.values:
            if key not in known:
                raise self.wrong(key, f"is no key of {what}; they are {', '.join(known)}")

    def text(self, key: str, *, longest: int, empty: bool = False) -> str:
        """A text without blanks at its ends."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "must be a text" if key in self.values else "is missing")
        text = value.strip()
        if not text and not empty:
            raise self.wrong(key, "must not be empty")
        if len(text) > longest:
            raise self.wrong(key, f"must be at most {longest} characters long")
        return text

    def choice(self, key: str, among: Collection[str], default: str) -> str:
        """One of several words."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or (key in self.values and value not in among):
            raise self.wrong(key, f"must be one of {', '.join(among)}")
        return value

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number in a range, or None where there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number, {least} to {most}")
        return value

    def number(self, key: str, *, above: float, up_to: float, default: float) -> float:
        """A number in a range."""
        value = self.values.get(key, default)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if not plain or not math.isfinite(value) or not above < value <= up_to:  # type: ignore[operator, arg-type]
            raise self.wrong(key, f"must be a number above {above:g} and at most {up_to:g}")
        return float(value)  # type: ignore[arg-type]

    def names(self, key: str, pattern: re.Pattern[str], what: str) -> tuple[str, ...]:
        """A list of names, each once; empty where there is none."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list of names")
        names: list[str] = []
        for index, name in enumerate(value):
            if not isinstance(name, str) or not pattern.fullmatch(name):
                raise self.wrong(key, f"must be {what}", part=f"[{index}]")
            if name in names:
                raise self.wrong(key, "is named twice", part=f"[{index}]")
            names.append(name)
        return tuple(names)

    def table(self, key: str, known: Collection[str]) -> Keys:
        """A table in this one with no keys but these; empty where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a table")
        inside = f"{self.inside}{key}."
        table = Keys(file=self.file, values=value, lines=self.lines, inside=inside)
        table.only(known, f"[{self.inside}{key}]")
        return table


def _places(text: str) -> Iterator[tuple[str, int]]:
    """The full name of each bare key and table, and the line it stands in."""
    inside = ""
    plain = _STRING_OR_COMMENT.sub(_without_lines_of_its_own, text)
    for number, line in enumerate(plain.split("\n"), start=1):
        if header := _HEADER.match(line):
            inside = f"{header[1]}."
            yield header[1], number
        elif key := _KEY.match(line):
            yield inside + key[1], number


def _without_lines_of_its_own(found: re.Match[str]) -> str:
    """Leave of a text that runs over several lines only their number."""
    return "\n" * found[0].count("\n") if "\n" in found[0] else found[0]
