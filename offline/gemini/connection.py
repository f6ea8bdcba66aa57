"""One socket: its frames go into a Session, the session's effects go out or into threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence

from aiohttp import WSMsgType, web

from offline.gemini.account import Account
from offline.gemini.fault import Fault
from offline.gemini.line import Close, Effect, Hear, Send, Think, Voice
from offline.gemini.mischief import Mischief
from offline.gemini.outgoing import Frame, Outgoing
from offline.gemini.play import Play
from offline.gemini.plumbing import Plumbing
from offline.gemini.scenario import Rule
from offline.gemini.senses import Senses
from offline.gemini.session import Session
from offline.gemini.tampering import Later
from offline.gemini.temper import Temper
from offline.gemini.using import use
from offline.gemini.wire import Json, WireError, parse

logger = logging.getLogger(__name__)


class Connection:
    """Runs one session on one socket, until either side closes it."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        session: Session,
        account: Account,
        *,
        senses: Senses,
        temper: Callable[[], Temper],
        clock: Callable[[], float],
        plumbing: Plumbing,
        rules: Sequence[Rule] = (),
    ) -> None:
        self._socket, self._session, self._account = socket, session, account
        self._senses, self._clock = senses, clock
        self._plumbing = plumbing
        self._outgoing = Outgoing(socket, plumbing, temper, self._sent)
        self._jobs: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = self._met = False
        self._play = Play(rules)
        self._mischief = Mischief(
            session=session,
            account=account,
            plumbing=plumbing,
            put=lambda data: self._outgoing.put(Frame(data)),
        )
        account.on_note = lambda kind, at: self._play.noted(kind, at)

    async def run(self) -> None:
        """Serve the socket; returns when it is closed, with nothing left behind."""
        writer = asyncio.create_task(
            self._outgoing.run(), name=f"gemini-writer-{self._account.number}"
        )
        self._settle()
        try:
            await self._read()
        finally:
            self._account.on_note = None
            self._account.closed = self._clock()
            self._session.leave(self._account.closed)
            self._plumbing.release()
            self._outgoing.close()
            if self._timer is not None:
                self._timer.cancel()
            if not self._closing:
                writer.cancel()
            for job in self._jobs:
                job.cancel()
            # A close of our own is let finish: the client is to read its code.
            await asyncio.gather(writer, *self._jobs, return_exceptions=True)
            self._account.close_code = self._socket.close_code

    def end(self, code: int, reason: str) -> None:
        """Close the connection from this side."""
        self._session.close(code, reason, self._clock())
        self._settle()

    def reset(self) -> None:
        """Drop the connection without a word."""
        self._plumbing.abort()

    def follow(self, rules: Sequence[Rule]) -> None:
        """Let these rules decide from now on; times count from now."""
        self._play = Play(rules, ready_at=self._clock())
        self._settle()

    def do(self, fault: Fault) -> None:
        """Do a fault now."""
        self._mischief.do(fault, self._clock())
        self._settle()

    async def _read(self) -> None:
        while True:
            await self._plumbing.readable.wait()
            message = await self._socket.receive()
            if message.type is WSMsgType.PING:
                await self._answer(message.data)
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                self._enter(message.data)
            elif message.type is not WSMsgType.PONG:
                return

    async def _answer(self, ping: bytes) -> None:
        delay = self._plumbing.pong_delay
        if delay:
            self._start(self._pong(ping, delay), "pong")
        elif delay is not None:
            await self._pong(ping, delay)

    async def _pong(self, ping: bytes, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        try:
            await self._socket.pong(ping)
        except ConnectionError:
            logger.debug("client went away")

    def _enter(self, frame: str | bytes) -> None:
        """Take in every client message: the only place where they come in."""
        now = self._clock()
        if not self._met:
            self._met = True
            self._meet(frame, now)
        self._session.receive(frame, now)
        if self._play.active:
            self._play.received(len(frame), now)
        self._settle()

    def _meet(self, frame: str | bytes, now: float) -> None:
        """See the setup before the session does: some faults must be there by then."""
        try:
            kind, body = parse(frame)
        except WireError:
            return
        if kind == "setup":
            self._mischief.model = str(body.get("model", ""))
            asked = body.get("sessionResumption")
            resuming = isinstance(asked, Mapping) and bool(asked.get("handle"))
            self._play.setup(resuming=resuming, now=now)
            self._settle()

    def _sent(self, message: Json, size: int) -> None:
        if self._play.active:
            self._play.sent(message, size, self._clock())
            self._settle()

    def _settle(self) -> None:
        """Carry out the session's effects and set the alarm for what comes next."""
        while True:
            for effect in self._session.take_effects():
                self._carry_out(effect)
            faults = self._play.take()
            if not faults:
                break
            for fault in faults:
                self._mischief.do(fault, self._clock())
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        dues = [due for due in (self._session.next_due, self._play.next_due) if due is not None]
        if dues:
            delay = max(0.0, min(dues) - self._clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._session.tick(self._clock())
        self._play.tick(self._clock())
        self._settle()

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Send):
            for passed in self._mischief.tampering.take(effect.message):
                if isinstance(passed, Later):
                    self._outgoing.put_later(passed)
                else:
                    self._outgoing.put(Send(passed))
        elif isinstance(effect, Close):
            self._closing = True
            self._outgoing.put(effect)
        else:
            self._start(self._sense(effect), type(effect).__name__.lower())

    def _start(self, work: Coroutine[None, None, None], what: str) -> None:
        job = asyncio.create_task(work, name=f"gemini-{what}-{self._account.number}")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _sense(self, effect: Hear | Think | Voice) -> None:
        await use(self._senses, effect, self._session, self._clock)
        self._settle()
