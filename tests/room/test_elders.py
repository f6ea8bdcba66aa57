"""A second agent in a room leaves it to the first, if that one lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
from livekit import rtc

from tests.live.service import until
from worker.room import elders
from worker.room.elders import Elders
from worker.tasks import Tasks

AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
PERSON = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
Code = rtc.RpcError.ErrorCode


NAME = "lk.agent.name"
OURS = {NAME: "sightline"}


@dataclass
class Somebody:
    identity: str = "agent-z"
    attributes: dict[str, str] = field(default_factory=lambda: dict(OURS))
    kind: int = AGENT


@dataclass
class FakeRoom:
    """A room in which we are since 10; what another one answers is set by the test."""

    answer: str | Exception
    identity: str = "agent-m"
    attributes: dict[str, str] = field(default_factory=lambda: dict(OURS))
    remote_participants: dict[str, Somebody] = field(default_factory=dict)
    handlers: dict[str, Callable[[Somebody], None]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    methods: dict[str, Callable[..., Awaitable[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.local_participant = self

    def on(self, event: str, handler: Callable[[Somebody], None]) -> None:
        self.handlers[event] = handler

    def off(self, event: str, _: Callable[[Somebody], None]) -> None:
        self.handlers.pop(event, None)

    def register_rpc_method(self, name: str, method: Callable[..., Awaitable[str]]) -> None:
        self.methods[name] = method

    def come(self, somebody: Somebody) -> None:
        self.remote_participants[somebody.identity] = somebody
        self.handlers["participant_connected"](somebody)

    async def perform_rpc(self, *, destination_identity: str, method: str, payload: str) -> str:
        assert payload == ""
        self.asked.append((destination_identity, method))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Scene:
    def __init__(self, *there: Somebody, answer: str | Exception = "9000") -> None:
        self.room, self.left = FakeRoom(answer), 0
        self.room.remote_participants |= {one.identity: one for one in there}
        room = cast("rtc.Room", self.room)
        self.elders = Elders(room, Tasks(), on_elder=self.leave, now=lambda: 10.0)
        self.elders.start()

    def leave(self) -> None:
        self.left += 1

    async def told(self) -> int:
        await asyncio.sleep(0.02)
        return self.left


ASKED = ("agent-z", "sightline.since")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elders, "AGAIN", 0.01)


async def test_leaves_the_room_to_one_that_is_there_already() -> None:
    scene = Scene(Somebody())
    assert await scene.told() == 1
    assert scene.room.asked == [ASKED]


async def test_leaves_it_to_one_that_comes_back_later() -> None:
    scene = Scene()
    scene.room.come(Somebody())
    assert await scene.told() == 1


@pytest.mark.parametrize(
    ("since", "identity", "leaves"),
    [
        ("9999", "agent-z", True),
        ("10001", "agent-a", False),
        ("10000", "agent-a", True),
        ("10000", "agent-z", False),
        ("", "agent-z", False),
        ("-1", "agent-z", False),
        ("soon", "agent-z", False),
        ("9" * 5000, "agent-z", False),
    ],
)
async def test_the_elder_is_who_took_the_call_first(
    since: str, identity: str, leaves: bool
) -> None:
    scene = Scene(Somebody(identity), answer=since)
    assert await scene.told() == leaves


@pytest.mark.parametrize(
    "other",
    [Somebody(attributes={NAME: "another"}), Somebody(attributes={}), Somebody("ann", kind=PERSON)],
    ids=["of another name", "of none", "a person who says so"],
)
async def test_asks_nobody_who_does_something_else(other: Somebody) -> None:
    scene = Scene(other)
    assert await scene.told() == 0
    assert scene.room.asked == []


async def test_answers_when_it_took_the_call() -> None:
    scene = Scene()
    assert await scene.room.methods["sightline.since"](None) == "10000"


@pytest.mark.parametrize("code", [Code.APPLICATION_ERROR, Code.UNSUPPORTED_METHOD, 3])
async def test_one_that_knows_no_such_question_is_none_of_ours(code: int) -> None:
    scene = Scene(Somebody(), answer=rtc.RpcError(code, "no"))
    assert await scene.told() == 0
    assert scene.room.asked == [ASKED]


@pytest.mark.parametrize("code", elders.NO_ANSWER)
async def test_one_that_is_dead_is_not_made_way_for(code: int) -> None:
    """The server lists it for a while; should it wake after all, it is found out."""
    scene = Scene(Somebody(), answer=rtc.RpcError(code, "silence"))
    assert await scene.told() == 0
    scene.room.answer = "9000"
    await until(lambda: scene.left == 1)


async def test_asks_no_more_once_it_is_gone() -> None:
    scene = Scene(Somebody(), answer=rtc.RpcError(Code.CONNECTION_TIMEOUT, "silence"))
    await scene.told()
    scene.room.remote_participants.clear()
    await scene.told()
    asked = len(scene.room.asked)
    assert await scene.told() == 0
    assert len(scene.room.asked) == asked


async def test_closing_lets_go_of_the_room() -> None:
    scene = Scene()
    scene.elders.close()
    scene.elders.close()
    assert scene.room.handlers == {}
