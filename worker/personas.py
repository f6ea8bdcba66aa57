"""Personas: who the agent is, one TOML file each, checked when it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from worker.errors import PersonaError
from worker.gemini.families import VOICES
from worker.keys import Keys

FOLDER = Path(__file__).parent / "personas"

MAX_FILE_BYTES = 64 * 1024
MAX_TITLE = 40
MAX_DESCRIPTION = 200
MAX_INSTRUCTIONS = 20_000
MAX_GREETING = 1_000
MAX_METADATA = 2_000
"""Characters of a job's metadata; a longer one was not written for us."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_KEYS = (
    *("title", "description", "voice", "greeting", "tools", "instructions"),
    *("vision", "activity_detection"),
)
PACINGS = ("adaptive", "steady", "off")
SENSITIVITIES = ("high", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionPacing:
    """When a persona looks, where the settings do not say it."""

    pacing: str = "adaptive"
    """One of `PACINGS`."""
    fps: float = 1.0
    """Pictures a second while somebody talks (steady: always), above 0 and at most 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDetection:
    """How the service finds speech, by the names the Live API has for it; unset is its default."""

    start_of_speech_sensitivity: str = ""
    """`high` or `low`; low: more must be heard before somebody is taken to speak."""
    end_of_speech_sensitivity: str = ""
    """`high` or `low`; low: more must be missing before they are taken to have ended."""
    prefix_padding_ms: int | None = None
    """Speech needed before its start is committed."""
    silence_duration_ms: int | None = None
    """Silence needed before its end is committed; the service's default is about 800."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Who the agent is in a call."""

    name: str
    title: str
    """For people."""
    description: str
    """One sentence for people: what it is good for."""
    instructions: str
    """The system instructions, as the model gets them."""
    voice: str
    """One of `worker.gemini.families.VOICES`."""
    greeting: str
    """What the agent is told to do when somebody has joined; empty: it waits to be spoken to."""
    tools: tuple[str, ...]
    """Names from the registry of tools; those and no others are declared to the model."""
    vision: VisionPacing = VisionPacing()
    activity_detection: ActivityDetection = ActivityDetection()


def persona_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Name the personas that exist, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem)))


def asked_for(metadata: str, default: str) -> str:
    """Return the name of the persona that a job's metadata asks for: `{"persona": NAME}`.

    What is too long, is not JSON or names nobody there is means the default: a call with the wrong
    persona is better than none.
    """
    if not metadata or len(metadata) > MAX_METADATA:
        return default
    try:
        asked = json.loads(metadata)
    except (ValueError, RecursionError):
        return default
    name = asked.get("persona") if isinstance(asked, dict) else None
    return name if isinstance(name, str) and name in persona_names() else default


def load_persona(
    name: str, folder: Path = FOLDER, *, tools: Collection[str] | None = None
) -> Persona:
    """Read and check one persona.

    Args:
        tools: The tools that there are; not given, their names are not held against any.

    Raises:
        PersonaError: There is no such persona, or its file is wrong; names file, line and key.
    """
    if name not in persona_names(folder):
        # The name may come from outside: it is not repeated, and never becomes a path unchecked.
        raise PersonaError("", "", f"no such persona; there are {', '.join(persona_names(folder))}")
    keys = Keys.read(folder / f"{name}.toml", most_bytes=MAX_FILE_BYTES)
    keys.only(_KEYS, "a persona")
    return Persona(
        name=name,
        title=_one_line(keys, "title", longest=MAX_TITLE),
        description=_one_line(keys, "description", longest=MAX_DESCRIPTION),
        instructions=keys.text("instructions", longest=MAX_INSTRUCTIONS),
        voice=_voice(keys),
        greeting=keys.text("greeting", longest=MAX_GREETING, empty=True),
        tools=_tools(keys, tools),
        vision=_vision(keys.table("vision", ("pacing", "fps"))),
        activity_detection=_activity(keys.table("activity_detection", _names(ActivityDetection))),
    )


def _one_line(keys: Keys, key: str, *, longest: int) -> str:
    text = keys.text(key, longest=longest)
    if not text.isprintable():
        raise keys.wrong(key, "must be one line without control characters")
    return text


def _voice(keys: Keys) -> str:
    voice = keys.text("voice", longest=32)
    if voice not in VOICES:
        raise keys.wrong("voice", f"must be one of {', '.join(VOICES)}")
    return voice


def _tools(keys: Keys, known: Collection[str] | None) -> tuple[str, ...]:
    names = keys.names("tools", _TOOL, "the name of a tool")
    for index, name in enumerate(names):
        if known is not None and name not in known:
            wanted = f"is no tool; they are {', '.join(known)}"
            raise keys.wrong("tools", wanted, part=f"[{index}]")
    return names


def _vision(keys: Keys) -> VisionPacing:
    return VisionPacing(
        pacing=keys.choice("pacing", PACINGS, "adaptive"),
        fps=keys.number("fps", above=0, up_to=1, default=1.0),
    )


def _activity(keys: Keys) -> ActivityDetection:
    return ActivityDetection(
        start_of_speech_sensitivity=keys.choice("start_of_speech_sensitivity", SENSITIVITIES, ""),
        end_of_speech_sensitivity=keys.choice("end_of_speech_sensitivity", SENSITIVITIES, ""),
        prefix_padding_ms=keys.whole("prefix_padding_ms", 0, 2_000),
        silence_duration_ms=keys.whole("silence_duration_ms", 50, 10_000),
    )


def _names(table: type[ActivityDetection]) -> tuple[str, ...]:
    return tuple(table.__dataclass_fields__)
