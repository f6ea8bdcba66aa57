"""A data message follows its cause at once, and their numbers have no gap."""

from __future__ import annotations

import asyncio
import time

import numpy as np
import pytest

from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room

pytestmark = [*MARKS, pytest.mark.slow]

TIMES = 12
PACE = 1.2
"""Seconds; of more than a line a second the agent reads a few only."""


async def test_follows_its_cause_at_once(stack: Rig, figures: Figures) -> None:
    """Both figures are more than the worker's share: they end when the caller has the message."""
    async with stack.guest(new_room("messages"), camera=None) as guest:
        await guest.wait_for_state("listening")
        for number in range(TIMES):
            await guest.type("What time is it?")
            await guest.wait_until("answer", lambda n=number: len(running(guest)) > n or None, 10)  # type: ignore[misc]
            await asyncio.sleep(PACE)
        account = await stack.account(guest.joined_at)
    calls = {str(call["id"]): float(call["at"]) for call in account.calls("get_time")}
    late = [(at - calls[id]) * 1000 for id, at in running(guest).items()]
    offset = time.time() - time.monotonic()
    on_way = [(m.at + offset - float(str(m.body["at"]))) * 1000 for m in guest.messages]
    for name, values in (("the service's call", late), ("the worker's outbox", on_way)):
        figures(f"message: from {name} to the caller, p50", float(np.median(values)), "ms")
        p95 = float(np.percentile(values, 95))
        figures(f"message: from {name} to the caller, p95", p95, "ms", "<= 20")
    numbers = [int(str(m.body["seq"])) for m in guest.messages]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(late) == TIMES


def running(guest: Guest) -> dict[str, float]:
    """Return when the caller learnt of each tool that began, by the id of the call."""
    messages = (m for m in guest.messages if m.body.get("status") == "running")
    return {str(message.body["id"]): message.at for message in messages}
