"""The accounts of a call: what each turn has cost and how fast it was, told, counted, limited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from math import inf

from google.genai import types
from livekit.agents import AgentSession, io
from livekit.agents.voice.agent_activity import ActivityClosedError

from tools.context import ToolContext
from worker.config.settings import Settings
from worker.cost.budget import Budget, Stage
from worker.cost.latency import Latency, Timing
from worker.gemini.families import family_of
from worker.gemini.lifeline import Lifeline
from worker.gemini.usage import Bill, Tally, Usage
from worker.operation import metrics
from worker.room.messages import Message
from worker.room.messages import Usage as UsageMessage
from worker.voice import ON_ITS_WAY, Voice

logger = logging.getLogger(__name__)

NEARLY = "This call will soon have to end: its budget is nearly used up."
SPENT = "The budget of this call is used up."
HINT = (
    "(A note from the call itself, not from the user: four fifths of what this call may cost are"
    " used up. Bring what you are doing to an end in the next turns, begin nothing long, and let"
    " the user know when it fits.)"
)
GOODBYE = (
    "What this call may cost is used up. Say in one short sentence that you have to go now, and"
    " goodbye. Ask nothing."
)
NONE = Latency(whole=0.0, own=0.0)
FAREWELL = 30.0
"""Seconds that the goodbye may take, its waiting for a pause included; then the call ends."""

Later = Callable[[float, Callable[[float], None], float], asyncio.TimerHandle]


class Accounts:
    """Listens to one call's lifeline, ears and voice; everything here takes microseconds."""

    def __init__(
        self,
        lifeline: Lifeline,
        settings: Settings,
        *,
        put: Callable[[Message], None],
        on_stage: Callable[[Stage], None],
        clock: Callable[[], float],
    ) -> None:
        self._model = settings.model.removeprefix("models/")
        self._prices = family_of(settings.model).prices
        self._budget = Budget(
            usd=settings.budget_usd or inf, minutes=settings.budget_minutes or inf
        )
        self._put, self._on_stage, self._clock = put, on_stage, clock
        self._outbound = lifeline.mail.outbound
        self._tally = Tally()
        self._timing = Timing()
        self._latency = NONE
        """Of the turn that is being spoken; told with its usage."""
        self._told: tuple[int, Latency] = 0, NONE
        self._alarms: list[asyncio.TimerHandle] = []
        self._began = clock()
        self.call = Usage()
        """All that was reported so far."""
        lifeline.listeners.append(self.on_message)
        lifeline.mail.on_written = lambda total: self._timing.written(total, self._clock())

    @property
    def turns(self) -> int:
        """Turns of the model's that were reported."""
        return self._told[0]

    @property
    def usd(self) -> float:
        """What the call has cost."""
        return self.call.usd(self._prices)

    def start(self, session: AgentSession[ToolContext], later: Later) -> None:
        """The call begins, and its minutes count; `later` is the loop's `call_later`."""
        self._began = self._clock()
        self._alarms = [later(at, self._check, at) for at in self._budget.moments]
        if session.output.audio is not None:
            session.output.audio.on("playback_started", self.on_played)

    def close(self) -> None:
        """The call is over."""
        for alarm in self._alarms:
            alarm.cancel()

    def on_speech(self, began: bool, silent: float = 0.0) -> None:
        """Somebody begins to speak, or has ended so many seconds ago."""
        if began:
            self._timing.forget()
        else:
            now = self._clock()
            self._timing.speech_ended(now - silent, heard=now, end=self._outbound.due)

    def on_typed(self) -> None:
        """What the agent says next answers what was typed."""
        self._timing.forget()

    def on_lost(self) -> None:
        """The connection broke: what passes until the next one is nobody's latency."""
        self._timing.forget()

    def on_message(self, message: types.LiveServerMessage) -> None:
        """Take any message of the service."""
        if (content := message.server_content) is not None:
            if _has_sound(content):
                self._timing.voice(self._clock())
            if content.turn_complete or content.interrupted:
                self._timing.turn_over()
        if (bill := self._tally.on_message(message)) is not None:
            self._book(bill)

    def on_played(self, _: io.PlaybackStartedEvent) -> None:
        """The first sound of a speech of the agent's is played."""
        if (latency := self._timing.played(self._clock())) is not None:
            self._latency = latency
            metrics.LATENCY.labels("whole").observe(latency.whole)
            metrics.LATENCY.labels("own").observe(latency.own)

    def _book(self, bill: Bill) -> None:
        if bill.number != self._told[0]:
            self._told, self._latency = (bill.number, self._latency), NONE
            metrics.TURN_COST.labels(self._model).observe(bill.turn.usd(self._prices))
        self._count(bill.call)
        self._put(self._message(bill, self._told[1]))
        self._check()

    def _count(self, call: Usage) -> None:
        known, now = _figures(self.call), _figures(call)
        for kind, tokens in now.items():
            metrics.TOKENS.labels(self._model, kind).inc(max(0, tokens - known[kind]))
        searches = call.searches(self._prices) - self.call.searches(self._prices)
        metrics.SEARCHES.labels(self._model).inc(max(0, searches))
        before, self.call = self.usd, call
        metrics.COST.labels(self._model).inc(max(0.0, self.usd - before))

    def _message(self, bill: Bill, latency: Latency) -> UsageMessage:
        return UsageMessage(
            id=f"usage-{bill.number}",
            turn=bill.number,
            **_figures(bill.turn),
            searches=bill.turn.searches(self._prices),
            usd=round(bill.turn.usd(self._prices), 6),
            **{f"call_{kind}": tokens for kind, tokens in _figures(bill.call).items()},
            call_searches=bill.call.searches(self._prices),
            call_usd=round(bill.call.usd(self._prices), 6),
            latency=round(latency.whole, 3),
            own_latency=round(latency.own, 3),
        )

    def _check(self, at: float = 0.0) -> None:
        # A loop's timer may be a hair early.
        seconds = max(at, self._clock() - self._began)
        if (stage := self._budget.check(usd=self.usd, seconds=seconds)) is not None:
            metrics.BUDGETS.labels(stage).inc()
            self._on_stage(stage)


def _has_sound(content: types.LiveServerContent) -> bool:
    parts = (content.model_turn and content.model_turn.parts) or ()
    return any(part.inline_data for part in parts)


def _figures(used: Usage) -> dict[str, int]:
    asked, said = used.prompt, used.reply
    return {
        "text_in": asked.text,
        "audio_in": asked.audio,
        "image_in": asked.image,
        "video_in": asked.video,
        "text_out": said.text + said.image + said.video,
        "audio_out": said.audio,
        "thoughts": used.thoughts,
    }


async def heed(
    stage: Stage, voice: Voice, *, tell: Callable[[str, str], None], end: Callable[[], None]
) -> None:
    """Let people and agent know that the budget comes to its end; when it is spent, end the call.

    What the agent is saying is not cut: it learns of it in the next pause.
    """
    near = stage == "near"
    tell("info", NEARLY if near else SPENT)
    try:
        async with asyncio.timeout(None if near else FAREWELL):
            await (voice.hint(HINT) if near else voice.announce(GOODBYE))
        await asyncio.sleep(ON_ITS_WAY)
    except (TimeoutError, ActivityClosedError, RuntimeError) as error:
        # The model does not answer, or the session closes: it can be told nothing.
        logger.info("the budget was not told", extra={"stage": stage, "error": repr(error)})
    finally:
        if not near:
            end()
