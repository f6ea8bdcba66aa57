"""Each turn's cost and speed are told, counted, and held against the call's budget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from google.genai import types
from livekit.agents.voice.agent_activity import ActivityClosedError
from livekit.agents.voice.io import PlaybackStartedEvent
from prometheus_client import REGISTRY

from tests.config.test_settings import GOOD
from worker.config.settings import Settings
from worker.cost import accounts
from worker.cost.accounts import GOODBYE, HINT, NEARLY, SPENT, Accounts, heed
from worker.cost.budget import Stage
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.room.messages import Message, Usage
from worker.voice import Voice

PLAYED = PlaybackStartedEvent(created_at=0.0)
SOUND = types.LiveServerMessage(
    server_content=types.LiveServerContent(
        model_turn=types.Content(parts=[types.Part(inline_data=types.Blob(data=b"\0\0"))])
    )
)


def over(video: int, audio: int) -> types.LiveServerMessage:
    """The end of a turn that read so many tokens of video and spoke so many of audio."""
    seen = types.ModalityTokenCount(modality=types.MediaModality.VIDEO, token_count=video)
    said = types.ModalityTokenCount(modality=types.MediaModality.AUDIO, token_count=audio)
    return types.LiveServerMessage(
        server_content=types.LiveServerContent(turn_complete=True),
        usage_metadata=types.UsageMetadata(
            prompt_token_count=video,
            prompt_tokens_details=[seen],
            response_token_count=audio,
            response_tokens_details=[said],
        ),
    )


@dataclass
class Call:
    """A call's accounts between a lifeline without a service and a room that only listens."""

    settings: Settings = field(default_factory=lambda: Settings.from_env(GOOD))
    now: float = 100.0
    put: list[Message] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    lifeline: Lifeline = field(init=False)
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        self.lifeline = Lifeline(
            taps=Taps(), bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0
        )
        self.accounts = Accounts(
            self.lifeline,
            self.settings,
            put=self.put.append,
            on_stage=self.stages.append,
            clock=lambda: self.now,
        )

    def hears(self, *messages: types.LiveServerMessage) -> Call:
        for message in messages:
            for listener in self.lifeline.listeners:
                listener(message)
        return self

    @property
    def told(self) -> list[Usage]:
        return [message for message in self.put if isinstance(message, Usage)]


def test_every_turn_is_told_with_the_call_up_to_it() -> None:
    first, second = Call().hears(SOUND, over(100, 10), SOUND, over(200, 20)).told
    assert (first.id, first.turn, first.video_in, first.audio_out) == ("usage-1", 1, 100, 10)
    assert first.usd == first.call_usd == pytest.approx((100 * 1 + 10 * 12) / 1e6)
    assert (second.id, second.video_in, second.call_video_in) == ("usage-2", 200, 300)
    assert second.call_audio_out == 30
    assert second.call_usd == pytest.approx((300 * 1 + 30 * 12) / 1e6)


def test_a_corrected_turn_is_told_again_under_its_name() -> None:
    later = replace_usage(over(150, 10))
    told = Call().hears(SOUND, over(100, 10), later).told
    assert [(usage.id, usage.call_video_in) for usage in told] == [
        ("usage-1", 100),
        ("usage-1", 150),
    ]


def replace_usage(message: types.LiveServerMessage) -> types.LiveServerMessage:
    """The same report on its own, as it may come after the end of a turn."""
    return types.LiveServerMessage(usage_metadata=message.usage_metadata)


def test_the_answer_to_a_voice_is_told_with_its_latency_and_no_other_turn() -> None:
    call = Call()
    call.accounts.on_speech(True)
    call.accounts.on_speech(False, 0.2)
    call.now += 0.01
    call.lifeline.mail.on_written(call.lifeline.mail.outbound.due)
    call.now += 0.79
    call.hears(SOUND)
    call.now += 0.02
    call.accounts.on_played(PLAYED)
    answer, after = call.hears(over(1, 1), SOUND, over(2, 2)).told
    assert answer.latency == pytest.approx(0.82 + 0.2)
    assert answer.own_latency == pytest.approx(0.03)
    assert (after.latency, after.own_latency) == (0.0, 0.0)


FOUND = types.LiveServerMessage(
    server_content=types.LiveServerContent(
        grounding_metadata=types.GroundingMetadata(web_search_queries=["pump manual", "pump"])
    )
)


def test_searches_are_told_with_their_money_and_held_against_the_budget() -> None:
    call = Call(replace(Settings.from_env(GOOD), budget_usd=0.028))
    first, second = call.hears(SOUND, FOUND, over(0, 0), SOUND, over(0, 0)).told
    assert (first.searches, first.call_searches) == (2, 2)
    assert (second.searches, second.call_searches) == (0, 2)
    assert first.usd == second.call_usd == pytest.approx(0.028)
    assert call.stages == ["spent"]


def test_prometheus_counts_what_the_room_is_told() -> None:
    def value(name: str, **labels: str) -> float:
        labels["model"] = "gemini-3.8-live"
        return REGISTRY.get_sample_value(name, labels) or 0.0

    tokens = value("sightline_tokens_total", kind="video_in")
    searches = value("sightline_searches_total")
    usd, turns = value("sightline_cost_usd_total"), value("sightline_turn_cost_usd_count")
    call = Call().hears(FOUND, over(100, 10), replace_usage(over(150, 10)), SOUND, over(200, 0))
    assert value("sightline_tokens_total", kind="video_in") - tokens == 350
    assert value("sightline_searches_total") - searches == 2
    assert value("sightline_cost_usd_total") - usd == pytest.approx(call.told[-1].call_usd)
    assert value("sightline_turn_cost_usd_count") - turns == 2


def test_dollars_are_held_against_the_budget_after_every_turn() -> None:
    call = Call(replace(Settings.from_env(GOOD), budget_usd=0.001))
    turns = [m for n in range(4) for m in (SOUND, over(300 + n, 0))]
    assert call.hears(*turns).stages == ["near", "spent"]


async def test_minutes_are_held_against_the_budget_while_nobody_speaks() -> None:
    call = Call(replace(Settings.from_env(GOOD), budget_minutes=10))
    alarms: list[tuple[float, Callable[[float], None]]] = []

    def later(at: float, check: Callable[[float], None], _: float) -> asyncio.TimerHandle:
        alarms.append((at, check))
        return asyncio.get_running_loop().call_later(at, check, at)

    call.accounts.start(cast("Any", Silent()), later)
    for at, check in alarms:
        check(at)
    call.accounts.close()
    assert [at for at, _ in alarms] == [480, 600]
    assert call.stages == ["near", "spent"]


@dataclass
class Silent:
    """A session without an audio output."""

    audio: None = None

    @property
    def output(self) -> Silent:
        return self


@dataclass
class Speaker:
    """Stands for the agent's voice; notes what it is given."""

    deeds: list[str] = field(default_factory=list)
    error: Exception | None = None
    seconds: float = 0.0

    async def hint(self, words: str) -> None:
        self.deeds.append(words)

    async def announce(self, words: str) -> None:
        self.deeds.append(words)
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error

    def tell(self, level: str, words: str) -> None:
        self.deeds.append(words)

    def end(self) -> None:
        self.deeds.append("ends")

    async def heed(self, stage: Stage) -> list[str]:
        await heed(stage, cast("Voice", self), tell=self.tell, end=self.end)
        return self.deeds


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(accounts, "FAREWELL", 0.01)


async def test_near_its_end_the_agent_is_told_and_the_call_goes_on() -> None:
    assert await Speaker().heed("near") == [NEARLY, HINT]


async def test_at_its_end_the_agent_says_goodbye_and_the_call_ends() -> None:
    assert await Speaker().heed("spent") == [SPENT, GOODBYE, "ends"]


async def test_a_model_that_says_no_goodbye_does_not_keep_the_call(
    hurry: Callable[[], None],
) -> None:
    hurry()
    assert await Speaker(seconds=60).heed("spent") == [SPENT, GOODBYE, "ends"]


async def test_a_session_that_is_closing_does_not_keep_the_call() -> None:
    speaker = Speaker(error=ActivityClosedError("closing"))
    assert await speaker.heed("spent") == [SPENT, GOODBYE, "ends"]
