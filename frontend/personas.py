"""The personas a visitor may choose among: names, titles and a sentence each, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from frontend.errors import PersonasError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
"""The worker takes no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """What a visitor is told of a persona; never what it is instructed to do."""

    name: str
    title: str
    description: str


def load(folder: Path) -> tuple[Persona, ...]:
    """Read the folder the worker has its personas in; none where there is no such folder.

    Raises:
        PersonasError: a file is no persona.
    """
    found = (path for path in sorted(folder.glob("*.toml")) if _NAME.fullmatch(path.stem))
    return tuple(_persona(path) for path in found)


def _persona(path: Path) -> Persona:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise PersonasError(f"{path.name} cannot be read as a persona.") from error
    title, description = table.get("title"), table.get("description")
    if not isinstance(title, str) or not isinstance(description, str):
        raise PersonasError(f"{path.name} needs a title and a description.")
    return Persona(name=path.stem, title=title, description=description)
