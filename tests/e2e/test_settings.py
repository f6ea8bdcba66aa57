"""Eyes, persona, voice and button are changed in mid-call, by RPC, as the service sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from livekit import rtc

from offline.witness import Message
from tests.e2e.account import Account
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, until
from tests.e2e.test_controls import ask, begins, refusal

pytestmark = [*MARKS, pytest.mark.slow]

ON_ITS_WAY = 0.3
"""Seconds in which a picture may still arrive that had left before."""


@pytest_asyncio.fixture(loop_scope="session")
async def blind_caller(stack: Rig) -> AsyncIterator[Guest]:
    """Somebody without a camera, whose agent listens already."""
    async with stack.guest(new_room("settings"), camera=None) as guest:
        await guest.wait_for_state("listening")
        yield guest


def is_paused(message: Message) -> bool:
    return message.body.get("reason") == "paused"


def is_sent(message: Message) -> bool:
    return message.body.get("status") == "sent"


async def pictures(stack: Rig, guest: Guest, since: float) -> int:
    """Count the camera's pictures at the service; cards of words are wider than they are high."""
    account = await stack.account(guest.joined_at)
    return sum(frame.at > since and frame.width == 640 for frame in account.frames)


async def test_closes_the_eyes_and_opens_them_again(
    stack: Rig, caller: Guest, figures: Figures
) -> None:
    await caller.wait_for_message("picture", is_sent)
    closed = caller.clock()
    off = await ask(caller, "vision", "off")
    told = await caller.wait_for_message("paused", is_paused, since=closed)
    await caller.type("What time is it?")
    await caller.until_text("It is", closed)
    assert await pictures(stack, caller, told.at + ON_ITS_WAY) == 0
    opened = caller.clock()
    on = await ask(caller, "vision", "on")
    seen = await caller.wait_for_message("again", is_sent, since=opened)
    figures("vision on: from the call to a picture", seen.at - opened, "s", "<= 2")
    assert (off["on"], off["blind"], on["on"]) == (False, "paused", True)


async def test_keeps_another_pace(stack: Rig, caller: Guest, figures: Figures) -> None:
    await caller.wait_for_message("picture", is_sent)
    answer = await ask(caller, "vision", "steady 0.5")
    since = caller.clock()
    await caller.wait_until("8 s", lambda: caller.clock() > since + 8 or None, 10)
    sent = [m for m in caller.messages if m.at > since + 1 and m.body.get("reason") == "steady"]
    figures("steady 0.5: pictures in 7 s", len(sent), "", "3 or 4")
    assert (answer["mode"], answer["fps"]) == ("steady", 0.5)
    assert len(sent) in (3, 4)


async def test_looks_closer_and_answers_what_is_asked_about_it(stack: Rig, caller: Guest) -> None:
    await caller.wait_for_message("picture", is_sent)
    asked = caller.clock()
    answer = await ask(caller, "look", "What do you see?")
    await caller.until_text("I see", asked)
    look = await caller.wait_for_message("look", lambda m: m.body.get("reason") == "look")
    assert (answer["width"], answer["height"], answer["source"]) == (640, 360, "camera")
    assert (look.body["width"], look.body["height"]) == (640, 360)


async def test_a_look_at_nothing_is_refused_in_words(blind_caller: Guest) -> None:
    error = await refusal(blind_caller, "look")
    assert error.code == 4409
    assert "no camera" in str(error.message)


async def test_becomes_somebody_else_and_keeps_the_thread(
    stack: Rig, blind_caller: Guest, figures: Figures
) -> None:
    await blind_caller.say("what time is it")
    await blind_caller.until_text("It is", 0.0)
    await blind_caller.wait_for_quiet(1.0)
    before, asked = await stack.account(blind_caller.joined_at), blind_caller.clock()
    answer = await ask(blind_caller, "persona", "tutor")

    async def renewed() -> Account | None:
        newest = await stack.account(blind_caller.joined_at)
        return newest if newest.number != before.number and newest.at("setup_complete") else None

    account = await until("renewed connection", renewed)
    figures("persona: from the call to the new setup", account.opened - asked, "s")
    status = await ask(blind_caller, "status")
    assert status["persona"] == answer["name"] == "tutor"
    assert "Never give away the answer" in json.dumps(account.report["setup"])
    assert account.report["conversation"] == before.report["conversation"]
    typed = await blind_caller.type("Never mind.")
    await blind_caller.until_text("offline stand-in", typed)


async def test_speaks_with_another_voice(blind_caller: Guest) -> None:
    assert (await ask(blind_caller, "voice", "puck"))["name"] == "Puck"
    assert (await ask(blind_caller, "status"))["voice"] == "Puck"
    assert (await refusal(blind_caller, "voice", "Pavarotti")).code == 4404


async def test_a_button_says_when_the_user_speaks(
    stack: Rig, blind_caller: Guest, figures: Figures
) -> None:
    asked = blind_caller.clock()
    assert await ask(blind_caller, "push_to_talk", "on") == {"on": True, "talking": False}
    figures("push to talk: from the call until it is on", blind_caller.clock() - asked, "s")
    await blind_caller.say("nobody shall hear this")
    assert (await ask(blind_caller, "push_to_talk", "start"))["talking"] is True
    spoken = await blind_caller.say("what time is it")
    # Three times as long as the silence that would have ended it.
    await asyncio.sleep(1.5)
    assert blind_caller.said(spoken.first_loud, by_agent=True) == []
    released = blind_caller.clock()
    assert (await ask(blind_caller, "push_to_talk", "end"))["talking"] is False
    await blind_caller.until_text("It is", released)
    (line,) = blind_caller.said(asked, by_agent=False)
    assert line.text.strip().lower() == "what time is it"
    assert len((await stack.account(asked - 1)).report["utterances"]) == 1
    await blind_caller.wait_for_quiet(1.0)
    assert (await ask(blind_caller, "push_to_talk", "off"))["on"] is False
    again = await blind_caller.say("what time is it")
    await blind_caller.until_text("It is", again.last_loud)


async def test_a_button_that_is_off_cannot_be_pressed(blind_caller: Guest) -> None:
    assert (await refusal(blind_caller, "push_to_talk", "start")).code == 4409


async def test_a_long_call_comes_as_a_stream(blind_caller: Guest) -> None:
    came: asyncio.Queue[rtc.ByteStreamReader] = asyncio.Queue()
    blind_caller.room.register_byte_stream_handler(
        "sightline.export", lambda reader, _: came.put_nowait(reader)
    )
    for number in range(5):
        await blind_caller.type(f"{number} " + "never mind " * 350)
        await blind_caller.wait_for_message("line", partial(begins, f"{number} never"))
    answer = await ask(blind_caller, "export", "md")
    reader = await asyncio.wait_for(came.get(), 5)
    data = b"".join([chunk async for chunk in reader])
    assert (answer["text"], answer["topic"]) == ("", "sightline.export")
    assert (reader.info.attributes or {})["export"] == answer["stream"]
    assert len(data) == answer["bytes"]
    assert b"never mind" in data
