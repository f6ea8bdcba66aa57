"""The connection to Gemini Live; to the plugin it looks like google-genai's client and session."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from google.auth.exceptions import GoogleAuthError
from google.genai import Client, types
from google.genai.errors import APIError
from google.genai.live import AsyncSession
from websockets.exceptions import WebSocketException

from worker.errors import ConnectionRefused
from worker.gemini.failures import Failure, Kind, backoff, classify
from worker.gemini.outbound import Outbound

logger = logging.getLogger(__name__)

CONNECTION_ERRORS = (
    *(OSError, TimeoutError, ValueError, TypeError, APIError, WebSocketException),
    GoogleAuthError,
)
"""What a failed connect raises: network, TLS, time, a first frame that is none, a refusal, no
credentials for Vertex AI."""


class SetupRefused(ValueError):
    """The service's first message was not ``setupComplete``."""


def _ignore(*_: object) -> None:
    """The observer of a tap that nobody listens to."""


@dataclass(slots=True, kw_only=True)
class Taps:
    """Who is told about the connection; each is called on the event loop and must not block."""

    connected: Callable[[float], None] = _ignore
    """A connection is set up; seconds it took, all its tries included."""
    waiting: Callable[[Failure, int], None] = _ignore
    """A try failed and another will follow: why, and which try it was (0 for the first)."""
    refused: Callable[[Failure], None] = _ignore
    """The last try failed; nothing more will come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the lifeline waits, in seconds."""

    setup: float = 10.0
    """For TCP, TLS, the upgrade and setupComplete together; the client library waits for ever."""
    total: float = 300.0
    """For a service that cannot be reached, before it gives up."""


def client_options(tls: ssl.SSLContext, *, api_version: str = "") -> types.HttpOptions:
    """Options of google-genai's client that suit a long media connection.

    One TLS context serves every client (building them anew holds the loop for 100 ms); no deflate
    (it costs CPU on base64 and wins nothing); pongs may be as late as they have been seen (8–30 s).
    """
    return types.HttpOptions(
        api_version=api_version or None,
        client_args={"verify": tls},
        async_client_args={
            "ssl": tls,
            "verify": tls,
            "compression": None,
            "ping_interval": 20.0,
            "ping_timeout": 60.0,
            "close_timeout": 1.0,
            "max_size": 16 * 1024 * 1024,
        },
    )


@dataclass(slots=True)
class Lifeline:
    """Owns the way to the service: connects, retries, carries media, lets others listen.

    The plugin keeps the sequence of its session; it finds here ``aio.live.connect`` and
    ``aio.aclose`` as on google-genai's client (`worker.gemini.realtime` puts it in its place).
    Media does not pass through the plugin: `hear` and `see` put it in a bounded queue that a
    writer of the current connection empties.
    """

    taps: Taps
    patience: Patience
    clock: Callable[[], float]
    jitter: Callable[[], float]
    """A number in [0, 1), for the spread of retries."""
    outbound: Outbound = field(default_factory=Outbound)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while a connection is up."""
    listeners: list[Callable[[types.LiveServerMessage], None]] = field(default_factory=list)
    """Each sees every message of the service before the plugin does, which drops several kinds."""
    _client: Client | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

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
        """Close the client's HTTP side; the socket closes with its `connect` block."""
        if self._client is not None:
            await self._client.aio.aclose()

    def hear(self, pcm: bytes) -> None:
        """Send 16 kHz s16le mono samples, in order; kept (30 s) while there is no connection."""
        self.outbound.hear(pcm)
        self._ready.set()

    def see(self, jpeg: bytes, *, keep: bool = False) -> None:
        """Send one JPEG; only the newest waits, but those asked for (`keep`) are all sent."""
        self.outbound.see(jpeg, keep=keep)
        self._ready.set()

    @contextlib.asynccontextmanager
    async def connect(
        self, *, model: str, config: types.LiveConnectConfig
    ) -> AsyncIterator[LiveSession]:
        """Open a connection and carry media over it until the block ends.

        Raises:
            ConnectionRefused: the service refused for good, or could not be reached in time.
        """
        started = self.clock()
        async with contextlib.AsyncExitStack() as stack:
            session = await self._dial(stack, model, config)
            writer = asyncio.create_task(self._write(session), name="lifeline-writer")
            stack.push_async_callback(_end, writer)
            stack.callback(self.connected.clear)
            self.connected.set()
            self.taps.connected(self.clock() - started)
            yield LiveSession(session, self.listeners)

    async def _dial(
        self, stack: contextlib.AsyncExitStack, model: str, config: types.LiveConnectConfig
    ) -> AsyncSession:
        assert self._client is not None, "adopt() comes before connect()"
        give_up = self.clock() + self.patience.total
        attempt = 0
        while True:
            opening = self._client.aio.live.connect(model=model, config=config)
            try:
                async with asyncio.timeout(self.patience.setup):
                    session = await opening.__aenter__()
                    if session.setup_complete is None:
                        await opening.__aexit__(None, None, None)
                        raise SetupRefused("first message is not setupComplete")
            except CONNECTION_ERRORS as error:
                failure = classify(error)
            else:
                stack.push_async_exit(opening)
                return session
            if not failure.passing or self.clock() >= give_up:
                self._refuse(failure)
            logger.warning(
                "gemini live cannot be reached, trying again",
                extra={"cause": failure.operator, "attempt": attempt},
            )
            self.taps.waiting(failure, attempt)
            await asyncio.sleep(backoff(attempt, self.jitter()))
            attempt += 1

    def _refuse(self, failure: Failure) -> None:
        logger.error("gemini live refused", extra={"cause": failure.operator})
        self.taps.refused(failure)
        kind = failure.kind.value if failure.kind is not Kind.PASSING else "unreachable"
        raise ConnectionRefused(kind, failure.operator, failure.room)

    async def _write(self, session: AsyncSession) -> None:
        """Empty the queue into one connection; ends with it."""
        socket = session._ws
        while True:
            await self._ready.wait()
            self._ready.clear()
            while (message := self.outbound.take()) is not None:
                await socket.send(message, text=True)
                # A send that finds room in the socket's buffer does not let anybody else run.
                await asyncio.sleep(0)


async def _end(writer: asyncio.Task[None]) -> None:
    writer.cancel()
    with contextlib.suppress(asyncio.CancelledError, *CONNECTION_ERRORS):
        await writer


class LiveSession:
    """One connection, with the five methods of google-genai's ``AsyncSession``."""

    def __init__(
        self, session: AsyncSession, listeners: list[Callable[[types.LiveServerMessage], None]]
    ) -> None:
        self._session = session
        self._listeners = listeners
        self.send_client_content = session.send_client_content
        self.send_realtime_input = session.send_realtime_input
        self.send_tool_response = session.send_tool_response
        self.close = session.close

    async def receive(self) -> AsyncIterator[types.LiveServerMessage]:
        """One turn of the service's messages, each shown to the listeners first.

        The empty messages that the service sends now and then end here: the plugin would warn.
        """
        async for message in self._session.receive():
            if says_nothing(message):
                continue
            for listener in self._listeners:
                listener(message)
            yield message


def says_nothing(message: types.LiveServerMessage) -> bool:
    """Whether a message is ``{}`` or ``{"serverContent": {}}``."""
    said = message.model_dump(exclude_none=True, exclude={"server_content"})
    content = message.server_content
    return not said and (content is None or not content.model_fields_set)
