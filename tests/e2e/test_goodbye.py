"""The agent that has lost its model says goodbye, goes, and its worker serves the next room."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest_asyncio

from offline.witness import Message
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, rig, until
from worker.goodbye import SENTENCE, load_sound

pytestmark = MARKS
LENGTH = load_sound().duration


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Rig]:
    """A stack whose stand-in may be made to refuse everybody."""
    async with rig("goodbye") as stack:
        yield stack


async def hear_goodbye(stack: Rig, guest: Guest, since: float, figures: Figures) -> None:
    """Be told, hear the whole sentence, and be left alone."""
    told = await guest.wait_for_message("notice", is_error, 20)
    first = await guest.wait_for_sound(since, 20)

    async def gone() -> bool | None:
        return None if guest.agents else True

    await until("agent gone", gone, 20)
    left, heard = guest.clock(), [sound.at for sound in guest.ear.audible(first)]
    figures("refused: to the notice", told.at - since, "s")
    figures("refused: to the goodbye", first - since, "s")
    figures("goodbye: from its first to its last sound", heard[-1] - first, "s")
    figures("goodbye: from its last sound to the agent gone", left - heard[-1], "s")
    assert LENGTH - 0.1 <= heard[-1] - first <= LENGTH + 0.5
    assert len(heard) >= 0.7 * LENGTH * 100
    assert SENTENCE in [line.text for line in guest.said(since, by_agent=True)]


def is_error(message: Message) -> bool:
    return message.body.get("level") == "error"


async def answered(stack: Rig) -> None:
    """Ask in a new room and be answered aloud."""
    async with stack.guest(new_room(), camera=None) as guest:
        await guest.wait_for_state("listening")
        await guest.wait_for_sound(await guest.type("Hello"))


async def test_who_calls_a_worker_with_a_wrong_key_is_told_and_not_left_with_a_mute_agent(
    own: Rig, figures: Figures
) -> None:
    await own.gemini.change(api_key="another")
    async with own.guest(new_room(), camera=None) as guest:
        await hear_goodbye(own, guest, guest.joined_at, figures)
    await own.gemini.change(api_key="")
    await answered(own)


async def test_a_call_whose_key_is_withdrawn_ends_with_a_goodbye(
    own: Rig, figures: Figures
) -> None:
    async with own.guest(new_room(), camera=None) as guest:
        await guest.wait_for_state("listening")
        await guest.wait_for_sound(await guest.type("Hello"))
        await guest.wait_for_quiet()
        await own.gemini.change(api_key="another")
        account, since = await own.account(guest.joined_at), time.monotonic()
        await own.gemini.fail("close", session=account.number)
        await hear_goodbye(own, guest, since, figures)
    await own.gemini.change(api_key="")
    await answered(own)
