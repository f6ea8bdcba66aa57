"""One socket to Gemini Live: opened with a setup, read, written, closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from google.auth.exceptions import GoogleAuthError
from google.genai import Client, types
from google.genai.errors import APIError
from google.genai.live import AsyncSession
from websockets.exceptions import WebSocketException
from websockets.protocol import State

logger = logging.getLogger(__name__)

SOCKET_ERRORS = (OSError, APIError, WebSocketException)
"""What a broken socket raises, and a service that closes it."""
UNREADABLE = (ValueError, TypeError)
"""What google-genai raises for one message it cannot make sense of; the socket is still good."""
CONNECTION_ERRORS = (*SOCKET_ERRORS, *UNREADABLE, GoogleAuthError)
"""What a failed connection raises: network, TLS, time, a first frame that is none, a refusal, no
credentials for Vertex AI."""


UNACKNOWLEDGED = 8.0
"""Seconds that bytes may lack even TCP's acknowledgement: after that there is no way to the far
end, however late its pongs may be. The microphone sees to it that there always are bytes."""


SILENCE = 0.5
"""Seconds of silence that end a turn where nothing else was asked for, at least: the service's own
figure is known to be about 0.8, and 0.5 to 0.8 are recommended."""


class SetupRefused(ValueError):
    """The service's first message was not ``setupComplete``."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the plugin wants a connection to be."""

    model: str
    config: types.LiveConnectConfig

    @property
    def silence(self) -> float:
        """Seconds of it after which the service takes a turn, as far as is known."""
        found = self.config.realtime_input_config
        detection = found.automatic_activity_detection if found else None
        asked = detection.silence_duration_ms if detection else None
        return SILENCE if asked is None else asked / 1000

    def resuming(self, handle: str | None) -> types.LiveConnectConfig:
        """The config with our handle in the place of the plugin's."""
        resumption = types.SessionResumptionConfig(handle=handle)
        return self.config.model_copy(update={"session_resumption": resumption})


def client_options(tls: ssl.SSLContext, *, api_version: str = "") -> types.HttpOptions:
    """Options of google-genai's client that suit a long media connection.

    One TLS context serves every client (building them anew holds the loop for 100 ms); no deflate
    (it costs CPU on base64 and wins nothing); no keepalive of the library's, which ends healthy
    connections whose pongs are late: signs of life are our business.
    """
    return types.HttpOptions(
        api_version=api_version or None,
        client_args={"verify": tls},
        async_client_args={
            "ssl": tls,
            "verify": tls,
            "compression": None,
            "ping_interval": None,
            "close_timeout": 1.0,
            "max_size": 16 * 1024 * 1024,
        },
    )


class Line:
    """An open connection, set up."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        """For what is sent through google-genai's own converters."""
        self.on_life: Callable[[], None] = lambda: None
        """Told of every pong."""
        self._socket = session._ws
        _give_up_unacknowledged(self._socket.transport.get_extra_info("socket"))

    def write(self, message: bytes) -> bool:
        """Write one text frame at once, unless what was written before still waits for room."""
        socket = self._socket
        if socket.state is not State.OPEN or socket.transport.get_write_buffer_size():
            return False
        socket.protocol.send_text(message)
        socket.send_data()
        return True

    async def send(self, message: bytes) -> None:
        """Write one text frame."""
        await self._socket.send(message, text=True)

    async def messages(self) -> AsyncIterator[types.LiveServerMessage]:
        """The service's messages until the socket is closed, which raises.

        Those that cannot be made sense of are passed over.
        """
        while True:
            try:
                async for message in self.session.receive():
                    yield message
            except UNREADABLE as error:
                logger.warning("message not understood", extra={"error": type(error).__name__})

    async def probe(self, on_pong: Callable[[], None]) -> None:
        """Have `on_pong` called when the service has read all that was written so far."""

        def answered(pong: asyncio.Future[float]) -> None:
            if not pong.cancelled() and pong.exception() is None:
                self.on_life()
                on_pong()

        # A future; the stubs say an awaitable.
        pong = await self._socket.ping()
        pong.add_done_callback(answered)  # type: ignore[attr-defined]

    @property
    def parted(self) -> bool:
        """Whether we closed it and the service agreed: it has read all that was written."""
        protocol = self._socket.protocol
        return protocol.close_rcvd_then_sent is False and protocol.close_rcvd is not None

    async def close(self) -> None:
        """Say goodbye."""
        await self.session.close()

    def abort(self) -> None:
        """Drop the socket without a handshake."""
        self._socket.transport.abort()


def _give_up_unacknowledged(connection: socket.socket | None) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if connection is not None and option is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, int(UNACKNOWLEDGED * 1000))


@contextlib.asynccontextmanager
async def dial(client: Client, setup: Setup, handle: str | None) -> AsyncIterator[Line]:
    """A connection that is set up, for the length of the block.

    Raises:
        CONNECTION_ERRORS: it could not be had.
    """
    opening = client.aio.live.connect(model=setup.model, config=setup.resuming(handle))
    async with opening as session:
        if session.setup_complete is None:
            raise SetupRefused("first message is not setupComplete")
        line = Line(session)
        try:
            yield line
        finally:
            # Else the library would leave with 1011, as if we had failed.
            await line.close()
