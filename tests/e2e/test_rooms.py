"""Callers come, go, come back and talk in two rooms at once."""

from __future__ import annotations

import asyncio
import time

import psutil

from offline.caller import QR_TEXT
from offline.scene import Scene
from tests.e2e.figures import Figures
from tests.e2e.rig import CAMERA, MARKS, Guest, Rig, new_room, until

pytestmark = MARKS


async def at_rest(stack: Rig) -> set[int] | None:
    """Return the worker's processes once no call is left and one process is ready."""
    processes = stack.processes()
    busy = (await stack.status()).get("active_jobs", 0) or len(processes) != 4
    return None if busy else processes


def sockets(stack: Rig) -> int:
    """Count the sockets of the worker's main process, its pipes to job processes included."""
    main = psutil.Process(stack.worker.pid).children()[0]
    return len(main.net_connections(kind="all"))


async def fewest(stack: Rig) -> int:
    """Count what lasts: a log line or a report that is on its way has a socket for a moment."""
    counts = []
    for _ in range(10):
        counts.append(sockets(stack))
        await asyncio.sleep(0.1)
    return min(counts)


async def test_nothing_is_left_of_a_call_ten_seconds_after_it(stack: Rig, figures: Figures) -> None:
    await until("rest", lambda: at_rest(stack), 20)
    before, room = await fewest(stack), new_room()
    async with stack.guest(room) as guest:
        await guest.wait_for_state("listening")
        await guest.wait_for_sound(await guest.type("Hello"))
        job, account = stack.job(room), await stack.account(guest.joined_at)
        family = {job.pid, *(child.pid for child in job.children(recursive=True))}
    left = time.monotonic()
    after = await until("rest", lambda: at_rest(stack), 20)
    assert figures("caller gone: to nothing left", time.monotonic() - left, "s", "<= 10") <= 10
    closed = (await stack.accounts(account.opened))[0].closed
    assert closed is not None
    figures("caller gone: to the Live socket closed", closed - left, "s", "<= 10")
    assert not family & after

    assert await fewest(stack) == before
    assert await stack.present(room) == []


def scene(code: str) -> Scene:
    return Scene(CAMERA.width, CAMERA.height, code)


async def ask(guest: Guest, code: str = QR_TEXT) -> str:
    """Ask aloud what the agent sees; return its line once the code stands in it."""
    await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent", 20)
    spoken = await guest.say("What do you see?")
    return await guest.until_text(f'"{code}"', spoken.first_loud, 40)


async def test_serves_two_rooms_at_once_without_cross_talk(stack: Rig) -> None:
    async with (
        stack.guest(new_room(), "ann", drawing=scene("ROOM-OF-ANN")) as ann,
        stack.guest(new_room(), "bob", drawing=scene("ROOM-OF-BOB")) as bob,
    ):
        for_ann, for_bob = await asyncio.gather(ask(ann, "ROOM-OF-ANN"), ask(bob, "ROOM-OF-BOB"))
        assert "ROOM-OF-BOB" not in for_ann
        assert "ROOM-OF-ANN" not in for_bob
        await bob.wait_for_quiet()
        asked = await ann.type("Tell me a long story.")
        await ann.until_text("long story", asked)
        assert not list(bob.ear.audible(asked))
    for guest in (ann, bob):
        agents = {line.identity for line in guest.said(by_agent=True)}
        assert len(agents) == 1
        assert {line.identity for line in guest.said(by_agent=False)} == {guest.identity}
        assert agents == {message.sender for message in guest.messages}
    assert len(await stack.accounts(ann.joined_at)) == 2


async def test_a_caller_who_reloads_the_page_is_heard_and_seen_again(
    stack: Rig, figures: Figures
) -> None:
    room = new_room()
    async with stack.guest(room) as guest:
        agent = await guest.wait_for_agent()
        assert await ask(guest)
    left = time.monotonic()
    async with stack.guest(room) as again:
        figures("reload: away for", again.joined_at - left, "s", "<= 3")
        assert await ask(again)
        assert [one.identity for one in again.agents] == [agent.identity]
    assert await stack.accounts(again.joined_at) == []


async def test_a_second_tab_of_the_same_caller_takes_over(stack: Rig) -> None:
    room = new_room()
    async with stack.guest(room) as first:
        agent = await first.wait_for_agent()
        await first.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        async with stack.guest(room) as second:
            assert await ask(second)
            assert [one.identity for one in second.agents] == [agent.identity]


async def test_stays_until_the_last_has_left(stack: Rig) -> None:
    room = new_room()
    async with stack.guest(room, "bob", camera=None) as bob:
        async with stack.guest(room, "ann") as ann:
            agent = await ann.wait_for_agent()
            await ann.wait_for_state("listening")
        left = bob.clock()
        await bob.say("Tell me a long story.")
        await bob.until_text("Here is a long story", left)
        assert agent.identity in await stack.present(room)

    async def gone() -> bool | None:
        return True if agent.identity not in await stack.present(room) else None

    assert await until("room without the agent", gone, 10)
