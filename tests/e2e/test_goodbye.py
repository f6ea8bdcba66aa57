"""The agent that has lost its model says goodbye, goes, and its worker serves the next room."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from offline.witness import Message
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, rig, until
from worker.goodbye import SENTENCE, load_sound

pytestmark = [*MARKS, pytest.mark.slow]
PATIENCE = 5
OUTAGE = """
story = "The service is down."

[[on]]
connection = "every"
when = "connecting"
do = "refuse"
status = 503
"""
LENGTH = load_sound().duration


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Rig]:
    """A stack whose stand-in may be made to refuse everybody."""
    async with rig(
        "goodbye", env={"AGENT_METRICS_PORT": "0", "AGENT_PATIENCE": str(PATIENCE)}
    ) as stack:
        yield stack


async def hear_goodbye(stack: Rig, guest: Guest, since: float, figures: Figures) -> None:
    """Be told, hear the whole sentence, and be left alone."""
    told = await guest.wait_for_message("notice", is_error, 20)
    # Who waited may have been asked for a moment before that, aloud too.
    first = await guest.wait_for_sound(told.at - 0.1, 20)

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


async def well_again(stack: Rig) -> bool | None:
    return True if await stack.health() == 200 else None


async def test_who_calls_a_worker_with_a_wrong_key_is_told_and_not_left_with_a_mute_agent(
    own: Rig, figures: Figures
) -> None:
    assert await own.health() == 200
    await own.gemini.change(api_key="another")
    async with own.guest(new_room(), camera=None) as guest:
        await hear_goodbye(own, guest, guest.joined_at, figures)
    assert await own.health() == 503
    assert "GOOGLE_API_KEY" in (await own.status())["gemini"]["reason"]
    await own.gemini.change(api_key="")
    mended = time.monotonic()
    await until("health", lambda: well_again(own), 70)
    figures("key put right: to health 200 again", time.monotonic() - mended, "s")
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
    assert await own.health() == 200


async def test_an_outage_that_does_not_pass_ends_with_a_goodbye_and_is_probed_until_it_does(
    own: Rig, figures: Figures
) -> None:
    await own.gemini.play(OUTAGE)
    async with own.guest(new_room(), camera=None) as guest:
        await hear_goodbye(own, guest, guest.joined_at, figures)
        levels = [body["level"] for body in guest.shown("notice")]
    assert levels == ["warning", "error"]
    assert (await own.status())["gemini"]["kind"] == "passing"
    await own.gemini.play()
    await until("reached", lambda: reached(own), 70)
    await answered(own)


async def reached(stack: Rig) -> bool | None:
    return True if not (await stack.status())["gemini"]["kind"] else None


async def test_metrics_keep_the_figures_of_calls_that_are_over(own: Rig) -> None:
    before = await counted(own, "sightline_live_connections_total")
    await answered(own)
    await answered(own)
    await until("count", lambda: two_more(own, before), 10)
    assert await counted(own, "sightline_live_given_up_total") >= 3
    assert "lk_agents_worker_load" in await metrics(own)
    # The main process, one call, and the next one begun while that still ended.
    files = await asyncio.to_thread(list, own.private_folder().glob("figures/counter_*.db"))
    assert len(files) <= 3


async def two_more(stack: Rig, before: float) -> bool | None:
    now = await counted(stack, "sightline_live_connections_total")
    return True if now == before + 2 else None


async def metrics(stack: Rig) -> str:
    return (await stack.ask("Prometheus metrics exposed at ", "/metrics"))[1]


async def counted(stack: Rig, name: str) -> float:
    """Return the sum of a metric over all its labels."""
    lines = [line.split() for line in (await metrics(stack)).splitlines()]
    return sum(float(line[-1]) for line in lines if line[0].startswith(name + "{"))
