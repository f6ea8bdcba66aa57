"""What the plugin takes for its connection: bounded, and never without its end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from google.genai import types

from worker.errors import ConnectionRefused
from worker.gemini.session import INCOMING, REPLY_OVER, LiveSession

MESSAGE = types.LiveServerMessage(setup_complete=types.LiveServerSetupComplete())


async def full_session() -> LiveSession:
    """A session whose plugin has taken nothing for long."""
    counterpart: Any = SimpleNamespace(handing_over=lambda _: None)
    session = LiveSession(counterpart)
    for _ in range(INCOMING):
        await session.put(MESSAGE)
    return session


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_plugin_that_is_late_is_told_of_the_end_of_a_reply_once() -> None:
    session = await full_session()
    session.end_reply()
    session.end_reply()
    await session.close()
    received = [message async for message in session.receive()]
    assert received == [MESSAGE] * INCOMING + [REPLY_OVER]


async def test_a_plugin_that_is_late_is_told_why_there_is_no_more() -> None:
    session = await full_session()
    session.end_reply()
    session.fail(ConnectionRefused("policy", "operator", "room"))
    with pytest.raises(ConnectionRefused):
        async for _ in session.receive():
            pass


async def test_reading_waits_for_a_plugin_that_is_late_and_then_goes_on_in_order() -> None:
    session = await full_session()
    putting = asyncio.create_task(session.put(REPLY_OVER))
    await settle()
    assert not putting.done()
    received = session.receive()
    assert await anext(received) is MESSAGE
    await asyncio.wait_for(putting, 1)
    await session.close()
    assert [message async for message in received][-1] is REPLY_OVER


async def test_reading_does_not_wait_for_a_plugin_that_has_left() -> None:
    session = await full_session()
    putting = asyncio.create_task(session.put(MESSAGE))
    await settle()
    await session.close()
    await asyncio.wait_for(putting, 1)
    await asyncio.wait_for(session.put(MESSAGE), 1)


async def test_who_waits_for_a_message_learns_that_there_will_be_none() -> None:
    session = LiveSession(SimpleNamespace(handing_over=lambda _: None))
    waiting = asyncio.create_task(anext(session.receive(), None))
    await settle()
    await session.close()
    assert await asyncio.wait_for(waiting, 1) is None
