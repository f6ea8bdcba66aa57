"""Everything an app can reach of one call, put together; and how that call stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession

from worker.cost.accounts import Accounts
from worker.departure import Departure
from worker.eyes.sight import Sight
from worker.gaze import Gaze
from worker.gemini.families import VOICES
from worker.gemini.lifeline import Lifeline
from worker.looking import Looking
from worker.minutes import Minutes
from worker.personas import persona_names
from worker.role import Role
from worker.room.answers import StatusAnswer
from worker.room.controls import Controls, Method
from worker.room.messages import VERSION
from worker.steering.casting import Casting
from worker.steering.listening import Listening
from worker.steering.seeing import Seeing
from worker.steering.speaking import Speaking
from worker.steering.telling import Telling, deliver_in
from worker.tasks import Tasks
from worker.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The parts of a call that its controls touch."""

    call: str
    """Id of the call."""
    model: str
    room: rtc.Room
    session: AgentSession[Any]
    lifeline: Lifeline
    role: Role
    voice: Voice
    looking: Looking
    sight: Sight
    gaze: Gaze
    frames: Method
    """Shows the caller what the model is shown."""
    minutes: Minutes
    accounts: Accounts
    departure: Departure
    tasks: Tasks
    served: Callable[[], str]
    ask: Callable[[str], Awaitable[bool]]
    """Puts a question to the model as if it had been typed."""
    on_edge: Callable[[bool, float], None]
    """As that of `Listening`."""


class Helm:
    """The controls of one call."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._seeing = Seeing(reach.looking, reach.sight, reach.gaze, reach.frames, ask=reach.ask)
        self._listening = Listening(
            reach.role,
            reach.lifeline.activity,
            reach.lifeline.settled,
            on_press=reach.session.interrupt,
            stop=reach.lifeline.stop,
            on_edge=reach.on_edge,
            later=asyncio.get_running_loop().call_later,
        )
        speaking = Speaking(
            reach.session, reach.voice, reach.lifeline, reach.departure, reach.tasks
        )
        telling = Telling(
            reach.minutes,
            status=self.status,
            deliver=deliver_in(reach.room),
            tasks=reach.tasks,
        )
        parts = (telling, self._seeing, self._listening, speaking, Casting(reach.role))
        self.controls = Controls(
            reach.room,
            (part.methods for part in parts),
            served=reach.served,
            clock=asyncio.get_running_loop().time,
        )

    def on_serve(self, identity: str) -> None:
        """Somebody else is served, or the same after an absence."""
        self._listening.serve(identity)
        self._seeing.serve(identity)

    def on_voice(self, began: bool) -> None:
        """Our own ear hears the user on a connection that is still set up for the button."""
        self._listening.on_voice(began)

    async def status(self) -> StatusAnswer:
        """How the call stands, and what there is to choose from."""
        reach = self._reach
        return StatusAnswer(
            v=VERSION,
            call=reach.call,
            state=reach.session.agent_state,
            connected=reach.lifeline.connected.is_set(),
            served=reach.served(),
            persona=reach.role.persona.name,
            personas=await asyncio.to_thread(persona_names),
            voice=reach.role.voice,
            voices=VOICES,
            model=reach.model,
            vision=self._seeing.answer(),
            push_to_talk=self._listening.answer(),
            started=round(reach.minutes.started, 3),
            seconds=round(reach.minutes.seconds, 3),
            seq=reach.minutes.history.seq,
            turns=reach.accounts.turns,
            usd=round(reach.accounts.usd, 6),
        )
