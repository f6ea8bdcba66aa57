"""Each tool, asked for by a caller and answered aloud."""

from __future__ import annotations

import pytest

from offline.witness import Message
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig

pytestmark = MARKS


def stages(caller: Guest, name: str, since: float) -> list[object]:
    """Return what the data messages told of one tool's calls, in order."""
    return [m["status"] for m in caller.shown("tool", since) if m["name"] == name]


@pytest.mark.parametrize(
    ("typed", "tool", "words"),
    [
        ("What time is it in Tokyo?", "get_time", "in the time zone Asia/Tokyo"),
        ("What is the weather in Paris?", "get_weather", "In Paris, France it is 18 degrees"),
    ],
)
async def test_answers_with_a_tool(
    stack: Rig, caller: Guest, figures: Figures, typed: str, tool: str, words: str
) -> None:
    asked = await caller.type(typed)
    await caller.until_text(words, asked)
    account = await stack.account(caller.joined_at)
    (call,), (given,) = account.calls(tool), account.responses(tool)
    figures(f"{tool}: from call to response", (given["at"] - call["at"]) * 1000, "ms")
    assert given["known"]
    assert stages(caller, tool, asked) == ["running", "done"]


async def test_goes_on_when_the_weather_cannot_be_had(caller: Guest) -> None:
    asked = await caller.type("What is the weather in Atlantis?")
    await caller.until_text("That did not work", asked)
    assert stages(caller, "get_weather", asked) == ["running", "failed"]
    again = await caller.type("What is the weather in Paris?")
    await caller.until_text("In Paris, France", again)


def rings(message: Message) -> bool:
    body = message.body
    return body.get("who") == "agent" and "is up" in str(body.get("text"))


async def test_sets_a_timer_by_voice_and_speaks_up_when_it_is_due(
    stack: Rig, caller: Guest, figures: Figures
) -> None:
    spoken = await caller.say("Set a timer for four seconds.")
    reply = await caller.wait_for_reply(spoken.last_loud)
    await caller.wait_for_message("timer", rings, 10, since=reply.first_sound)
    account = await stack.account(caller.joined_at)
    (call,), (given,) = account.calls("set_timer"), account.responses("set_timer")
    at_once = figures("set_timer: from call to response", given["at"] - call["at"], "s", "<= 0.5")
    sound = await caller.wait_for_sound(max(given["at"] + 4, reply.last_sound + 0.3))
    late = figures("timer: speaks up after it is due", sound - given["at"] - 4, "s", "<= 3")
    assert "is set for" in reply.text
    assert at_once <= 0.5
    assert -0.1 <= late <= 3


async def test_a_timer_survives_a_barge_in(caller: Guest) -> None:
    asked = await caller.type("Set a tea timer for five seconds.")
    await caller.wait_for_sound(asked)
    story = await caller.type("Tell me a long story.")
    await caller.until_text("long story", story)
    await caller.say("Stop please.")
    await caller.wait_for_message("timer", rings, 15, since=story)
    await caller.until_text("is up", story)


async def test_a_cancelled_timer_stays_silent(stack: Rig, caller: Guest) -> None:
    asked = await caller.type("Set a tea timer for six seconds.")
    await caller.wait_for_message("timer", lambda m: m.body.get("status") == "done", since=asked)
    cancelled = await caller.type("Cancel the tea timer.")
    await caller.until_text("tea timer", cancelled)
    (given,) = (await stack.account(caller.joined_at)).responses("set_timer")
    due = given["at"] + 6
    await caller.wait_until("its time", lambda: caller.clock() > due + 1.5 or None, 10)
    assert stages(caller, "cancel_timer", asked) == ["running", "done"]
    assert not any(map(rings, caller.messages))
