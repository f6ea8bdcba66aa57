"""Decides what a request for a token may have: which room, which identity, which agent."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontend.errors import Refusal

if TYPE_CHECKING:
    from frontend.seats import Seats
    from frontend.settings import Settings

MAX_BODY = 16 * 1024
MAX_NAME = 64
AGENT_PREFIX = "agent-"
"""LiveKit gives identities of this form to agents; nobody else may look like one."""
_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELDS = {
    "room_name": str,
    "participant_name": str,
    "participant_identity": str,
    "participant_metadata": str,
    "participant_attributes": dict,
    "room_config": dict,
}
"""The fields of LiveKit's standard request; there are no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What a token will say."""

    room: str
    identity: str
    name: str
    agent: str
    """Name of the agent that the room is dispatched to; empty: whoever serves all rooms."""
    persona: str
    """Who the agent is to be; empty: whoever it is of itself."""
    returns: bool
    """Whether this browser was given this identity before, and comes back to it."""


def admit(
    body: bytes,
    settings: Settings,
    fresh: Callable[[], str],
    *,
    seats: Seats,
    personas: Collection[str] = (),
) -> Admission:
    """Read a standard request and decide what it gets.

    The identity is always of our making: whoever names a room and an identity that this browser was
    given there gets both again. Metadata and attributes are passed over, and of `room_config` only
    the name of an agent that is on the list counts, and a persona that is.

    Args:
        fresh: returns 32 random hexadecimal digits, new ones each time.
        seats: of the browser that asks.
        personas: names of those a visitor may choose.

    Raises:
        Refusal: 400, the request is not one, or asks for what nobody gets.
    """
    asked = _fields(body)
    room = _name_of("room_name", asked)
    identity = _name_of("participant_identity", asked)
    if identity.lower().startswith(AGENT_PREFIX) or identity in settings.agents:
        raise Refusal(400, "identity of an agent")
    returns = seats.holds(identity, room)
    if not returns:
        room = room if room and settings.room_choice else f"room-{fresh()}"
        identity = seats.give(room, fresh())
    config = asked.get("room_config")
    return Admission(
        room=room,
        identity=identity,
        name=_title(str(asked.get("participant_name") or "")),
        agent=_agent(config, settings.agents),
        persona=_persona(config, personas),
        returns=returns,
    )


def _fields(body: bytes) -> Mapping[str, object]:
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal(400, "not JSON") from None
    if not isinstance(asked, dict):
        raise Refusal(400, "not an object")
    for name, value in asked.items():
        wanted = _FIELDS.get(name)
        if wanted is None or not (value is None or isinstance(value, wanted)):
            raise Refusal(400, "unknown or malformed field")
    return asked


def _name_of(field: str, asked: Mapping[str, object]) -> str:
    text = str(asked.get(field) or "")
    if text and not _PATTERN.fullmatch(text):
        raise Refusal(400, f"malformed {field}")
    return text


_JOINERS = "\u200c\u200d"
"""Belong to the spelling of names in Persian and the scripts of India."""


def _title(text: str) -> str:
    """Return a name fit to be shown: no control or direction signs, bounded, one line."""
    if len(text) > 4 * MAX_NAME:
        raise Refusal(400, "participant_name too long")
    visible = "".join(
        " " if unicodedata.category(sign)[0] in "CZ" and sign not in _JOINERS else sign
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(visible.split())[:MAX_NAME].strip(f" {_JOINERS}")


def _persona(config: object, known: Collection[str]) -> str:
    """Return what `{"persona": …}` in the metadata of the agent asked for says, if it is known."""
    agents = config.get("agents") if isinstance(config, dict) else None
    try:
        name = json.loads(agents[0]["metadata"])["persona"] if agents else ""
    except (LookupError, TypeError, ValueError, RecursionError):
        return ""
    return name if isinstance(name, str) and name in known else ""


def _agent(config: object, allowed: tuple[str, ...]) -> str:
    default = allowed[0] if allowed else ""
    agents = config.get("agents") if isinstance(config, dict) else None
    if not agents:
        return default
    if not isinstance(agents, list) or len(agents) != 1 or not isinstance(agents[0], dict):
        raise Refusal(400, "malformed room_config")
    name = agents[0].get("agent_name") or default
    if name not in (*allowed, default):
        raise Refusal(400, "agent not on the list")
    return str(name)
