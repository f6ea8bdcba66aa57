"""The connection, against the stand-in and against services that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import trustme
from google.genai import Client, types
from websockets.asyncio.server import ServerConnection, serve

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.live.service import SENSES, standin, until
from worker.errors import ConnectionRefused
from worker.gemini.failures import Failure
from worker.gemini.lifeline import Lifeline, Patience, Taps, client_options

MODEL = "gemini-3.8-live"
CONFIG = types.LiveConnectConfig(response_modalities=[types.Modality.AUDIO])
TEN_MS = b"\x10\x00" * 160


@dataclass
class Diary:
    """What the taps were told."""

    connected: list[float] = field(default_factory=list)
    waiting: list[tuple[Failure, int]] = field(default_factory=list)
    refused: list[Failure] = field(default_factory=list)

    def taps(self) -> Taps:
        return Taps(
            connected=self.connected.append,
            waiting=lambda failure, attempt: self.waiting.append((failure, attempt)),
            refused=self.refused.append,
        )


def lifeline_to(
    url: str, tls: ssl.SSLContext, diary: Diary, *, setup: float = 5.0, total: float = 5.0
) -> Lifeline:
    options = client_options(tls)
    options.base_url = url
    client = Client(api_key="AIzaTest", vertexai=False, http_options=options)
    return Lifeline(
        taps=diary.taps(),
        patience=Patience(setup=setup, total=total),
        clock=time.monotonic,
        jitter=lambda: 0.0,
    ).adopt(client)


@contextlib.asynccontextmanager
async def mute_service() -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    """A service that accepts and never says anything."""

    async def hold(connection: ServerConnection) -> None:
        await connection.wait_closed()

    authority = trustme.CA()
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    async with serve(hold, "127.0.0.1", 0, ssl=server_tls) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"https://127.0.0.1:{port}", client_tls


async def test_voice_and_pictures_arrive_as_they_were_sent() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG):
            for _ in range(50):
                lifeline.hear(TEN_MS)
            lifeline.see(b"\xff\xd8 a picture, more or less", keep=True)
            account = service.accounts[0]
            await until(lambda: account.samples == 50 * 160)
        await lifeline.aclose()
    assert len(diary.connected) == 1
    assert diary.waiting == []


async def test_what_was_said_before_the_connection_is_not_lost() -> None:
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        for _ in range(20):
            lifeline.hear(TEN_MS)
        async with lifeline.connect(model=MODEL, config=CONFIG):
            await until(lambda: service.accounts[0].samples == 20 * 160)
        await lifeline.aclose()


async def test_a_service_that_never_completes_the_setup_is_given_up() -> None:
    diary = Diary()
    async with mute_service() as (url, tls):
        lifeline = lifeline_to(url, tls, diary, setup=0.2, total=0.3)
        with pytest.raises(ConnectionRefused) as caught:
            async with lifeline.connect(model=MODEL, config=CONFIG):
                pass
        await lifeline.aclose()
    assert caught.value.kind == "unreachable"
    assert [attempt for _, attempt in diary.waiting] == list(range(len(diary.waiting)))
    assert len(diary.refused) == 1


async def test_a_wrong_key_is_refused_at_once_with_words() -> None:
    diary = Diary()
    async with standin(api_key="another") as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        with pytest.raises(ConnectionRefused) as caught:
            async with lifeline.connect(model=MODEL, config=CONFIG):
                pass
        await lifeline.aclose()
    assert diary.waiting == []
    assert "GOOGLE_API_KEY" in caught.value.operator
    assert "AIzaTest" not in str(caught.value)


async def test_a_certificate_nobody_trusts_is_refused_at_once() -> None:
    diary = Diary()
    async with standin() as (service, _):
        lifeline = lifeline_to(service.url, ssl.create_default_context(), diary)
        with pytest.raises(ConnectionRefused, match="certificate"):
            async with lifeline.connect(model=MODEL, config=CONFIG):
                pass
        await lifeline.aclose()
    assert diary.waiting == []


async def test_a_service_that_comes_back_is_reached(unused_tcp_port: int) -> None:
    diary = Diary()
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    lifeline = lifeline_to(f"https://127.0.0.1:{unused_tcp_port}", tls, diary)

    async def connect_once() -> None:
        async with lifeline.connect(model=MODEL, config=CONFIG):
            pass

    connecting = asyncio.create_task(connect_once())
    await until(lambda: diary.waiting)
    async with Service.start(senses=SENSES, temper=INSTANT, port=unused_tcp_port):
        await connecting
    await lifeline.aclose()
    assert len(diary.connected) == 1


async def test_messages_of_the_service_reach_the_listeners_but_empty_ones_go_no_further() -> None:
    seen: list[types.LiveServerMessage] = []
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        lifeline.listeners.append(seen.append)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            turn = types.Content(role="user", parts=[types.Part(text="hello?")])
            await session.send_client_content(turns=turn, turn_complete=True)
            received = [message async for message in session.receive()]
        await lifeline.aclose()
    assert received == seen
    assert any(m.server_content and m.server_content.turn_complete for m in received)
    assert not any(m.server_content and not m.server_content.model_fields_set for m in received)


async def test_nothing_is_left_when_the_connection_ends() -> None:
    before = asyncio.all_tasks()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        async with lifeline.connect(model=MODEL, config=CONFIG):
            assert lifeline.connected.is_set()
        await lifeline.aclose()
        assert not lifeline.connected.is_set()
    assert {
        t.get_name() for t in asyncio.all_tasks() - before if "lifeline" in t.get_name()
    } == set()
