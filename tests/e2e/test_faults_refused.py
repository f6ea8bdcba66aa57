"""A service that refuses: what trying again can mend is tried again, what it cannot is said."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, ASKED, figure, ordeal
from tests.e2e.rig import MARKS, Rig
from worker.gemini.failures import CONFIGURATION_ROOM

pytestmark = [*MARKS, pytest.mark.slow]

ENDED = 3.5
"""Seconds after the agent's words in which it has left and closed its room. livekit-server (1.13.5)
makes a room anew that two delete in the same moment, and sends it an agent."""
WRONG = 'story = "Nothing is right."\n[[on]]\nconnection = "every"\nwhen = "{when}"\ndo = {do}\n'


@pytest.mark.parametrize(
    ("fault", "what", "when", "do"),
    [
        ("10", "1008, no such model", "setting up", '"no such model"'),
        ("11", "HTTP 401", "connecting", '"refuse"\nstatus = 401'),
        ("11", "HTTP 403", "connecting", '"refuse"\nstatus = 403'),
        ("11", "HTTP 404", "connecting", '"refuse"\nstatus = 404'),
    ],
)
async def test_10_11_what_only_an_operator_can_mend_is_said_at_once_and_not_tried_again(
    stack: Rig, figures: Figures, fault: str, what: str, when: str, do: str
) -> None:
    async with ordeal(stack, WRONG.format(when=when, do=do)) as call:
        told = await call.guest.wait_for_message("notice", lambda m: m.type == "notice", 15)
        await asyncio.sleep(ENDED)
        tries = len(stack.entries("gemini live connection ended", call.room))
    (entry,) = stack.entries("gemini live refused", call.room)
    figure(figures, fault, f"{what}: room told", told.at - call.guest.joined_at, "s", "at once")
    figure(figures, fault, f"{what}: attempts", tries, "", "1")
    assert told.body["text"] == CONFIGURATION_ROOM
    assert "check" in str(entry["cause"])
    assert tries == 1
    async with ordeal(stack) as after:
        await after.guest.wait_for_state("listening")
        await after.ask()


async def test_11_a_busy_service_is_tried_again(stack: Rig, figures: Figures) -> None:
    async with ordeal(stack, "busy-then-well") as call:
        guest = call.guest
        await guest.wait_for_listener()
        spoken = await guest.say(ASKED)
        heard = await guest.wait_for_sound(spoken.last_loud, 20)
        await guest.until_text(ANSWER, spoken.first_loud)
        tries = [account.opened for account in await stack.accounts(call.began)]
    figure(figures, "11", "HTTP 503, then 429: attempts", len(tries), "", "3")
    figure(figures, "11", "HTTP 503, then 429: connected after", tries[-1] - tries[0], "s", "")
    figure(
        figures, "11", "HTTP 503, then 429: question answered", heard - spoken.last_loud, "s", ""
    )
    assert len(tries) == 3
