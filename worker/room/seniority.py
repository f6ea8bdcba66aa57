"""Of two agents in one room, which one has served it for longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

NAME = "lk.agent.name"
"""Attribute that LiveKit's framework gives an agent: the name it is dispatched by."""
SINCE = "sightline.since"
"""Attribute of the agent, from its token: when it took the job, in Unix milliseconds."""


def papers(now: Callable[[], float] = time.time) -> dict[str, str]:
    """Return the attributes by which an agent that takes a job now is known later."""
    return {SINCE: str(round(now() * 1000))}


def rank(identity: str, attributes: Mapping[str, str]) -> tuple[str, int, str] | None:
    """Order agents of one name by age; None for one that is none of ours.

    Returns:
        Name, milliseconds of the start, identity: the lesser of two of one name is the elder.
    """
    since = attributes.get(SINCE, "")
    if not (since.isascii() and since.isdigit() and len(since) < 20):
        return None
    return attributes.get(NAME, ""), int(since), identity
