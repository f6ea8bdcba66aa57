"""One room's conversation: builds session, eyes and messages, starts and ends them together."""

from __future__ import annotations

import asyncio
import functools
import random
import ssl
import time

import httpx
from livekit.agents import AgentSession, JobContext

from tools.context import ToolContext
from worker.asking import Asking
from worker.config.settings import Settings
from worker.cost.accounts import Accounts, heed
from worker.cost.budget import Stage
from worker.cost.totals import log_totals
from worker.departure import Departure
from worker.ears import Ears
from worker.eyesight import TYPED_PATIENCE, follow, open_sight, open_sources
from worker.findings import tell_findings
from worker.gaze import Gaze
from worker.gemini.bounds import Bounds
from worker.gemini.failures import Failure
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.gemini.toolcalls import ToolCalls
from worker.hands import Hands
from worker.hearing import Hearing
from worker.looking import Looking
from worker.minutes import Minutes
from worker.notices import Notices
from worker.operation.vitals import Reporter, Vitals
from worker.parting import part_from
from worker.personas import Persona
from worker.role import Role
from worker.room.attendance import Attendance
from worker.room.cadence import keep_step
from worker.room.chat import Chat
from worker.room.doorman import guard
from worker.room.elders import Elders
from worker.room.options import room_options
from worker.room.outbox import Outbox
from worker.room.posting import Posting
from worker.room.presence import Presence
from worker.room.relay import Captions, Relay
from worker.room.showing import Showing
from worker.steering.helm import Helm, Reach
from worker.tasks import Tasks, close_each
from worker.voice import Voice

ANNOUNCED = 1.0
"""Seconds after the join by which the server has announced the agent, even if nobody listens."""


class Conversation:
    """Everything that lives as long as one call."""

    def __init__(
        self, ctx: JobContext, settings: Settings, persona: Persona, *, tls: ssl.SSLContext
    ) -> None:
        self._ctx, self._room = ctx, ctx.room
        self._settings, self.role = settings, Role(settings, persona)
        self._tasks = Tasks()
        self._tls = tls
        self._http = httpx.AsyncClient(verify=tls)
        self._posting = Posting(self._room)
        self._outbox = Outbox(self._posting.publish)
        self._departure = Departure(ctx, self._tasks, posting=self._posting, outbox=self._outbox)
        self._minutes = Minutes(call=ctx.job.id, outbox=self._outbox, socket=settings.record_socket)
        self._relay = Relay(put=self._minutes.put, agent=self._agent_identity, user=self._served)
        remark = functools.partial(self._relay.notice, "info")
        self._hearing = Hearing(self._on_voice, tell=remark)
        self._ears = Ears(self._hearing.hear, later=asyncio.get_running_loop().call_later)
        self._vitals = Vitals(
            reporter=Reporter(settings.beats),
            source=ctx.job.id,
            dropped=lambda: self.lifeline.mail.outbound.samples_dropped,
        )
        self._tell = Notices(
            self._room, self._relay, self._posting, self._tasks, awaited=self._is_awaited
        ).tell
        self.lifeline = self._open_lifeline()
        tell_findings(self.lifeline, self._relay)
        self._accounts = self._open_accounts()
        self._showing = Showing(self._room)
        self._gaze = Gaze(self.lifeline, self._relay, self._showing.album, settings.screen_edge)
        self._sources = open_sources(settings, self._room)
        self.looking = Looking(settings, persona.vision)
        self._sight = open_sight(settings, self.looking, self._sources, self._gaze)
        self._hands = Hands()
        self._calls = ToolCalls(run=self._hands.run, lifeline=self.lifeline)
        self.session = self._open_session()
        self._hands.serve(self.session)
        self.role.serve(self.session, self.looking.follow, remark)
        self.looking.report(remark)
        self._voice = Voice(self.session, self.lifeline)
        self._asking = Asking(self.session)
        self._helm = self._take_helm()
        self._parting = part_from(self._room, tell=self._posting.write, livekit=settings.livekit)
        self._chat = Chat(self._room, served=self._served, ask=self._on_chat, tell=self._tell)
        self._presence = Presence(self._posting.set_attributes, lambda: self.session.agent_state)
        self._attendance = self._open_attendance()
        self._elders = Elders(self._room, self._tasks, on_elder=self._departure.on_elder)

    def _take_helm(self) -> Helm:
        return Helm(
            Reach(
                call=self._ctx.job.id,
                model=self._settings.model,
                room=self._room,
                session=self.session,
                lifeline=self.lifeline,
                role=self.role,
                voice=self._voice,
                looking=self.looking,
                sight=self._sight,
                gaze=self._gaze,
                frames=self._showing.answer,
                minutes=self._minutes,
                accounts=self._accounts,
                departure=self._departure,
                tasks=self._tasks,
                served=self._served,
                ask=self._ask,
                on_edge=self._on_edge,
            )
        )

    def _open_lifeline(self) -> Lifeline:
        return Lifeline(
            taps=Taps(
                connected=self._vitals.on_connected,
                lost=self._on_lost,
                tell=self._tell,
                refused=self._on_refused,
                refresh=lambda: self._sight.refresh(),
                cut=lambda: self._relay.on_cut(),
                hush=lambda: self._voice.fall_silent(),
                speech=lambda began: self._sight.on_speech(began, by_service=True),
                manual=self._hearing.on_manual,
                microphone=self._ears.hear,
                cancelled=lambda ids: self._calls.cancel(ids),
            ),
            bounds=Bounds(setup=self._settings.setup_timeout, patience=self._settings.patience),
            clock=time.monotonic,
            jitter=random.random,
        )

    def _open_accounts(self) -> Accounts:
        return Accounts(
            self.lifeline,
            self._settings,
            put=self._minutes.put,
            on_stage=self._on_stage,
            clock=time.monotonic,
        )

    def _open_attendance(self) -> Attendance:
        return Attendance(
            self._room,
            on_serve=self._on_serve,
            on_arrival=self._presence.on_arrival,
            on_empty=self._departure.on_empty,
        )

    def _open_session(self) -> AgentSession[ToolContext]:
        userdata = ToolContext(
            http=self._http,
            weather_url=self._settings.weather_url,
            geocoding_url=self._settings.geocoding_url,
            look=lambda call, _, part, of: self._gaze.look(self._sight, part, of, call),
            point=self._gaze.point,
            announce=lambda words: self._voice.announce(words),
            spawn=self._tasks.spawn,
        )
        return self.role.open(self.lifeline, self._tls, userdata)

    async def start(self, joining: asyncio.Task[None]) -> None:
        """Begin to listen and to see; returns while the call goes on.

        Args:
            joining: Done when the agent is in the room.
        """
        self._tasks.spawn(self._vitals.beat(), "vitals")
        self._minutes.open(
            room=self._ctx.job.room.name, persona=self.role.persona.name, model=self._settings.model
        )
        self._relay.follow(self.session)
        follow(self.session, self._sight)
        self.session.on("close", self._departure.on_close)
        self.session.on("close", lambda _: self._attendance.close())
        in_room = not self._ctx.is_fake_job()
        guard(self._room, served=self._served)
        starting = self.session.start(
            self.role.agent(),
            room=self._room,
            room_options=room_options(Captions(self._relay)),
            session_host=self._settings.session_host,
            record=False,
        )
        await asyncio.gather(self._arrive(joining, in_room=in_room), starting)
        keep_step(self.session.output.audio)
        self._posting.open()
        self._accounts.start(self.session, asyncio.get_running_loop().call_later)
        if self._departure.session_closed.is_set():
            return
        heard = self.session.room_io.subscribed_fut if in_room else None
        if in_room:
            self._tasks.spawn(self._parting.wait(), "parting")
            self._tasks.spawn(self._open_outbox(heard), "outbox opens")
            self._sight.start()
            self._attendance.start()
            self._elders.start()
            self._helm.controls.open()
            self._chat.start()
        if self._settings.greeting and (words := self.role.persona.greeting):
            self._tasks.spawn(self._voice.greet(words, heard), "greeting")

    async def _arrive(self, joining: asyncio.Task[None], *, in_room: bool) -> None:
        await joining
        if in_room:
            self._helm.controls.start()

    async def _open_outbox(self, heard: asyncio.Future[None] | None) -> None:
        """Begin to send once the agent is announced: before, a packet would come from nobody."""
        if heard is not None:
            await asyncio.wait([heard], timeout=ANNOUNCED)
        self._outbox.start()

    async def aclose(self, reason: str) -> None:
        """End everything this conversation started; the framework closes session and room."""
        self._departure.begin()
        self._parting.release()
        log_totals(self._sight, self.lifeline.mail.outbound, self._outbox, self._accounts)
        self._accounts.close()
        self._vitals.close()
        self._attendance.close()
        self._elders.close()
        await close_each(
            self._chat.aclose,
            self._presence.aclose,
            self._sight.aclose,
            self._calls.aclose,
            self._tasks.aclose,
            self._showing.album.aclose,
            self._outbox.aclose,
            functools.partial(self._minutes.aclose, reason),
            self._http.aclose,
            self._departure.aclose,
        )

    async def _on_chat(self, text: str) -> bool:
        await self._sight.show("question", TYPED_PATIENCE)
        return await self._ask(text)

    async def _ask(self, text: str) -> bool:
        self._voice.on_addressed()
        self._accounts.on_typed()
        return await self._asking.ask(text)

    def _on_serve(self, identity: str) -> None:
        self.session.room_io.set_participant(identity)
        self._sources.serve(identity)
        self._helm.on_serve(identity)

    def _on_voice(self, began: bool) -> None:
        """Our own ear has heard somebody begin to speak, or end."""
        yielding = self.lifeline.activity.yielding
        (self._helm.on_voice if yielding else self.lifeline.on_speech)(began)
        silent = self._ears.silence
        self._on_edge(began, self.lifeline.carrier.silence - silent, silent)

    def _on_edge(self, began: bool, left: float, silent: float = 0.0) -> None:
        self._sight.on_speech(began, left=left)
        self._accounts.on_speech(began, silent)
        self._minutes.hear(began)

    def _on_lost(self, failure: Failure | None) -> None:
        self._vitals.on_lost(failure)
        self._accounts.on_lost()

    def _on_stage(self, stage: Stage) -> None:
        end = self._departure.on_spent
        self._tasks.spawn(heed(stage, self._voice, tell=self._tell, end=end), "budget")

    def _on_refused(self, failure: Failure) -> None:
        self._vitals.on_refused(failure)
        self._tell("error", failure.room)
        self._departure.part()

    def _is_awaited(self) -> bool:
        return self.lifeline.course.awaited

    def _agent_identity(self) -> str:
        return self._ctx.local_participant_identity

    def _served(self) -> str:
        return self._attendance.served or ""
