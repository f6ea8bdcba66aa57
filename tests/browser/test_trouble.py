"""What goes wrong is said in words, and the call goes on as soon as it can."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
from playwright.async_api import Browser, Playwright, expect

from offline.livekit import LiveKitServer
from offline.page import page_host
from tests.browser.media import write_speech
from tests.browser.rig import HERE, MARKS, House, Visitor, browser
from tests.e2e.figures import Figures
from tests.e2e.rig import rig

SETTLED = 2.0
"""Seconds."""

pytestmark = MARKS


async def test_who_denies_camera_and_microphone_can_type_and_listen(
    house: House, playwright: Playwright, film: Path, tmp_path: Path
) -> None:
    write_speech(tmp_path / "silence.wav", 1.0)
    denying = browser(playwright, film=film, speech=tmp_path / "silence.wav", allow=False)
    async with denying as opened, house.visitor(opened) as visitor:
        alert = visitor.page.get_by_role("alert")
        await expect(alert).to_contain_text("may not use your camera and microphone")
        await visitor.picture("denied")
        await visitor.button("Join to type and listen").click()
        await visitor.sees_state(HERE)
        await visitor.sees_sight("Cannot see: no camera")
        typed = await visitor.now()
        await visitor.type("Who are you?")
        await visitor.sees_line("I follow fixed rules")
        await visitor.hears(typed)


async def test_another_agent_takes_the_place_of_one_that_died(
    house: House, caller: Visitor, figures: Figures
) -> None:
    died = await caller.now()
    house.job().kill()
    # The next one may be there in less time than it takes to look.
    said = await caller.saw_state("The agent has left|The agent is gone", died)
    await caller.sees_state(HERE)
    figures("page: agent killed, to its words for it", (said - died) / 1000, "s")
    figures("page: agent killed, to the next", (await caller.now() - died) / 1000, "s")
    await caller.type("Who are you?")
    await caller.sees_line("I follow fixed rules")


async def test_a_call_outlives_a_restart_of_the_server(
    chromium: Browser, tmp_path: Path, figures: Figures
) -> None:
    async with rig("restart") as stack:
        first = stack.server
        port, keys = int(first.url.rpartition(":")[2]), (first.api_key, first.api_secret)
        async with (
            page_host(tmp_path / "page.log", first) as host,
            House(rig=stack, host=host).visitor(chromium) as visitor,
        ):
            await visitor.join()
            for process in psutil.Process(first.program.pid).children():
                process.kill()
            await first.program.wait()
            stopped = await visitor.now()
            await visitor.sees_state("Connection lost|The connection is lost")
            await visitor.picture("reconnecting")
            log = tmp_path / "livekit-server.log"
            async with LiveKitServer.start(log_path=log, port=port, keys=keys):
                await visitor.sees_state(HERE)
                back = (await visitor.now() - stopped) / 1000
                figures("page: server restarted, to an agent", back, "s")
                # What is typed in the first moment may be lost: the agent is still on its way back.
                await asyncio.sleep(SETTLED)
                await visitor.type("Who are you?")
                await visitor.sees_line("I follow fixed rules")
