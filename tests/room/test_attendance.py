"""Who is served, and when the room is empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest
from livekit import rtc

from worker.room import attendance as attending
from worker.room.attendance import Attendance, choose

PERSON = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT


@dataclass
class Someone:
    identity: str
    kind: int = PERSON
    joined_at: datetime | None = None
    sid: str = ""


@dataclass
class FakeRoom:
    """A room's participants and its events, by hand."""

    remote_participants: dict[str, Someone] = field(default_factory=dict)
    handlers: dict[str, Callable[..., None]] = field(default_factory=dict)

    def on(self, event: str, handler: Callable[..., None]) -> None:
        self.handlers[event] = handler

    def off(self, event: str, _: Callable[..., None]) -> None:
        del self.handlers[event]

    def lose_the_server(self) -> None:
        """As the library tells it: first that everybody has left, then why."""
        for identity in list(self.remote_participants):
            self.leave(identity)
        self.handlers["reconnecting"]()

    def find_the_server(self) -> None:
        self.handlers["reconnected"]()

    def join(self, identity: str, kind: int = PERSON) -> None:
        self.remote_participants[identity] = Someone(identity, kind)
        self.handlers["participant_connected"](self.remote_participants[identity])

    def leave(self, identity: str) -> None:
        someone = self.remote_participants.pop(identity)
        self.handlers["participant_disconnected"](someone)


@dataclass
class Diary:
    served: list[str] = field(default_factory=list)
    arrivals: int = 0
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self) -> None:
        self.arrivals += 1

    def attend(self, room: FakeRoom, *, grace: float, first_wait: float = 60.0) -> Attendance:
        attendance = Attendance(
            cast(rtc.Room, room),
            on_serve=self.served.append,
            on_arrival=self.arrived,
            on_empty=self.empty.set,
            grace=grace,
            first_wait=first_wait,
        )
        attendance.start()
        return attendance


@pytest.mark.parametrize(
    ("served", "present", "chosen"),
    [
        (None, [], None),
        (None, ["ann", "bob"], "ann"),
        ("bob", ["ann", "bob"], "bob"),
        ("bob", ["ann"], "ann"),
        ("bob", [], None),
    ],
)
def test_the_same_is_served_while_there_else_who_came_first(
    served: str | None, present: list[str], chosen: str | None
) -> None:
    assert choose(served, present) == chosen


async def test_who_is_there_already_is_served() -> None:
    diary, room = Diary(), FakeRoom({"ann": Someone("ann")})
    diary.attend(room, grace=1).close()
    assert (diary.served, diary.arrivals) == (["ann"], 1)


def came(identity: str, second: int | None, sid: str) -> Someone:
    at = None if second is None else datetime(2026, 1, 1, 12, 0, second, tzinfo=UTC)
    return Someone(identity, joined_at=at, sid=sid)


@pytest.mark.parametrize(
    ("people", "chosen"),
    [
        ([came("ann", 2, "PA_1"), came("bob", 1, "PA_2")], "bob"),
        ([came("ann", 1, "PA_1"), came("bob", 2, "PA_2")], "ann"),
        ([came("ann", 1, "PA_2"), came("bob", 1, "PA_1")], "bob"),
        ([came("ann", None, "PA_1"), came("bob", 1, "PA_2")], "bob"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
async def test_of_those_who_are_there_already_the_first_to_have_joined_is_served(
    people: list[Someone], chosen: str, *, turned: bool
) -> None:
    """In whatever order the room lists them; at the same time, by the id of their session."""
    listed = people[::-1] if turned else people
    diary, room = Diary(), FakeRoom({someone.identity: someone for someone in listed})
    diary.attend(room, grace=1).close()
    assert diary.served == [chosen]


async def test_another_takes_over_when_the_served_one_leaves() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01)
    room.join("ann")
    room.join("bob")
    room.leave("ann")
    assert diary.served == ["ann", "bob"]
    await asyncio.sleep(0.02)
    assert not diary.empty.is_set()


async def test_the_last_to_leave_empties_the_room_after_the_grace() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01)
    room.join("ann")
    room.leave("ann")
    async with asyncio.timeout(1):
        await diary.empty.wait()


async def test_a_page_that_reloads_is_served_again() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.02)
    room.join("ann")
    room.leave("ann")
    room.join("ann")
    await asyncio.sleep(0.03)
    assert diary.served == ["ann", "ann"]
    assert not diary.empty.is_set()


async def test_a_room_that_stays_empty_is_told_of_again() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01, first_wait=0.01)
    for _ in range(3):
        async with asyncio.timeout(1):
            await diary.empty.wait()
        diary.empty.clear()
    room.join("ann")
    await asyncio.sleep(0.03)
    assert not diary.empty.is_set()


async def test_an_agent_that_is_cut_off_believes_nobody_gone() -> None:
    diary, room = Diary(), FakeRoom()
    attendance = diary.attend(room, grace=0.01)
    room.join("ann")
    room.lose_the_server()
    await asyncio.sleep(0.03)
    assert not diary.empty.is_set()
    attendance.close()


def restarted(monkeypatch: pytest.MonkeyPatch, *, wait: float) -> tuple[Diary, FakeRoom]:
    """A room whose server was restarted under a call, with nobody back yet but us."""
    monkeypatch.setattr(attending, "RETURN", wait)
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01)
    room.join("ann")
    room.lose_the_server()
    room.find_the_server()
    return diary, room


async def test_after_a_restart_of_the_server_people_have_longer_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diary, room = restarted(monkeypatch, wait=0.1)
    await asyncio.sleep(0.05)
    assert not diary.empty.is_set()
    room.join("ann")
    room.leave("ann")
    async with asyncio.timeout(0.05):
        await diary.empty.wait()
    assert diary.served == ["ann", "ann"]


async def test_people_who_do_not_come_back_are_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    diary, room = restarted(monkeypatch, wait=0.02)
    async with asyncio.timeout(1):
        await diary.empty.wait()


async def test_another_agent_is_nobody() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01, first_wait=0.02)
    room.join("other-agent", AGENT)
    assert diary.served == []
    async with asyncio.timeout(1):
        await diary.empty.wait()


async def test_closing_lets_go_of_the_room() -> None:
    diary, room = Diary(), FakeRoom()
    diary.attend(room, grace=0.01).close()
    assert room.handlers == {}
