"""The probe reaches the service as a call does, and says why it cannot."""

from __future__ import annotations

import ssl

import pytest

from tests.environment import ENVIRONMENT
from tests.live.service import standin
from worker.config.settings import Settings
from worker.gemini.failures import Failure, Kind
from worker.operation.probe import probe

HURRIED = {**ENVIRONMENT, "GOOGLE_API_KEY": "offline", "AGENT_SETUP_TIMEOUT": "2"}


async def outcome(monkeypatch: pytest.MonkeyPatch, url: str, tls: ssl.SSLContext) -> Failure | None:
    # google-genai's client reads it by itself, as in a worker.
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
    return await probe(Settings.from_env({**HURRIED, "GOOGLE_GEMINI_BASE_URL": url}), tls)


async def test_a_connection_that_can_be_made_is_made_once_and_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with standin() as (service, tls):
        assert await outcome(monkeypatch, service.url, tls) is None
        [account] = service.accounts
        assert account.closed is not None


async def test_a_wrong_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with standin(api_key="another") as (service, tls):
        failure = await outcome(monkeypatch, service.url, tls)
    assert failure is not None
    assert failure.kind is Kind.CONFIGURATION
    assert "GOOGLE_API_KEY" in failure.operator


async def test_a_service_that_is_not_there_may_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    failure = await outcome(monkeypatch, "https://127.0.0.1:9", ssl.create_default_context())
    assert failure is not None
    assert failure.kind is Kind.PASSING
