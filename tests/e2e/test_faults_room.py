"""Callers whose network, page or patience fails; the agent goes on with who comes back."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import psutil
import pytest
from livekit import rtc

from offline.programs import Program, running
from offline.stack import ROOT
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, ASKED, close, figure, ordeal
from tests.e2e.rig import MARKS, Guest, Rig, new_room, until

pytestmark = MARKS

FULL = rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT


@contextlib.asynccontextmanager
async def stranger(stack: Rig, room: str, identity: str) -> AsyncIterator[Program]:
    """Somebody in a process of their own, who has joined when the block begins."""
    token = stack.token(room, identity)
    command = [sys.executable, "-m", "tests.e2e.stranger", stack.server.url, token]
    log_path = stack.folder / f"stranger-{room}.log"
    async with running(
        "the stranger", command, log_path=log_path, cwd=ROOT, piped=True, grace=0.1
    ) as program:
        assert await program.first_line(20) == "in"
        yield program


def kill(program: Program) -> float:
    """End a stranger as a power cut would; return when."""
    (process,) = psutil.Process(program.pid).children()
    process.kill()
    return time.monotonic()


async def agent_in(stack: Rig, room: str) -> str:
    """Return the identity of the room's agent, as soon as it has one."""

    async def look() -> str | None:
        return next((one for one in await stack.present(room) if one.startswith("agent")), None)

    return await until("agent", look, 20)


async def answer(guest: Guest, since: float | None = None) -> float:
    """Ask aloud once the agent listens; return the seconds from the last sound to the answer's.

    Args:
        since: the agent must have begun to listen after that; the join when not given.
    """
    await guest.wait_for_listener(guest.joined_at if since is None else since)
    spoken = await guest.say(ASKED)
    heard = await guest.wait_for_sound(spoken.last_loud, 20)
    await guest.until_text(ANSWER, spoken.first_loud)
    return heard - spoken.last_loud


@pytest.mark.parametrize(
    ("fault", "what", "away"),
    [
        ("reload", "page gone without a goodbye", 0.0),
        pytest.param("33", "network gone 10 s", 10.0, marks=pytest.mark.slow),
    ],
)
async def test_who_vanishes_and_comes_back_goes_on_with_the_same_agent(
    stack: Rig, figures: Figures, fault: str, what: str, away: float
) -> None:
    room, began = new_room("vanish"), time.monotonic()
    async with stranger(stack, room, "ann") as ann:
        agent = await agent_in(stack, room)
        before = await stack.account(began)
        left = kill(ann)
        await asyncio.sleep(away)
        async with stack.guest(room, "ann", camera=None, lead=0.1) as again:
            figure(figures, fault, f"{what}: away for", again.joined_at - left, "s", "")
            await again.wait_for_state("listening")
            answered = await answer(again)
            agents = [one.identity for one in again.agents]
            present = await stack.present(room)
    connections = len(await stack.accounts(began))
    await close(stack, room, began)
    figure(figures, fault, f"{what}: next turn answered", answered, "s", "<= 2")
    figure(figures, fault, f"{what}: connections to the model", connections, "", "1")
    assert agents == [agent]
    assert sorted(present) == sorted([agent, "ann"])
    assert connections == 1
    assert before.closed is None


@pytest.mark.slow
async def test_who_reloads_five_times_has_one_agent_and_one_session(
    stack: Rig, figures: Figures
) -> None:
    room, began = new_room("reload"), time.monotonic()
    agents: set[str] = set()
    for _ in range(5):
        async with stack.guest(room, "ann", lead=0.1) as guest:
            agents.add((await guest.wait_for_agent()).identity)
            await asyncio.sleep(1.0)
    took = time.monotonic() - began
    async with stack.guest(room, "ann", camera=None, lead=0.1) as guest:
        await guest.wait_for_state("listening")
        answered = await answer(guest)
        heard, present = guest.ear.tracks, await stack.present(room)
    connections = len(await stack.accounts(began))
    await close(stack, room, began)
    figure(figures, "34", "page reloaded 5 times: within", took, "s", "10")
    figure(figures, "34", "page reloaded 5 times: next turn answered", answered, "s", "<= 2")
    figure(figures, "34", "page reloaded 5 times: agents", len(agents), "", "1")
    assert len(agents) == connections == len(heard) == 1
    assert len(present) == 2


async def test_who_reconnects_fully_is_heard_and_hears_again(stack: Rig, figures: Figures) -> None:
    async with ordeal(stack) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        agent = guest.agents[0].identity
        broken = guest.clock()
        await guest.room.simulate_scenario(FULL)
        answered = await answer(guest, since=broken)
        back = guest.subscribed[-1]
        present = await stack.present(call.room)
        connections = len(await call.connections())
        assert [one.identity for one in guest.agents] == [agent]
    figure(figures, "full", "full reconnect: listened to again", back - broken, "s", "")
    figure(figures, "full", "full reconnect: next turn answered", answered, "s", "<= 2")
    assert sorted(present) == sorted([agent, "ann"])
    assert connections == 1


async def leave_at_once(_: Guest) -> None:
    """Go before the agent has come."""


async def leave_in_silence(guest: Guest) -> None:
    await guest.wait_for_state("listening")


async def leave_while_it_speaks(guest: Guest) -> None:
    await guest.wait_for_state("listening")
    await guest.wait_for_sound(await guest.type("Tell me a long story."))


async def leave_while_a_tool_runs(guest: Guest) -> None:
    await guest.wait_for_state("listening")
    asked = await guest.type("What is the weather in Limbo?")
    await guest.wait_for_message("tool", lambda m: m.body.get("status") == "running", 10, asked)


@pytest.mark.slow
@pytest.mark.parametrize(
    "until_then",
    [leave_at_once, leave_in_silence, leave_while_it_speaks, leave_while_a_tool_runs],
)
async def test_of_a_caller_who_leaves_at_any_time_nothing_is_left(
    stack: Rig, figures: Figures, until_then: Callable[[Guest], Awaitable[None]]
) -> None:
    room, began = new_room("leave"), time.monotonic()
    async with stack.guest(room, camera=None) as guest:
        await until_then(guest)
    left = time.monotonic()

    async def nothing() -> float | None:
        accounts = await stack.accounts(began)
        busy = (await stack.status()).get("active_jobs", 0) or await stack.present(room)
        open_still = any(account.closed is None for account in accounts)
        early = time.monotonic() - left < 1.0
        return None if early or busy or open_still else time.monotonic()

    gone = await until("end of the call", nothing, 20)
    what = until_then.__name__.replace("_", " ")
    seconds = figure(figures, "35", f"{what}: to nothing left", gone - left, "s", "<= 10")
    assert seconds <= 10


@pytest.mark.slow
async def test_only_who_is_served_is_heard_and_the_next_one_after_them(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, lead=0.1) as call:
        await call.guest.wait_for_state("listening")
        async with stack.guest(call.room, "bob", camera=None, lead=0.1) as bob:
            await bob.wait_for_state("listening")
            unheard = await bob.say(ASKED)
            await call.ask()
            account = await stack.account(call.began)
            overheard = account.at("activity_start", unheard.first_loud)
            await call.guest.leave()
            left = bob.clock()
            await until("next one served", lambda: served(stack, call.room), 10)
            answered = await answer(bob)
            figure(
                figures, "36", "linked caller leaves: other one heard", bob.clock() - left, "s", ""
            )
    figure(figures, "36", "linked caller leaves: next turn answered", answered, "s", "<= 2")
    assert len(overheard) == 1, "somebody else's voice reached the model"


async def served(stack: Rig, room: str) -> bool | None:
    """Return True once the agent listens to somebody for the second time."""
    linked = stack.entries("RoomIO linked to participant", room)
    return True if len(linked) > 1 else None
