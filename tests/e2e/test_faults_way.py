"""The way to the service: shut, misdirected, or leading to somebody who is not it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.e2e.drill import drilled, yard
from tests.e2e.figures import Figures
from tests.e2e.gate import Gate, Mode, gate
from tests.e2e.ordeal import Ordeal, figure, ordeal
from tests.e2e.rig import MARKS, Rig
from worker.gemini.failures import CONFIGURATION_ROOM, PASSING_ROOM

pytestmark = [*MARKS, pytest.mark.slow]

KEY = "AIza" + "SecretOfTheTests" * 2 + "xyz"
ENDED = "gemini live connection ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A stack with a gate between worker and service."""

    stack: Rig
    gate: Gate


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def way() -> AsyncIterator[Way]:
    async with yard("way") as servers:
        bundle = servers.folder / "authorities.pem"
        shutil.copy(servers.gemini.ca_file, bundle)
        async with gate(servers.gemini.url, bundle) as door:
            env = {
                "GOOGLE_GEMINI_BASE_URL": door.url,
                "SSL_CERT_FILE": str(bundle),
                "GOOGLE_API_KEY": KEY,
                "AGENT_GREETING": "on",
            }
            async with drilled(servers, "gated", env=env) as stack:
                yield Way(stack=stack, gate=door)


async def told(call: Ordeal, sentence: str) -> float:
    """Return when the room was told this."""
    message = await call.guest.wait_for_message(
        "notice", lambda m: m.body.get("text") == sentence, 15
    )
    return message.at


@pytest.mark.parametrize("house", ["expired", "another name", "plain"])
async def test_12_tells_at_once_that_the_service_is_not_itself(
    way: Way, figures: Figures, house: Mode
) -> None:
    await way.gate.turn(house)
    way.gate.read.clear()
    async with ordeal(way.stack, at_once=True) as call:
        at = await told(call, CONFIGURATION_ROOM)
        await asyncio.sleep(2.0)
        attempts = len(way.stack.entries(ENDED, call.room))
    await way.gate.turn("open")
    figure(figures, "12", f"TLS {house}: room told", at - call.guest.joined_at, "s", "at once")
    figure(figures, "12", f"TLS {house}: attempts", attempts, "", "1")
    figure(figures, "12", f"TLS {house}: key seen in clear or log", leaks(way), "", "0")
    assert attempts == 1
    assert leaks(way) == 0


def leaks(way: Way) -> int:
    """Count where the API key can be read."""
    return way.gate.read.count(KEY.encode()) + way.stack.log().count(KEY)


async def test_13_greets_as_soon_as_a_shut_port_opens(way: Way, figures: Figures) -> None:
    await way.gate.turn("shut")
    async with ordeal(way.stack, at_once=True) as call:
        outage = await told(call, PASSING_ROOM)
        await asyncio.sleep(2.0)
        opened = time.monotonic()
        await way.gate.turn("open")
        greeted = await call.guest.wait_for_sound(opened, 20)
        await call.guest.until_text("Hello!", call.began, 20)
        answered = await call.ask()
    figure(figures, "13", "port shut: room told", outage - call.guest.joined_at, "s", "3")
    figure(figures, "13", "port opens: greeting after", greeted - opened, "s", "")
    figure(figures, "13", "port opens: next turn answered", answered, "s", "<= 2")
    assert call.words().count("Hello!") == 1


async def test_13_keeps_trying_while_the_name_of_the_service_is_unknown(
    way: Way, figures: Figures
) -> None:
    env = {"GOOGLE_GEMINI_BASE_URL": "https://live.invalid:443", "GOOGLE_API_KEY": KEY}
    async with drilled(way.stack, "nameless", env=env) as stack:
        await way.stack.worker.stop(patience=15)
        async with ordeal(stack, at_once=True) as call:
            at = await told(call, PASSING_ROOM)
            await asyncio.sleep(3.0)
            attempts = len(stack.entries(ENDED, call.room))
            assert call.guest.agents
    figure(figures, "13", "no DNS: room told", at - call.guest.joined_at, "s", "3")
    figure(figures, "13", "no DNS: attempts meanwhile", attempts, "", ">= 2")
    assert attempts >= 2
