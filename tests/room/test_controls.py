"""Only who is served, or was granted it, may ask; and every refusal has its code and sentence."""

from __future__ import annotations

import json

import pytest
from livekit import rtc

from worker.errors import ControlError
from worker.room.controls import GRANT, MAX_REQUEST, Controls, Request, switch


class FakePerson:
    def __init__(self, **attributes: str) -> None:
        self.attributes = attributes


class FakeRoom(rtc.Room):
    """A room that was never joined, with people in it all the same."""

    def __init__(self, people: dict[str, FakePerson]) -> None:
        super().__init__()
        self.people = people

    @property
    def remote_participants(self) -> dict[str, rtc.RemoteParticipant]:
        return self.people  # type: ignore[return-value]


async def echo(caller: str, request: Request) -> Request:
    return {"caller": caller, "on": switch(request, "on")}


@pytest.fixture
async def controls() -> Controls:
    people = {
        "ann": FakePerson(),
        "bob": FakePerson(),
        "eve": FakePerson(**{GRANT: "yes"}),
        "page": FakePerson(**{GRANT: "on"}),
    }
    return Controls(FakeRoom(people), {"echo": echo}, served=lambda: "ann")


@pytest.mark.parametrize("caller", ["ann", "page"])
async def test_answers_who_is_served_and_who_was_granted_it(
    controls: Controls, caller: str
) -> None:
    answer = await controls.answer("echo", caller, '{"on":true}')
    assert json.loads(answer) == {"caller": caller, "on": True}


@pytest.mark.parametrize("caller", ["bob", "eve", "gone", ""])
async def test_refuses_everybody_else(controls: Controls, caller: str) -> None:
    with pytest.raises(ControlError) as refusal:
        await controls.answer("echo", caller, '{"on":true}')
    assert refusal.value.code == 4403


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{}",
        "[]",
        "null",
        "on",
        '{"on":1}',
        '{"on":"true"}',
        "[" * 1900,
        '{"on":true}' + " " * MAX_REQUEST,
    ],
)
async def test_says_what_a_request_should_have_been(controls: Controls, payload: str) -> None:
    with pytest.raises(ControlError) as refusal:
        await controls.answer("echo", "ann", payload)
    assert refusal.value.code == 4400
    assert str(refusal.value)
