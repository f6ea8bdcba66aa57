"""What the room is told about the call itself, and by which ways."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from worker import notices as module
from worker.notices import Notices
from worker.tasks import Tasks


class Ways:
    """Relay, posting and recording of one room, which has been joined."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def notice(self, level: str, text: str) -> None:
        self.told.append((level, text))

    async def write(self, text: str) -> None:
        self.told.append(("written", text))

    async def joined(self) -> None:
        """At once."""

    async def hold(self, room: object, *, needless: Callable[[], bool]) -> None:
        self.told.append(("held in", room, needless()))


@pytest.mark.parametrize(
    ("level", "awaited", "held"),
    [("warning", True, True), ("warning", False, False), ("info", True, False)],
)
async def test_only_who_waits_is_asked_for_a_moment_and_only_after_a_warning(
    monkeypatch: pytest.MonkeyPatch, level: str, awaited: bool, held: bool
) -> None:
    ways: Any = Ways()
    monkeypatch.setattr(module, "hold", ways.hold)
    room: Any = "room"
    notices = Notices(room, ways, ways, Tasks(), awaited=lambda: awaited)
    notices.tell(level, "Gone.")
    assert ways.told == [(level, "Gone.")], "nothing was waited for"
    await asyncio.sleep(0)
    assert ways.told[1:] == [("written", "Gone."), *[("held in", "room", False)] * held]
