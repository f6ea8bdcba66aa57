"""The connection to Gemini Live that survives; the plugin takes it for google-genai's client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from google.genai import Client, types

from worker.errors import ConnectionRefused
from worker.gemini.course import Course
from worker.gemini.dial import CONNECTION_ERRORS, Line, Setup, dial
from worker.gemini.failures import LOST, NO_SETUP, SILENT, Bounds, Failure, classify
from worker.gemini.history import History, continuation
from worker.gemini.mail import Mail, Post
from worker.gemini.memoir import Memoir
from worker.gemini.moves import (
    SPOKEN,
    Action,
    Alive,
    Close,
    CloseReply,
    ContinueReply,
    Dial,
    Event,
    GiveUp,
    Gone,
    HangUp,
    Open,
    Recalled,
    Reconfigured,
    RefreshPicture,
    SendBacklog,
    SendHistory,
    SetUp,
    State,
    Step,
    Tell,
    Turn,
    Voice,
    Wake,
    Woken,
)
from worker.gemini.outbound import Outbound
from worker.gemini.reading import events_of, is_for_the_plugin
from worker.gemini.session import LiveSession
from worker.gemini.taps import How, Taps

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
    mail: Mail = field(default_factory=lambda: Mail(Outbound()))
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while a connection is up."""
    listeners: list[Callable[[types.LiveServerMessage], None]] = field(default_factory=list)
    """Each sees every message of the service before the plugin does, which drops several kinds."""
    handing_over: Callable[[types.LiveServerMessage], None] = lambda _: None
    """Sees each message when the plugin takes it, having dealt with all before it."""
    course: Course = field(init=False)
    history: History = field(default_factory=History)
    _memoir: Memoir = field(init=False)
    _client: Client | None = None
    _setup: Setup | None = None
    _session: LiveSession | None = None
    _line: Line | None = None
    _carrier: asyncio.Task[None] | None = None
    _alarm: asyncio.TimerHandle | None = None
    _events: deque[Event] = field(default_factory=deque)
    _feeding: bool = False
    _refusal: ConnectionRefused | None = None
    _since: float = 0.0
    _known: bool = False
    """Whether there ever was a connection."""
    _aborted: bool = False
    """Whether the last connection that we hung up was given up as lost."""

    def __post_init__(self) -> None:
        self.course = Course(bounds=self.bounds)
        self._memoir = Memoir(self.history)
        self._since = self.clock()

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
        self._feed(Close())
        if self._alarm is not None:
            self._alarm.cancel()
        if self._carrier is not None:
            await asyncio.wait([self._carrier], timeout=self.bounds.hang_up)
            self._carrier.cancel()
            await asyncio.wait([self._carrier])
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
        session = self._session = LiveSession(self)
        self._feed(Open() if self.course.state is State.NEW else Reconfigured())
        try:
            yield session
        finally:
            await session.close()

    def hear(self, pcm: bytes) -> None:
        """Send 16 kHz s16le mono samples, in order; kept (30 s) while there is no connection."""
        self.mail.hear(pcm)

    def see(self, jpeg: bytes, *, keep: bool = False) -> None:
        """Send one JPEG; only the newest waits, but those asked for (`keep`) are all sent."""
        self.mail.see(jpeg, keep=keep)

    def say(self, turns: Any, *, turn_complete: bool) -> None:
        """Send content of the plugin's; `turn_complete` asks for a reply."""
        self._memoir.on_content(turns or [])
        self.mail.post(
            Post(lambda s: s.send_client_content(turns=turns, turn_complete=turn_complete))
        )
        if turn_complete:
            self._feed(Turn(Step.ASKED))

    def answer(self, responses: Any) -> None:
        """Send the results of tools."""
        self._memoir.on_results(responses)
        post = Post(lambda s: s.send_tool_response(function_responses=responses), answers_call=True)
        self.mail.post(post)
        for _ in responses:
            self._feed(Turn(Step.ANSWERED))

    def on_speech(self, began: bool) -> None:
        """Learn from our own ear that somebody begins to speak, or ends."""
        self._feed(Voice(began))

    def signal(self, given: dict[str, Any]) -> None:
        """Send typed text or activity marks."""
        self.mail.post(Post(lambda s: s.send_realtime_input(**given)))

    def _feed(self, event: Event) -> None:
        """Tell the course and do what it says; what happens meanwhile waits its turn."""
        self._events.append(event)
        if self._feeding:
            return
        self._feeding = True
        try:
            while self._events:
                event = self._events.popleft()
                actions = self.course.feed(event, now=self.clock(), jitter=self.jitter())
                for action in actions:
                    self._do(action)
        finally:
            self._feeding = False

    def _do(self, action: Action) -> None:
        match action:
            case Dial(handle):
                self._carrier = asyncio.create_task(self._carry(handle), name="lifeline")
            case HangUp(abort):
                self._hang_up(abort=abort)
            case Wake(at):
                self._set_alarm(at)
            case CloseReply(cut):
                self._close_reply(cut=cut)
            case SendHistory(compact):
                self._send_history(compact=compact)
            case ContinueReply(words):
                self._ask(continuation(words))
            case SendBacklog():
                self.mail.open()
            case RefreshPicture():
                self.mail.outbound.clear_pictures()
                self.taps.refresh()
            case Tell(level, text):
                self.taps.tell(level, text)
            case GiveUp(failure):
                self._give_up(failure)

    def _hang_up(self, *, abort: bool) -> None:
        self._aborted = abort
        if abort and self._line is not None:
            self._line.abort()
        if self._carrier is not None:
            self._carrier.cancel()

    def _set_alarm(self, at: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(max(0.0, at - self.clock()), self._feed, Woken())

    def _close_reply(self, *, cut: bool) -> None:
        self._memoir.flush()
        if self._session is not None:
            self._session.end_reply()
        if cut:
            self.taps.cut()

    def _send_history(self, *, compact: bool) -> None:
        self.history.mark_unseen()
        telling = self.history.recall(compact=compact)
        if telling.turns:
            turns: list[types.Content | types.ContentDict] = [
                types.Content(role=said.role, parts=[types.Part(text=said.text)])
                for said in telling.turns
            ]
            self.mail.begin_with(lambda s: s.send_client_content(turns=turns, turn_complete=False))
        self.history.mark_seen(telling.ids)
        # The results that wait are in the history now; the calls they answer are forgotten.
        if self.mail.drop_answers():
            self._ask(continuation(""))
        self._feed(Recalled(telling.lost))

    def _ask(self, text: str) -> None:
        turn = types.Content(role="user", parts=[types.Part(text=text)])
        self.mail.begin_with(lambda s: s.send_client_content(turns=turn, turn_complete=True))

    def _give_up(self, failure: Failure) -> None:
        logger.error("gemini live refused", extra={"cause": failure.operator})
        self._refusal = ConnectionRefused(failure.kind.value, failure.operator, failure.room)
        self.taps.refused(failure)
        if self._session is not None:
            self._session.fail(self._refusal)

    async def _carry(self, handle: str | None) -> None:
        """One connection, from the dial to its end, which is always reported."""
        assert self._client is not None
        assert self._setup is not None
        failure, left = LOST, False
        try:
            async with dial(self._client, self._setup, handle) as line:
                await self._live(line, "resumed" if handle else "fresh")
        except CONNECTION_ERRORS as error:
            failure = classify(error)
            logger.info("gemini live connection ended", extra={"cause": failure.operator})
        except asyncio.CancelledError:
            logger.debug("gemini live connection hung up")
            failure, left = SILENT if self._line else NO_SETUP, not self._aborted
        finally:
            self._end_line()
            if self.course.state is not State.OVER:
                self.taps.lost(None if left else failure)
            self._feed(Gone(failure))

    async def _live(self, line: Line, how: How) -> None:
        self._line = line
        self._feed(SetUp())
        self.connected.set()
        self.taps.connected(self.clock() - self._since, how if self._known else "first")
        self._known = True
        beside = [
            asyncio.create_task(self.mail.deliver(line), name="lifeline-writer"),
            asyncio.create_task(line.keep_alive(self._on_pong), name="lifeline-pings"),
        ]
        try:
            async for message in line.messages():
                await self._read(message)
        finally:
            for task in beside:
                task.cancel()
            # What broke the connection for them breaks it for the reader.
            await asyncio.gather(*beside, return_exceptions=True)

    def _on_pong(self) -> None:
        self._feed(Alive())

    def _end_line(self) -> None:
        if self._line is not None:
            self._since = self.clock()
        self._line = None
        self.mail.close()
        self.connected.clear()

    async def _read(self, message: types.LiveServerMessage) -> None:
        self._memoir.on_message(message)
        self._feed(Alive())
        for event in events_of(message):
            self._feed(event)
            if isinstance(event, Turn) and event.step in SPOKEN:
                self.taps.speech(event.step is Step.USER_BEGAN)
        if message.tool_call_cancellation and (ids := message.tool_call_cancellation.ids):
            self.taps.cancelled(ids)
        for listener in self.listeners:
            listener(message)
        if self._session is not None and is_for_the_plugin(message):
            await self._session.put(message)
