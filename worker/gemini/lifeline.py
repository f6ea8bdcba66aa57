"""The connection to Gemini Live that survives; the plugin takes it for google-genai's client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.genai import Client, types

from worker.errors import ConnectionRefused
from worker.gemini.activity import Activity
from worker.gemini.bounds import Bounds
from worker.gemini.carrier import Carrier
from worker.gemini.course import Course
from worker.gemini.dial import Setup
from worker.gemini.driver import Driver
from worker.gemini.earshot import Earshot
from worker.gemini.failures import Failure
from worker.gemini.families import family_of
from worker.gemini.letters import Letters
from worker.gemini.mail import Mail
from worker.gemini.moves import (
    SPOKEN,
    Action,
    Alive,
    Close,
    CloseReply,
    ContinueReply,
    Dial,
    GiveUp,
    HangUp,
    Open,
    Recalled,
    Reconfigured,
    RefreshPicture,
    SendBacklog,
    SendHistory,
    State,
    Step,
    Tell,
    Turn,
    Voice,
)
from worker.gemini.outbound import Outbound
from worker.gemini.reading import events_of, for_the_plugin, seconds_of
from worker.gemini.session import LiveSession
from worker.gemini.taps import Taps, guarded

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Lifeline:
    """Carries out what `Course` decides: dials, hangs up, delivers, tells.

    The plugin finds here ``aio.live.connect`` and ``aio.aclose`` as on google-genai's client
    (`worker.gemini.realtime` puts it in its place) and believes in a connection that never drops.
    Media does not pass through the plugin: `hear` and `see` put it in a bounded queue that the
    writer of the present connection empties.
    """

    taps: Taps
    bounds: Bounds
    clock: Callable[[], float]
    jitter: Callable[[], float]
    """A number in [0, 1), for the spread of retries."""
    mail: Mail = field(init=False)
    carrier: Carrier = field(init=False)
    letters: Letters = field(init=False)
    activity: Activity = field(init=False)
    earshot: Earshot = field(init=False)
    listeners: list[Callable[[types.LiveServerMessage], None]] = field(default_factory=list)
    """Each sees every message of the service before the plugin does, which drops several kinds."""
    handing_over: Callable[[types.LiveServerMessage], None] = lambda _: None
    """Sees each message when the plugin takes it, having dealt with all before it."""
    course: Course = field(init=False)
    _driver: Driver = field(init=False)
    _client: Client | None = None
    _setup: Setup | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the newest setup is the connection's, or the last one's."""
    _session: LiveSession | None = None
    _refusal: ConnectionRefused | None = None

    def __post_init__(self) -> None:
        self.taps = self.taps.guarded()
        self.course = Course(bounds=self.bounds)
        self._driver = Driver(course=self.course, do=self._do, clock=self.clock, jitter=self.jitter)
        self.mail = Mail(Outbound(), self.clock, speech=lambda: self.course.talk.heard)
        self.carrier = Carrier(
            self.mail, self.taps, self.clock, feed=self._driver.feed, read=self._read
        )
        self.letters = Letters(self.mail)
        self.activity = Activity(self.mail, self._on_button, lambda on: self.taps.manual(on))
        self.earshot = Earshot(self.course.talk, self.mail.outbound)

    @property
    def connected(self) -> asyncio.Event:
        """Set while a connection is up."""
        return self.carrier.connected

    def adopt(self, client: Client) -> Lifeline:
        """Take the client whose connections this lifeline will own; gives itself back."""
        self._client = client
        return self

    @property
    def aio(self) -> Lifeline:
        """As on google-genai's client."""
        return self

    @property
    def live(self) -> Lifeline:
        """As on google-genai's client."""
        return self

    async def aclose(self) -> None:
        """End the connection and the client's HTTP side."""
        self._driver.feed(Close())
        self._driver.close()
        await self.carrier.aclose(within=self.bounds.hang_up)
        if self._client is not None:
            await self._client.aio.aclose()

    @contextlib.asynccontextmanager
    async def connect(
        self, *, model: str, config: types.LiveConnectConfig
    ) -> AsyncIterator[LiveSession]:
        """What the plugin takes for a new connection: at once, whatever there is below.

        Asked for again, with other tools or another voice, the connection is renewed when nobody
        speaks, and resumed.

        Raises:
            ConnectionRefused: the lifeline has given up.
        """
        if self._refusal is not None:
            raise self._refusal
        self._setup = Setup(model, config)
        self.course.talk.deaf = not family_of(model).voice_activity
        session = self._session = LiveSession(self)
        self._driver.feed(Open() if self.course.state is State.NEW else Reconfigured())
        try:
            yield session
        finally:
            await session.close()

    def reconfigure(self, config: types.LiveConnectConfig) -> None:
        """Have another setup: the connection is renewed when nobody speaks, and resumed."""
        if self._setup is not None:
            self._setup = Setup(self._setup.model, config)
            self.settled.clear()
            self._driver.feed(Reconfigured())

    def hear(self, pcm: bytes) -> None:
        """Send 16 kHz s16le mono samples, in order; kept (30 s) while there is no connection."""
        if self.activity.hears:
            self.mail.hear(pcm)
        elif self.activity.yielding:
            self.activity.overhear(pcm)
        else:
            return
        self.taps.microphone(pcm)

    def see(self, jpeg: bytes, *, keep: bool = False, call_id: str = "") -> None:
        """Send one JPEG; only the newest waits, but those asked for (`keep`) are all sent.

        `call_id`: the tool call whose result speaks of it.
        """
        shot = self.mail.see(jpeg, keep=keep)
        if call_id:
            self.letters.show(call_id, shot)

    def say(self, turns: Any, *, turn_complete: bool) -> None:
        """Send content of the plugin's; `turn_complete` asks for a reply."""
        for step in self.letters.say(turns, turn_complete=turn_complete):
            self._driver.feed(Turn(step))

    def answer(self, responses: Sequence[types.FunctionResponse]) -> None:
        """Send the results of tools; those of cancelled calls are dropped."""
        for step in self.letters.answer(responses):
            self._driver.feed(Turn(step))

    def has_answer(self, call_id: str) -> bool:
        """Whether the answer to a call waits here, or was written to the present connection."""
        return self.letters.has_answer(call_id)

    def disregard(self) -> None:
        """A call came once more, and nothing comes of that."""
        self._driver.feed(Turn(Step.WITHDRAWN))

    def on_speech(self, began: bool) -> None:
        """Learn from our own ear that somebody begins to speak, or ends."""
        self.earshot.on_edge(began)
        self._driver.feed(Voice(began))
        self.earshot.follow()

    def stop(self) -> bool:
        """Have the model fall silent; tells whether it was about to speak, or did."""
        talk = self.course.talk
        rest, talk.rest = talk.rest, None
        if talk.at_boundary or talk.speaking:
            return rest is not None
        self.letters.stop()
        return True

    def signal(self, given: dict[str, Any]) -> None:
        """Send typed text or activity marks."""
        self.letters.signal(given)

    def _do(self, action: Action) -> None:
        match action:
            case Dial(handle):
                assert self._client is not None
                assert self._setup is not None
                self.carrier.start(self._client, self._setup, handle)
            case HangUp(abort):
                self.carrier.hang_up(abort=abort)
            case CloseReply(cut):
                self._close_reply(cut=cut)
            case SendHistory(compact):
                self.earshot.forget()
                self.mail.outbound.begin()
                self._driver.feed(Recalled(self.letters.recall(compact=compact)))
            case ContinueReply(words, begun):
                self.letters.go_on(words, begun=begun)
            case SendBacklog():
                self.letters.reconnect()
                self._be_set_up()
                self.mail.open()
            case RefreshPicture():
                self.mail.forget_pictures()
                if self.taps.refresh():
                    self.mail.await_picture()
            case Tell(level, text):
                self.taps.tell(level, text)
            case GiveUp(failure):
                self._give_up(failure)

    def _be_set_up(self) -> None:
        if (setup := self.carrier.setup) is not None:
            afresh = not self.course.resumption.resuming
            self.activity.connect(setup.config, afresh=afresh)
            self.earshot.connect(afresh=afresh)
        if setup is self._setup:
            self.settled.set()

    def _on_button(self, pressed: bool) -> None:
        self._driver.feed(Voice(pressed))
        self._driver.feed(Turn(Step.USER_BEGAN if pressed else Step.USER_ENDED))

    def _close_reply(self, *, cut: bool) -> None:
        self.letters.end_reply()
        if self._session is not None:
            self._session.end_reply()
        if cut:
            self.taps.cut()

    def _give_up(self, failure: Failure) -> None:
        logger.error("gemini live refused", extra={"cause": failure.operator})
        self._refusal = ConnectionRefused(failure.kind.value, failure.operator, failure.room)
        self.taps.refused(failure)
        if self._session is not None:
            self._session.fail(self._refusal)

    async def _read(self, message: types.LiveServerMessage) -> None:
        self._driver.feed(Alive())
        if cancelled := self.letters.on_message(message):
            self.taps.cancelled(cancelled)
        if (activity := message.voice_activity) and activity.audio_offset:
            self.mail.outbound.prove_heard(seconds_of(activity.audio_offset))
        for event in events_of(message):
            if isinstance(event, Turn):
                self._on_turn(event.step)
            self._driver.feed(event)
        for listener in self.listeners:
            guarded(listener)(message)
        if self._session is not None and (shown := for_the_plugin(message)) is not None:
            await self._session.put(shown)

    def _on_turn(self, step: Step) -> None:
        if step in SPOKEN:
            self.mail.outbound.hold(step is Step.USER_BEGAN)
            self.letters.spoken_of_next = False
            self.taps.speech(step is Step.USER_BEGAN)
        elif step in (Step.REPLYING, Step.CALLED) and self.course.talk.reply == "none":
            # A button's turn ends with a post.
            if self.activity.manual or not self.course.talk.by_voice:
                self.mail.prove_question()
            self.activity.replied()
            self.earshot.replied()
