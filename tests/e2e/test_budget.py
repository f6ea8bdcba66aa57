"""A call whose budget is spent: people are told, the agent says goodbye, and goes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Rig, new_room, rig, until
from worker.cost.accounts import NEARLY, SPENT

pytestmark = [*MARKS, pytest.mark.slow]
MINUTES = 0.25


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own() -> AsyncIterator[Rig]:
    """A stack whose calls may last a quarter of a minute."""
    async with rig("budget", env={"BUDGET_MINUTES": str(MINUTES)}) as stack:
        yield stack


async def test_says_goodbye_and_leaves_when_the_budget_is_spent(own: Rig, figures: Figures) -> None:
    async with own.guest(new_room("budget")) as guest:
        await guest.wait_for_agent()
        near = await guest.wait_for_message("first", lambda m: m.body.get("text") == NEARLY, 20)
        spent = await guest.wait_for_message("last", lambda m: m.body.get("text") == SPENT, 20)
        first = await guest.wait_for_sound(spent.at, 20)

        async def gone() -> bool | None:
            return None if guest.agents else True

        await until("agent gone", gone, 40)
        left, heard = guest.clock(), [sound.at for sound in guest.ear.audible(first)]
        account = await own.account(guest.joined_at)
    figures("budget: from near to spent", spent.at - near.at, "s", f"{MINUTES * 12:g}")
    figures("budget: from spent to the goodbye's first sound", first - spent.at, "s")
    figures("budget: from its last sound to the agent gone", left - heard[-1], "s")
    said = [turn["role"] for turn in account.report["turns"]]
    assert not list(guest.ear.audible(0.0, spent.at))
    assert said[-1] == "model"
