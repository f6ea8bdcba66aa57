"""What a call has cost agrees with what the service says it used, over whatever connections."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from google.genai import types

from offline.gemini.server import Service
from offline.gemini.slips import UsageAlone
from tests.config.test_settings import GOOD
from tests.live.line import CONFIG, MODEL, Diary, ask, drop, lifeline_to
from tests.live.service import SILENT_10MS, standin, until
from worker.config.settings import Settings
from worker.cost.accounts import Accounts
from worker.gemini.lifeline import Lifeline
from worker.room.messages import Message, Usage


def accounts_of(lifeline: Lifeline, **env: str) -> list[Message]:
    """Keep accounts of a lifeline; gives what the room is told."""
    told: list[Message] = []
    Accounts(
        lifeline,
        Settings.from_env({**GOOD, **env}),
        put=told.append,
        on_stage=lambda _: None,
        clock=time.monotonic,
    )
    return told


def billed(service: Service) -> Sequence[Mapping[str, Any]]:
    """What the service has reported, turn by turn, over all connections."""
    return [
        event["usage"]  # type: ignore[misc]
        for account in service.accounts
        for event in account.events
        if event["kind"] == "turn_complete"
    ]


def tokens(usage: Usage, prefix: str = "") -> int:
    values = usage.values()
    kinds = ("text_in", "audio_in", "image_in", "video_in", "text_out", "audio_out", "thoughts")
    return sum(int(str(values[prefix + kind])) for kind in kinds)


@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "told anew"])
async def test_adds_up_to_the_services_own_account_over_a_reconnect(resumable: bool) -> None:
    diary = Diary()
    async with standin() as (service, tls):
        service.temper = replace(service.temper, handle_ms=0 if resumable else 60_000)
        lifeline = lifeline_to(service.url, tls, diary)
        told = accounts_of(lifeline)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await until(lambda: diary.connected)
            lifeline.hear(SILENT_10MS * 100)
            await ask(session, "one")
            await ask(session, "two")
            drop(service)
            await until(lambda: len(diary.connected) == 2)
            await ask(session, "three")
        await lifeline.aclose()
        reports = billed(service)
    usages = [message for message in told if isinstance(message, Usage)]
    assert [how for _, how in diary.connected] == ["first", "resumed" if resumable else "fresh"]
    assert [tokens(usage) for usage in usages] == [one["totalTokenCount"] for one in reports]
    assert tokens(usages[-1], "call_") == sum(one["totalTokenCount"] for one in reports)
    assert [usage.turn for usage in usages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("model", "price"),
    [(MODEL, 0.014), ("gemini-2.5-flash-native-audio-preview-12-2025", 0.035)],
)
async def test_a_search_is_billed_with_its_turn(model: str, price: float) -> None:
    diary = Diary()
    config = CONFIG.model_copy(update={"tools": [types.Tool(google_search=types.GoogleSearch())]})
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        told = accounts_of(lifeline, AGENT_MODEL=model)
        async with lifeline.connect(model=model, config=config) as session:
            await until(lambda: diary.connected)
            await ask(session, "one")
            await ask(session, "search for the manual of this pump")
            await ask(session, "three")
        await lifeline.aclose()
    usages = [message for message in told if isinstance(message, Usage)]
    assert [usage.searches for usage in usages] == [0, 1, 0]
    assert 0 < usages[1].usd - price < 0.01
    assert (usages[-1].call_searches, len(usages)) == (1, 3)


async def test_a_usage_of_no_turn_is_not_counted() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        told = accounts_of(lifeline)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await until(lambda: service.newest() is not None and diary.connected)
            newest = service.newest()
            assert newest is not None
            newest.do(UsageAlone())
            await ask(session, "one")
        await lifeline.aclose()
    (usage,) = told
    assert isinstance(usage, Usage)
    assert tokens(usage) == tokens(usage, "call_") == billed(service)[0]["totalTokenCount"]
