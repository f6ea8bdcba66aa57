"""A second agent in a room leaves it to the first, if that one lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
from livekit import rtc

from tests.live.service import until
from worker.room import elders
from worker.room.elders import Elders
from worker.room.seniority import NAME, papers
from worker.tasks import Tasks

AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
PERSON = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
Code = rtc.RpcError.ErrorCode


def born(at: float, name: str = "sightline") -> dict[str, str]:
    return {NAME: name} | papers(lambda: at)


@dataclass
class Somebody:
    identity: str
    attributes: dict[str, str]
    kind: int = AGENT


@dataclass
class FakeRoom:
    """A room in which we are, born at 10; what another one answers is set by the test."""

    answer: str | Exception = "{}"
    identity: str = "agent-m"
    attributes: dict[str, str] = field(default_factory=lambda: born(10))
    remote_participants: dict[str, Somebody] = field(default_factory=dict)
    handlers: dict[str, Callable[[Somebody], None]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.local_participant = self

    def on(self, event: str, handler: Callable[[Somebody], None]) -> None:
        self.handlers[event] = handler

    def off(self, event: str, _: Callable[[Somebody], None]) -> None:
        self.handlers.pop(event, None)

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
    def __init__(self, *there: Somebody, answer: str | Exception = "{}") -> None:
        self.room, self.left = FakeRoom(answer), 0
        self.room.remote_participants |= {one.identity: one for one in there}
        room = cast("rtc.Room", self.room)
        self.elders = Elders(room, Tasks(), on_elder=self.leave)
        self.elders.start()

    def leave(self) -> None:
        self.left += 1

    async def told(self) -> int:
        await asyncio.sleep(0.02)
        return self.left


ELDER = Somebody("agent-z", born(9))
ASKED = ("agent-z", "sightline.status")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elders, "AGAIN", 0.01)


async def test_leaves_the_room_to_one_that_is_there_already() -> None:
    scene = Scene(ELDER)
    assert await scene.told() == 1
    assert scene.room.asked == [ASKED]


async def test_leaves_it_to_one_that_comes_back_later() -> None:
    scene = Scene()
    scene.room.come(ELDER)
    assert await scene.told() == 1


@pytest.mark.parametrize(
    "other",
    [
        Somebody("agent-z", born(11)),
        Somebody("agent-z", born(9, "another")),
        Somebody("agent-z", {}),
        Somebody("ann", born(9), PERSON),
    ],
    ids=["younger", "of another name", "not ours", "a person who says so"],
)
async def test_stays_beside_anybody_else(other: Somebody) -> None:
    scene = Scene(other)
    assert await scene.told() == 0
    assert scene.room.asked == []


@pytest.mark.parametrize("code", [Code.APPLICATION_ERROR, Code.UNSUPPORTED_METHOD, 3])
async def test_a_refusal_is_a_sign_of_life(code: int) -> None:
    scene = Scene(ELDER, answer=rtc.RpcError(code, "no"))
    assert await scene.told() == 1


@pytest.mark.parametrize("code", elders.NO_ANSWER)
async def test_one_that_is_dead_is_not_made_way_for(code: int) -> None:
    """The server lists it for a while; should it wake after all, it is found out."""
    scene = Scene(ELDER, answer=rtc.RpcError(code, "silence"))
    assert await scene.told() == 0
    scene.room.answer = "{}"
    await until(lambda: scene.left == 1)


async def test_asks_no_more_once_it_is_gone() -> None:
    scene = Scene(ELDER, answer=rtc.RpcError(Code.CONNECTION_TIMEOUT, "silence"))
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
