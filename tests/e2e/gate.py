"""A door on the way to the stand-in that can be shut, bricked up, or lead to the wrong house."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import trustme

HOST = "127.0.0.1"
Mode = Literal["open", "shut", "expired", "another name", "plain"]


class Gate:
    """Passes TCP on to another port of this machine, or does what its mode says instead."""

    def __init__(self, to: int, bundle: Path) -> None:
        """Lead to a port; `bundle` gets the authority of the wrong houses added."""
        self._to = to
        self._authority = trustme.CA()
        with bundle.open("ab") as file:
            file.write(b"\n" + self._authority.cert_pem.bytes())
        self._server: asyncio.Server | None = None
        self.port = 0
        self.read = bytearray()
        """What came in clear: of a plain house everything, of a TLS one what was decrypted."""

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    async def turn(self, mode: Mode) -> None:
        """Do this with every connection from now on; those that are open stay as they are."""
        await self.shut()
        if mode == "shut":
            return
        pass_on = self._pass if mode == "open" else self._listen
        tls = None if mode in ("open", "plain") else self._wrong(mode)
        self._server = await asyncio.start_server(pass_on, HOST, self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse every connection."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _wrong(self, mode: Mode) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        name, until = HOST, datetime.now(UTC) + timedelta(days=1)
        if mode == "expired":
            until -= timedelta(days=2)
        else:
            name = "somewhere.example"
        since = until - timedelta(days=30)
        certificate = self._authority.issue_cert(name, not_before=since, not_after=until)
        certificate.configure_cert(context)
        return context

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            self.read += await reader.read(65_536)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(HOST, self._to)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def gate(to: str, bundle: Path) -> AsyncIterator[Gate]:
    """Stand open before the server of an https URL until the block ends."""
    port = urlsplit(to).port
    assert port is not None
    it = Gate(port, bundle)
    await it.turn("open")
    try:
        yield it
    finally:
        await it.shut()
