"""Section I, its reconnections: what the plugin makes of a connection's end, items 98 to 100."""

from __future__ import annotations

import asyncio
import logging

import pytest
from livekit.agents import llm
from livekit.agents.types import APIConnectOptions

from offline.gemini.chains import conversations
from offline.gemini.server import Service
from tests.conformance.plugin import Plugged, plugged, take_in
from tests.conformance.test_faults_connection import play
from tests.conformance.test_i_clients import get_time

QUICK = APIConnectOptions(max_retry=3, retry_interval=0.01)


async def told(session: Plugged, text: str) -> None:
    """Add a line of the user's to the plugin's history."""
    context = session.session.chat_ctx.copy()
    context.add_message(role="user", content=text)
    await session.session.update_chat_ctx(context)


async def again(service: Service, session: Plugged) -> None:
    """Have a turn, a goAway and the next connection behind us, ready for more."""
    await session.ready()
    await told(session, "My name is Ada.")
    await take_in(await session.session.generate_reply())
    play(service, 'connection = 1\nat = 0.0\ndo = "go away"\nthen = "stay"')
    while await session.metrics.get() and len(service.accounts) < 2:
        pass
    await take_in(await session.session.generate_reply())


async def test_item_98_a_go_away_brings_a_connection_with_a_handle(service: Service) -> None:
    async with plugged(service) as session:
        await again(service, session)
    first, second = service.accounts
    assert "handle" in str(second.setup)
    assert first.conversation == second.conversation
    # What the finished connection was told is told again: the plugin's own doing.
    [found] = conversations(service.accounts)
    assert found["sent_twice"] == 1


async def test_item_98_without_a_handle_the_whole_history_is_sent(service: Service) -> None:
    play(service, 'connection = "every"\nwhen = "setting up"\ndo = "no handle"')
    async with plugged(service) as session:
        await again(service, session)
    first, second = service.accounts
    assert "'handle'" not in str(second.setup)
    assert first.conversation != second.conversation
    assert [turn["text"] for turn in second.turns if turn["sent"]][0] == "My name is Ada."


ENDS = ['"close"', '"reset"', '"close"\ncode = 1000', '"hiccup"']


@pytest.mark.parametrize("do", ENDS, ids=["1011", "reset", "1000", "malformed"])
async def test_item_99_the_plugin_comes_back_once(service: Service, do: str) -> None:
    play(service, f'connection = 1\nwhen = "agent is done"\ndo = {do}')
    async with plugged(service, conn_options=QUICK) as session:
        await session.ready()
        await take_in(await session.session.generate_reply())
        while len(service.accounts) < 2:
            await session.metrics.get()
        await take_in(await session.session.generate_reply())
    assert len(service.accounts) == 2
    assert "handle" in str(service.accounts[1].setup)
    assert [error.recoverable for error in session.errors] == [True]


@pytest.mark.parametrize(
    ("do", "connections"),
    [("close", 4), ("context full", 1)],
    ids=["four in a row", "1007"],
)
async def test_item_99_the_plugin_gives_up(
    service: Service, caplog: pytest.LogCaptureFixture, do: str, connections: int
) -> None:
    caplog.set_level(logging.CRITICAL, "livekit")
    # Its count of failures begins anew with any message after setupComplete, such as a handle.
    play(service, 'when = "setting up"\ndo = "no handle"', f'when = "ready"\ndo = "{do}"')
    errors: asyncio.Queue[llm.RealtimeModelError] = asyncio.Queue()
    async with plugged(service, conn_options=QUICK) as session:
        session.session.on("error", errors.put_nowait)
        while (await errors.get()).recoverable:
            pass
    assert len(service.accounts) == connections


@pytest.mark.parametrize("what", ["tools", "voice"])
async def test_item_100_a_change_of_setup_is_a_resumption(service: Service, what: str) -> None:
    async with plugged(service) as session:
        await session.ready()
        await take_in(await session.session.generate_reply())
        if what == "tools":
            await session.session.update_tools([get_time])
        else:
            session.session.update_options(voice="Kore")
        while len(service.accounts) < 2:
            await session.metrics.get()
        await take_in(await session.session.generate_reply())
    second = str(service.accounts[1].setup)
    assert "handle" in second
    assert ("get_time" if what == "tools" else "Kore") in second


async def test_item_100_new_instructions_are_content_of_the_model(service: Service) -> None:
    async with plugged(service) as session:
        await session.ready()
        await session.session.update_instructions("Speak in rhymes.")
        await take_in(await session.session.generate_reply())
    assert len(service.accounts) == 1
    sent = [(turn["role"], turn["text"]) for turn in service.accounts[0].turns if turn["sent"]]
    assert ("model", "Speak in rhymes.") in sent
