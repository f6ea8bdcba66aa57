"""Every control of a call, asked for by RPC in a real room, does what the protocol says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from livekit import rtc

from offline.witness import Message
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, until

pytestmark = [*MARKS, pytest.mark.slow]


async def ask(guest: Guest, method: str, payload: str = "") -> Mapping[str, Any]:
    """Call a method as a person at a panel would, and return its answer."""
    answer: Mapping[str, Any] = json.loads(await guest.rpc(f"sightline.{method}", payload))
    return answer


async def refusal(guest: Guest, method: str, payload: str = "") -> rtc.RpcError:
    """Call a method that is refused."""
    with pytest.raises(rtc.RpcError) as caught:
        await guest.rpc(f"sightline.{method}", payload)
    return caught.value


@pytest_asyncio.fixture(loop_scope="session")
async def quiet_caller(stack: Rig) -> AsyncIterator[Guest]:
    """Somebody without a camera, whose agent listens already."""
    async with stack.guest(new_room("controls"), camera=None) as guest:
        await guest.wait_for_state("listening")
        yield guest


async def everything(guest: Guest, since: int = 0) -> list[dict[str, Any]]:
    """Page through the history."""
    messages: list[dict[str, Any]] = []
    after = 0
    while True:
        page = await ask(guest, "history", json.dumps({"after": after, "since": since}))
        messages += page["messages"]
        if not (after := page["next"]):
            return messages


def begins(words: str, message: Message) -> bool:
    return str(message.body.get("text")).startswith(words)


def merged(told: Iterable[Mapping[str, object]]) -> dict[tuple[str, str], Mapping[str, object]]:
    """Keep the newest message of each id, as a page does; of pictures the newest alone."""
    newest: dict[tuple[str, str], Mapping[str, object]] = {}
    for message in told:
        kind = str(message["type"])
        newest[kind, "" if kind == "vision" else str(message["id"])] = message
    return newest


async def test_tells_how_the_call_stands(quiet_caller: Guest) -> None:
    status = await ask(quiet_caller, "status")
    assert (status["state"], status["connected"], status["served"]) == ("listening", True, "ann")
    assert status["persona"] in status["personas"]
    assert status["voice"] in status["voices"]
    assert status["push_to_talk"] == {"on": False, "talking": False}
    assert "instructions" not in json.dumps(status)


async def test_gives_who_comes_late_what_was_told(quiet_caller: Guest) -> None:
    typed = await quiet_caller.type("What time is it?")
    await quiet_caller.until_text("It is", typed)
    await quiet_caller.wait_for_state("listening", since=typed)
    told = await everything(quiet_caller)
    seen = merged(message.body for message in quiet_caller.messages)
    known = merged(told)
    assert {key: known.get(key) for key in seen} == seen
    assert [m["type"] for m in told].index("tool") < len(told) - 1
    newest = max(m["seq"] for m in told)
    assert await everything(quiet_caller, since=newest) == []


async def test_pages_through_a_long_call(quiet_caller: Guest) -> None:
    for number in range(5):
        await quiet_caller.type(f"{number} " + "never mind " * 350)
        await quiet_caller.wait_for_message("line", partial(begins, f"{number} never"))
    first = await ask(quiet_caller, "history")
    whole = await everything(quiet_caller)
    assert first["next"] > 0
    assert len(whole) > len(first["messages"])
    assert len({(m["type"], m["id"]) for m in whole}) == len(whole)


async def test_answers_the_last_of_lines_typed_in_a_row(quiet_caller: Guest) -> None:
    for number in range(5):
        typed = await quiet_caller.type(f"{number} of a handful")
        await quiet_caller.wait_for_message("line", partial(begins, f"{number} of"))
    await quiet_caller.until_text("4 of a handful", typed)
    assert not quiet_caller.said(typed, by_agent=True)[:-1]


@pytest.mark.parametrize("format", ["md", "json", "srt", "vtt"])
async def test_gives_the_running_call_as_a_file(quiet_caller: Guest, format: str) -> None:
    typed = await quiet_caller.type("What time is it?")
    await quiet_caller.until_text("It is", typed)
    await quiet_caller.wait_for_state("listening", since=typed)
    answer = await ask(quiet_caller, "export", format)
    assert "What time is it?" in answer["text"]
    assert answer["bytes"] == len(answer["text"].encode())


async def test_says_a_text_and_falls_silent_when_told(
    quiet_caller: Guest, figures: Figures
) -> None:
    asked = quiet_caller.clock()
    text = "The taxi is here and waits by the old gate, " * 8
    await ask(quiet_caller, "say", text)
    await quiet_caller.wait_for_sound(asked)
    await quiet_caller.until_text("The taxi is here", asked)
    pressed = quiet_caller.clock()
    answer = await ask(quiet_caller, "interrupt")
    quiet = await quiet_caller.wait_for_quiet(1.0)
    figures("interrupt: from the call to silence at the room", (quiet - pressed) * 1000, "ms")
    line = await quiet_caller.wait_for_message("cut", lambda m: m.body.get("interrupted") is True)
    assert answer == {"interrupted": True}
    assert len(str(line.body["text"])) < len(text)
    assert await ask(quiet_caller, "interrupt") == {"interrupted": False}


async def test_ends_the_call_for_everybody(stack: Rig, figures: Figures) -> None:
    room = new_room("controls")
    async with stack.guest(room, camera=None) as guest:
        await guest.wait_for_state("listening")
        asked = guest.clock()
        answer = await ask(guest, "end")
        await guest.wait_for_sound(asked)

        async def gone() -> bool | None:
            return True if not await stack.present(room) else None

        await until("empty room", gone, 20)
        figures(
            "end: from the call to the room's end, goodbye included", guest.clock() - asked, "s"
        )
    assert answer == {"goodbye": True}
    assert any("goodbye" in line.text for line in guest.said(asked, by_agent=True))
