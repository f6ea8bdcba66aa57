"""Of two agents in one room, which one has served it for longer."""

from __future__ import annotations

import pytest
from livekit.agents.types import ATTRIBUTE_AGENT_NAME

from worker.room.seniority import NAME, papers, rank


def of(since: float, name: str = "sightline") -> dict[str, str]:
    return {NAME: name} | papers(lambda: since)


def test_is_known_by_the_name_that_the_framework_gives_it() -> None:
    assert NAME == ATTRIBUTE_AGENT_NAME


@pytest.mark.parametrize(
    ("elder", "younger"),
    [
        (("agent-b", of(10)), ("agent-a", of(10.001))),
        (("agent-b", of(999)), ("agent-a", of(1000))),
        (("agent-a", of(10)), ("agent-b", of(10))),
    ],
    ids=["a millisecond", "in numbers, not in letters", "by identity in the same one"],
)
def test_who_came_first_is_the_elder(
    elder: tuple[str, dict[str, str]], younger: tuple[str, dict[str, str]]
) -> None:
    first, second = rank(*elder), rank(*younger)
    assert first is not None
    assert second is not None
    assert first < second


def test_agents_of_different_names_have_different_duties() -> None:
    first, second = rank("agent-a", of(10)), rank("agent-b", of(11, "another"))
    assert first is not None
    assert second is not None
    assert first[0] != second[0]


@pytest.mark.parametrize("since", ["", "-1", "1e3", "soon", "１２", "9" * 5000, " 1"])
def test_an_agent_that_does_not_say_is_none_of_ours(since: str) -> None:
    assert rank("agent-a", {NAME: "sightline", "sightline.since": since}) is None
    assert rank("agent-a", {}) is None
