"""One connection after another, each of whose ends is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from google.genai import types

from worker.gemini.bounds import Bounds
from worker.gemini.carrier import Carrier
from worker.gemini.dial import Setup
from worker.gemini.failures import Failure
from worker.gemini.lifeline import Lifeline
from worker.gemini.mail import Mail
from worker.gemini.moves import Event, Gone, State
from worker.gemini.outbound import Outbound
from worker.gemini.taps import Taps

CONFIG = types.LiveConnectConfig()


class FakeService:
    """Takes every call and never completes a setup."""

    def __init__(self) -> None:
        self.calls = 0
        self.client: Any = SimpleNamespace(aio=self)
        self.live = self

    @contextlib.asynccontextmanager
    async def connect(self, **_: object) -> AsyncIterator[None]:
        self.calls += 1
        await asyncio.get_running_loop().create_future()
        yield

    async def aclose(self) -> None:
        pass


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def ignore(_: types.LiveServerMessage) -> None:
    pass


@pytest.mark.parametrize("abort", [True, False])
@pytest.mark.parametrize("begun", [True, False])
async def test_the_end_of_a_dial_is_told_once_even_of_one_that_had_not_begun(
    begun: bool, abort: bool
) -> None:
    told: list[Event] = []
    lost: list[Failure | None] = []
    mail, taps = Mail(Outbound(), lambda: 0.0), Taps(lost=lost.append)
    carrier = Carrier(mail, taps, lambda: 0.0, feed=told.append, read=ignore)
    carrier.start(FakeService().client, Setup("model", CONFIG), None)
    await asyncio.sleep(0) if begun else None
    carrier.hang_up(abort=abort)
    await settle()
    assert [type(event) for event in told] == [Gone]
    assert [failure is None for failure in lost] == [not abort]


async def test_a_setting_that_comes_with_the_dial_does_not_end_the_call() -> None:
    service = FakeService()
    lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=lambda: 0.0, jitter=lambda: 0.0).adopt(
        service.client
    )
    async with lifeline.connect(model="gemini-3.8-live", config=CONFIG):
        lifeline.reconfigure(CONFIG)
        await settle()
        assert lifeline.course.state is State.DIALLING
        assert service.calls == 1
        await lifeline.aclose()
