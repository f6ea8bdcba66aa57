"""An in-process stand-in without delays, and the script it plays."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import Raw, Script, raw


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
async def service(script: Script) -> AsyncIterator[Service]:
    async with Service.start(
        senses=script.senses(), temper=INSTANT, rng=random.Random(1)
    ) as running:
        yield running


@pytest.fixture
async def client(service: Service) -> AsyncIterator[Raw]:
    """A bare WebSocket on the Developer API, before its setup."""
    async with raw(service) as connected:
        yield connected
