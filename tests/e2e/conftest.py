"""One stack for all end-to-end tests, a fresh room and caller for each."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.faultbook import write_table
from tests.e2e.figures import FIGURES
from tests.e2e.rig import LOGS, OUTPUT, Guest, Rig, new_room, rig
from tests.e2e.weather import open_meteo


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[Rig]:
    """The stack that most tests share; its agent does not greet, which saves them 6 s each."""
    async with contextlib.AsyncExitStack() as opened:
        url = await opened.enter_async_context(open_meteo())
        env = {"AGENT_WEATHER_URL": url, "AGENT_GEOCODING_URL": url}
        yield await opened.enter_async_context(rig("shared", env=env))


@pytest_asyncio.fixture(loop_scope="session")
async def caller(stack: Rig) -> AsyncIterator[Guest]:
    """Somebody with voice and camera in a room of their own, whose agent listens already."""
    async with stack.guest(new_room()) as guest:
        await guest.wait_for_state("listening")
        yield guest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the figures; keep the logs only of a run that failed."""
    taken = session.config.stash.get(FIGURES, None)
    if taken is not None:
        taken.write(OUTPUT / "figures.json")
        write_table(taken.taken, OUTPUT / "faults.md")
    if exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(LOGS, ignore_errors=True)
