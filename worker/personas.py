"""Personas: who the agent is, one TOML file each, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from worker.errors import PersonaError

FOLDER = Path(__file__).parent / "personas"

MAX_FILE_BYTES = 64 * 1024
MAX_INSTRUCTIONS = 20_000
MAX_GREETING = 1_000

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_VOICE = re.compile(r"[A-Za-z]{1,32}")
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_KEYS = ("instructions", "voice", "greeting", "tools")


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Who the agent is in a call."""

    name: str
    instructions: str
    """The system instructions, as the model gets them."""
    voice: str
    """One of Gemini's voices, such as `Puck`."""
    greeting: str
    """What the agent is told to do when somebody has joined; empty: it waits to be spoken to."""
    tools: tuple[str, ...]
    """Names from the registry of tools; those and no others are declared to the model."""


def persona_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Name the personas that exist, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem)))


def load_persona(name: str, folder: Path = FOLDER) -> Persona:
    """Read and check one persona.

    Raises:
        PersonaError: There is no such persona, or its file is wrong; names the file and the key.
    """
    if name not in persona_names(folder):
        # The name may come from outside: it is not repeated, and never becomes a path unchecked.
        raise PersonaError("", "", f"no such persona; there are {', '.join(persona_names(folder))}")
    file = f"{name}.toml"
    table = _read(folder / file)
    if unknown := sorted(set(table) - set(_KEYS)):
        raise PersonaError(file, unknown[0], f"is no key of a persona; they are {', '.join(_KEYS)}")
    return Persona(
        name=name,
        instructions=_text(table, "instructions", file, longest=MAX_INSTRUCTIONS),
        voice=_voice(table, file),
        greeting=_text(table, "greeting", file, longest=MAX_GREETING, empty=True),
        tools=_tools(table, file),
    )


def _read(path: Path) -> Mapping[str, object]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PersonaError(path.name, "", f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE_BYTES:
        raise PersonaError(path.name, "", f"must be at most {MAX_FILE_BYTES} bytes long")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PersonaError(path.name, "", f"is not TOML in UTF-8: {error}") from error


def _text(
    table: Mapping[str, object], key: str, file: str, *, longest: int, empty: bool = False
) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise PersonaError(file, key, "must be a text" if key in table else "is missing")
    text = value.strip()
    if not empty and not text:
        raise PersonaError(file, key, "must not be empty")
    if len(text) > longest:
        raise PersonaError(file, key, f"must be at most {longest} characters long")
    return text


def _voice(table: Mapping[str, object], file: str) -> str:
    voice = _text(table, "voice", file, longest=32)
    if not _VOICE.fullmatch(voice):
        raise PersonaError(file, "voice", "must be one word, such as Puck")
    return voice


def _tools(table: Mapping[str, object], file: str) -> tuple[str, ...]:
    value = table.get("tools", [])
    if not isinstance(value, list):
        raise PersonaError(file, "tools", "must be a list of names")
    names: list[str] = []
    for index, name in enumerate(value):
        if not isinstance(name, str) or not _TOOL.fullmatch(name):
            raise PersonaError(file, f"tools[{index}]", "must be the name of a tool")
        if name in names:
            raise PersonaError(file, f"tools[{index}]", "is named twice")
        names.append(name)
    return tuple(names)
