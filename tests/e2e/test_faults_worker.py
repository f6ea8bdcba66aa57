"""Processes of the worker are ended in every way; nobody is left alone in a room."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator

import cv2
import numpy as np
import psutil
import pytest
import pytest_asyncio

from offline.scene import read_stamp
from tests.e2e.account import Frame
from tests.e2e.drill import drilled, living, main_process, yard
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ASKED, Ordeal, figure, ordeal
from tests.e2e.rig import CAMERA, MARKS, Rig, new_room, until
from worker.parting import GONE

pytestmark = [*MARKS, pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def servers() -> AsyncIterator[Rig]:
    """A livekit-server and a stand-in, to which each test brings a worker of its own."""
    async with yard("worker-faults") as it:
        yield it


def family(main: psutil.Process) -> list[psutil.Process]:
    return [main, *main.children(recursive=True)]


async def ended(processes: list[psutil.Process], timeout: float) -> float:
    """Return when the last of these processes is gone."""

    async def look() -> float | None:
        return None if living(processes) else time.monotonic()

    return await until("end of the processes", look, timeout)


async def another_agent(call: Ordeal, dead: str) -> float:
    """Return when another agent than the dead one listens, and is the only one."""
    guest = call.guest

    def look() -> float | None:
        agents = [agent.identity for agent in guest.agents]
        return guest.clock() if agents and dead not in agents else None

    await guest.wait_until("another agent", look, 20)
    await guest.wait_for_state("listening", since=guest.clock() - 5)
    return guest.clock()


async def alone(call: Ordeal) -> float:
    """Return when the room has been closed around the caller."""
    guest = call.guest
    return await guest.wait_until(
        "end of the room", lambda: None if guest.room.isconnected() else guest.clock(), 20
    )


async def test_41_a_room_whose_job_process_was_killed_gets_another_agent(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "41") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        await call.job()
        dead, killed = call.guest.agents[0].identity, time.monotonic()
        (await call.job()).kill()
        there = await another_agent(call, dead)
        answered = await call.ask()
        present = await stack.present(call.room)
    figure(figures, "41", "job killed: another agent listens", there - killed, "s", "<= 5")
    figure(figures, "41", "job killed: next turn answered", answered, "s", "<= 2")
    assert there - killed <= 5
    assert len(present) == 2


async def test_43_a_worker_whose_fork_server_was_killed_serves_on(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "43") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        main = main_process(stack)
        (agent,) = [one.identity for one in call.guest.agents]
        fork_server_of(main).kill()
        answered, came = await call.ask(), []
        # The first takes the process that was ready; for the second there must be a new one.
        for identity in ("bob", "cy"):
            async with stack.guest(new_room("forked"), identity, camera=None) as other:
                came.append((await other.wait_for_state("listening")).at - other.joined_at)
        ready = await until("readiness", lambda: is_ready(stack), 20)
        assert fork_server_of(main).is_running()
        assert [one.identity for one in call.guest.agents] == [agent]
    figure(figures, "43", "fork server killed: running call answers", answered, "s", "<= 2")
    figure(figures, "43", "fork server killed: next call's agent after", came[0], "s", "")
    figure(figures, "43", "fork server killed: the one after that", came[1], "s", "")
    assert ready


def fork_server_of(main: psutil.Process) -> psutil.Process:
    (found,) = [one for one in main.children() if "forkserver" in one.cmdline()[-1]]
    return found


async def is_ready(stack: Rig) -> bool | None:
    return True if await stack.health() == 200 else None


async def test_44_a_job_that_was_stopped_for_20_s_goes_on_with_what_is_new(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "44") as stack, ordeal(stack, camera=CAMERA) as call:
        guest = call.guest
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent", 20)
        job = await call.job()
        job.suspend()
        await asyncio.sleep(20.0)
        resumed = time.monotonic()
        job.resume()
        frame, stamp = await until("fresh picture", lambda: seen(call, resumed), 30)
        answered = await call.ask()
        present = await stack.present(call.room)
    age = (int(frame.at * 1000) - stamp) % (1 << 24)
    figure(figures, "44", "job stopped 20 s: next picture after", frame.at - resumed, "s", "")
    figure(figures, "44", "job stopped 20 s: age of the next picture", age, "ms", "<= 1000")
    figure(figures, "44", "job stopped 20 s: next turn answered", answered, "s", "<= 2")
    assert age <= 1000
    assert len(present) == 2
    assert stack.entries("a call does not report, its process hangs or is dead")


async def seen(call: Ordeal, since: float) -> tuple[Frame, int] | None:
    """Return the first picture of the camera that the service got after that, and its stamp.

    Words as a picture have none.
    """
    for account in await call.connections():
        for frame in account.frames:
            if frame.at >= since:
                jpeg = await call.stack.gemini.picture(account.number, frame.number)
                picture = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1), np.uint8)
                if (stamp := read_stamp(picture)) is not None:
                    return frame, stamp
    return None


async def test_42_of_a_worker_that_was_killed_nothing_is_left(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "42") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        processes, killed = family(main_process(stack)), time.monotonic()
        processes[0].kill()
        closed = await alone(call)
        gone = await ended(processes, 20)
    figure(figures, "42", "worker killed: room closed after", closed - killed, "s", "")
    figure(figures, "42", "worker killed: no process left after", gone - killed, "s", "<= 5")
    assert GONE in call.words()
    assert gone - killed <= 5
    async with drilled(servers, "42-again") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        await call.ask()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
async def test_42_of_a_worker_in_dev_nothing_is_left_however_it_ends(
    servers: Rig, figures: Figures, number: signal.Signals
) -> None:
    name = f"42-dev-{number.name}"
    async with drilled(servers, name, command="dev") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        processes, ending = family(main_process(stack)), time.monotonic()
        for process in processes[: 1 if number != signal.SIGINT else None]:
            # Ctrl-C reaches every process of the terminal.
            process.send_signal(number)
        gone = await ended(processes, 20)
    what = f"dev, {number.name}: no process left after"
    figure(figures, "42", what, gone - ending, "s", "<= 5")
    assert gone - ending <= 5


async def test_39_a_worker_that_is_asked_to_stop_lets_its_calls_end(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "39") as stack:
        main = main_process(stack)
        async with (
            ordeal(stack) as ann,
            stack.guest(new_room(), "bob", camera=None) as bob,
        ):
            await asyncio.gather(*(one.wait_for_state("listening") for one in (ann.guest, bob)))
            processes, asked = family(main), time.monotonic()
            for process in processes:
                # Service managers tell every process of a worker.
                process.terminate()
            unready = await until("unready", lambda: not_ready(stack), 10)
            answered = [await ann.ask(), await bob.wait_for_sound(await bob.type(ASKED))]
        left = time.monotonic()
        gone = await ended(processes, 30)
    figure(figures, "39", "SIGTERM with 2 calls: unready after", unready - asked, "s", "at once")
    figure(figures, "39", "SIGTERM with 2 calls: turns answered", len(answered), "", "2")
    figure(figures, "39", "SIGTERM with 2 calls: exit after the last", gone - left, "s", "<= 15")
    assert "exit status 0" in stack.log()


async def not_ready(stack: Rig) -> float | None:
    return time.monotonic() if await stack.health() == 503 else None


async def test_40_a_worker_that_is_asked_twice_goes_at_once_and_closes_its_rooms(
    servers: Rig, figures: Figures
) -> None:
    async with drilled(servers, "40") as stack, ordeal(stack) as call:
        await call.guest.wait_for_state("listening")
        main = main_process(stack)
        processes = family(main)
        main.terminate()
        await asyncio.sleep(1)
        asked = time.monotonic()
        main.terminate()
        closed = await alone(call)
        gone = await ended(processes, 20)
    figure(figures, "40", "second SIGTERM: room closed after", closed - asked, "s", "<= 10")
    figure(figures, "40", "second SIGTERM: no process left after", gone - asked, "s", "<= 10")
    assert GONE in call.words()
    assert gone - asked <= 10
