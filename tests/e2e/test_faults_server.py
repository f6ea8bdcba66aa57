"""A livekit-server that is killed and comes back: its calls go on, each with one agent."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack

import pytest
from livekit import api

from tests.e2e.drill import restarted
from tests.e2e.figures import Figures
from tests.e2e.ordeal import Ordeal, figure, ordeal
from tests.e2e.rig import MARKS, Rig, rig, until

pytestmark = [*MARKS, pytest.mark.slow]

REGISTERED = "registered worker"


async def agents(stack: Rig, room: str) -> list[str]:
    """Return the identities of the room's agents, as the server lists them."""
    return [one for one in await stack.present(room) if one.startswith("agent")]


async def back(call: Ordeal, stack: Rig) -> None:
    """Wait until the caller is in the room again, and sees an agent that sees them."""

    async def look() -> bool | None:
        if not call.guest.room.isconnected() or not call.guest.agents:
            return None
        return call.guest.identity in await stack.present(call.room) or None

    await until("caller and agent", look, 30)


async def test_27_a_call_outlives_a_restart_of_the_server(figures: Figures) -> None:
    async with rig("server-27") as stack, AsyncExitStack() as second, ordeal(stack) as call:
        await call.ask()
        await call.guest.wait_for_quiet()
        (agent,) = await agents(stack, call.room)
        killed = time.monotonic()
        await second.enter_async_context(restarted(stack))
        await back(call, stack)
        there = time.monotonic()
        await call.guest.wait_for_listener(killed)
        hearing = time.monotonic()
        answered = await call.ask()
        present = await agents(stack, call.room)
        registered = await until("worker", lambda: registrations(stack, 2), 30)
        connections = len(await call.connections())
    figure(figures, "27", "server restarted: caller and agent back", there - killed, "s", "")
    figure(figures, "27", "server restarted: caller heard again", hearing - killed, "s", "")
    figure(figures, "27", "server restarted: worker registered", registered - killed, "s", "<= 30")
    figure(figures, "27", "server restarted: next turn answered", answered, "s", "<= 2")
    assert present == [agent]
    assert connections == 1
    assert registered - killed <= 30


async def test_28_of_two_agents_the_one_that_knows_the_call_stays(figures: Figures) -> None:
    """The server sends another one, because the call's own comes back later than its caller."""
    async with rig("server-28") as stack, AsyncExitStack() as again, ordeal(stack) as call:
        await call.ask()
        await call.guest.wait_for_quiet()
        (agent,) = await agents(stack, call.room)
        job = await call.job()
        job.suspend()
        try:
            await again.enter_async_context(restarted(stack))
            await until("worker", lambda: registrations(stack, 2), 30)
            # The caller was back before the worker, so the server itself had nobody to send.
            asked = api.CreateAgentDispatchRequest(room=call.room)
            await stack.client.agent_dispatch.create_dispatch(asked)
            second = await until("second agent", lambda: another(stack, call.room), 20)
        finally:
            job.resume()
        met = await until("both agents", lambda: together(stack, call.room), 30)
        alone = await until("one agent", lambda: left(stack, call.room, agent), 20)
        await back(call, stack)
        answered = await call.ask()
        present = await agents(stack, call.room)
    figure(figures, "28", "two agents: one of them leaves after", alone - met, "s", "<= 2")
    figure(figures, "28", "two agents: next turn answered", answered, "s", "<= 2")
    assert second != agent
    assert present == [agent]
    assert alone - met <= 2


async def registrations(stack: Rig, count: int) -> float | None:
    """Return the time once the worker has registered so often."""
    return time.monotonic() if len(stack.entries(REGISTERED)) >= count else None


async def another(stack: Rig, room: str) -> str | None:
    return next(iter(await agents(stack, room)), None)


async def together(stack: Rig, room: str) -> float | None:
    return time.monotonic() if len(await agents(stack, room)) == 2 else None


async def left(stack: Rig, room: str, one: str) -> float | None:
    return time.monotonic() if await agents(stack, room) == [one] else None
