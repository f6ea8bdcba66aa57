"""Tools that fail in every way, and a service that makes a muddle of its calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.drill import drilled, yard
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ASKED, Ordeal, figure, longest_silence, ordeal
from tests.e2e.rig import CAMERA, MARKS, Rig, until
from tests.e2e.stressed import BLOCKED, DEADLINE, STALLED

pytestmark = [*MARKS, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("stressed.py")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stressed() -> AsyncIterator[Rig]:
    """A worker whose tools misbehave."""
    async with yard("tools") as servers, drilled(servers, "stressed", script=SCRIPT) as stack:
        yield stack


async def responses(call: Ordeal) -> list[Mapping[str, Any]]:
    """Return the answers to all calls of this conversation, over all its connections."""
    accounts = await call.stack.accounts(call.began)
    return [given for account in accounts for given in account.report["tool_responses"]]


async def answered_call(call: Ordeal) -> Mapping[str, Any]:
    """Return the answer to the conversation's first call, as soon as there is one."""

    async def look() -> Mapping[str, Any] | None:
        return next(iter(await responses(call)), None)

    return await until("tool response", look, 20)


@pytest.mark.parametrize(
    ("fault", "what", "place", "says"),
    [
        ("19", "tool raises", "Ruin", "That did not work"),
        ("20", "tool never returns", "Limbo", "longer than 4 seconds"),
        ("25", "tool returns 5 MB", "Flood", "It rains."),
        ("25", "tool returns NaN", "Nowhere", "degrees"),
        ("25", "tool returns bytes", "Bytown", ""),
        ("25", "tool returns a cycle", "Ringside", "round"),
    ],
)
async def test_19_20_25_the_model_is_told_and_the_talk_goes_on(
    stressed: Rig, figures: Figures, fault: str, what: str, place: str, says: str
) -> None:
    async with ordeal(stressed) as call:
        await call.guest.wait_for_state("listening")
        asked = await call.guest.type(f"What is the weather in {place}?")
        given = await answered_call(call)
        if place != "Flood":
            await call.guest.wait_for_sound(max(asked, given["at"]))
        spoken = await call.guest.say(ASKED)
        await call.guest.until_text("You are welcome.", spoken.first_loud)
        heard = await call.guest.wait_for_sound(spoken.last_loud)
        size = len(str(given["response"]))
    figure(figures, fault, f"{what}: model told after", given["at"] - asked, "s", "")
    figure(figures, fault, f"{what}: characters told", size, "", "<= 8192")
    figure(figures, fault, f"{what}: next turn answered", heard - spoken.last_loud, "s", "<= 2")
    assert says in str(given["response"])
    assert "only the log" not in str(given["response"])
    assert size <= 8192 + 200
    assert given["at"] - asked <= DEADLINE + 2


async def test_20_the_caller_may_talk_while_a_tool_does_not_return(
    stressed: Rig, figures: Figures
) -> None:
    async with ordeal(stressed) as call:
        await call.guest.wait_for_state("listening")
        await call.guest.type("What is the weather in Limbo?")
        await call.guest.wait_for_message("tool", lambda m: m.body.get("status") == "running")
        answered = await call.ask()
        early = await responses(call)
        given = await answered_call(call)
    figure(figures, "20", "tool never returns: talk meanwhile answered", answered, "s", "<= 2")
    assert early == []
    assert "error" in given["response"]


async def test_21_a_tool_that_blocks_does_not_hold_up_the_voice(
    stressed: Rig, figures: Figures
) -> None:
    async with ordeal(stressed) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        asked = await guest.type("What time is it?")
        await guest.wait_for_message("tool", lambda m: m.body.get("status") == "running", 10, asked)
        story = await guest.type("Tell me a long story.")
        began = await guest.wait_for_sound(story)
        await guest.wait_until("its time", lambda: guest.clock() > asked + BLOCKED or None, 10)
        frames = [sound.at for sound in guest.ear.heard(began, asked + BLOCKED)]
        gap = max(after - before for before, after in zip(frames, frames[1:], strict=False))
        given = await answered_call(call)
    figure(figures, "21", "tool blocks 5 s: answered after", given["at"] - asked, "s", "")
    figure(figures, "21", "tool blocks 5 s: longest gap in the voice", gap * 1000, "ms", "<= 40")
    silence = longest_silence(guest.ear.heard(began, asked + BLOCKED))
    figure(figures, "21", "tool blocks 5 s: longest silence", silence, "s", "")
    assert "late" in str(given["response"])


async def test_45_after_the_loop_stood_still_for_3_s_all_goes_on_in_order(
    stressed: Rig, figures: Figures
) -> None:
    async with ordeal(stressed, camera=CAMERA) as call:
        guest = call.guest
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent", 20)
        before = await unheard(call)
        asked = await guest.type("What is the weather in Stillwater?")
        given = await answered_call(call)
        account = await stressed.account(call.began)
        frames = account.frames_between(given["at"] - STALLED, given["at"] + 0.5)
        answered = await call.ask()
        missing = await unheard(call) - before
    lost, _ = await call.samples()
    figure(figures, "45", "loop blocked 3 s: tool answered after", given["at"] - asked, "s", "")
    figure(figures, "45", "loop blocked 3 s: pictures of that time sent", len(frames), "", "<= 1")
    figure(figures, "45", "loop blocked 3 s: next turn answered", answered, "s", "<= 2")
    figure(figures, "45", "loop blocked 3 s: sound missing", missing, "s", "0")
    figure(figures, "45", "loop blocked 3 s: samples lost by us", lost, "", "0")
    assert len(frames) <= 2
    assert lost == 0


async def unheard(call: Ordeal) -> float:
    """Return by how many seconds the service has heard less than its connection has lasted.

    Those before somebody was listened to, and those that are on their way.
    """
    account = await call.stack.account(call.began)
    lasted = time.monotonic() - account.at("setup_complete")[0]
    return lasted - float(account.report["samples"]) / 16_000


def rule(do: str, when: str = "tool is called") -> str:
    """Return a scenario with one rule for the first connection."""
    return f'story = "A muddle."\n[[on]]\nconnection = 1\nwhen = "{when}"\ndo = {do}\n'


@pytest.mark.parametrize(
    ("fault", "what", "scenario", "typed", "calls"),
    [
        ("22", "same id twice", rule('"repeat the call"'), "What is the weather in Paris?", 1),
        (
            "24",
            "connection drops, call pending",
            rule('"reset"'),
            "What is the weather in Limbo?",
            1,
        ),
    ],
)
async def test_22_24_a_call_is_made_once_and_answered_once(
    stack: Rig, figures: Figures, fault: str, what: str, scenario: str, typed: str, calls: int
) -> None:
    async with ordeal(stack, scenario) as call:
        await call.guest.wait_for_state("listening")
        asked = await call.guest.type(typed)
        await call.guest.until_text("degrees", asked)
        answered = await call.ask()
        ran = [m["id"] for m in call.guest.shown("tool", asked) if m["status"] == "running"]
        given = await responses(call)
        conversations = await call.connections()
    figure(figures, fault, f"{what}: tool ran", len(ran), "", "1")
    figure(figures, fault, f"{what}: answers", len(given), "", "1")
    figure(figures, fault, f"{what}: next turn answered", answered, "s", "<= 2")
    assert len(ran) == len(given) == calls
    assert given[0]["known"]
    assert call.words().count("degrees") == 1
    assert len(conversations) == (2 if fault == "24" else 1)


@pytest.mark.parametrize("odd", ["unknown function", "wrong arguments", "without an id"])
async def test_22_a_call_that_makes_no_sense_is_answered(
    stack: Rig, figures: Figures, odd: str
) -> None:
    async with ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        await call.connected()
        await stack.gemini.fail("odd call", what=odd)
        await asyncio.sleep(1.0)
        answered = await call.ask()
        given = await responses(call)
    expected = 0 if odd == "without an id" else 1
    figure(figures, "22", f"call {odd}: answers", len(given), "", str(expected))
    figure(figures, "22", f"call {odd}: next turn answered", answered, "s", "<= 2")
    assert len(given) == expected


async def test_23_a_call_that_is_taken_back_is_not_answered(stack: Rig, figures: Figures) -> None:
    async with ordeal(stack, "tool-cancelled") as call:
        await call.guest.wait_for_state("listening")
        asked = await call.guest.type("What is the weather in Limbo?")
        message = await call.guest.wait_for_message(
            "cancelled tool", lambda m: m.body.get("status") == "cancelled", 10, asked
        )
        answered = await call.ask()
        await asyncio.sleep(3.0)
        given = await responses(call)
    figure(figures, "23", "call taken back: tool ended after", message.at - asked, "s", "")
    figure(figures, "23", "call taken back: late answers", len(given), "", "0")
    figure(figures, "23", "call taken back: next turn answered", answered, "s", "<= 2")
    assert given == []
