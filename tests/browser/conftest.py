"""One stack and one browser for all tests of the page, a fresh profile for each visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from offline.page import is_built, page_host
from tests.browser import media
from tests.browser.rig import House, Visitor, browser
from tests.e2e.figures import Figures, row
from tests.e2e.rig import OUTPUT, rig

FIGURES = pytest.StashKey[Figures]()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house() -> AsyncIterator[House]:
    """The stack of `make demo`, whose agent greets."""
    if not is_built():
        pytest.fail("There is no built page: make page", pytrace=False)
    async with rig("page", env={"AGENT_GREETING": "on"}) as stack:
        # Behind a proxy, so that each visitor can have an address of its own.
        settings = {"PAGE_BEHIND_PROXY": "on", "PAGE_OPEN": "on", "ALLOW_ROOM_CHOICE": "on"}
        async with page_host(stack.folder / "page.log", stack.server, settings) as host:
            yield House(rig=stack, host=host)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every camera films: a code to be read, a ball that moves."""
    path = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    media.write_film(path)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(playwright: Playwright, film: Path) -> AsyncIterator[Browser]:
    """The browser of everybody who says nothing aloud."""
    silence = film.with_name("silence.wav")
    media.write_speech(silence, 1.0)
    async with browser(playwright, film=film, speech=silence, loop=True) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(house: House, chromium: Browser) -> AsyncIterator[Visitor]:
    """Somebody who has opened the page."""
    async with house.visitor(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def caller(visitor: Visitor) -> Visitor:
    """Somebody who has joined a room of their own, whose agent is there."""
    await visitor.join()
    return visitor


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Takes what a test measures; all of it is shown at the end of the run."""
    taken = request.config.stash.setdefault(FIGURES, Figures())
    taken.test = request.node.name
    return taken


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    taken = config.stash.get(FIGURES, None)
    if taken is None or not taken.taken:
        return
    terminalreporter.section("measured in the browser")
    for figure in taken.taken:
        terminalreporter.write_line(row(figure))
    taken.write(OUTPUT / "browser.json")
