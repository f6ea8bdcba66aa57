"""The connection, against the stand-in and against services that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import trustme
from google.genai import types
from websockets.asyncio.server import ServerConnection, serve

from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.slips import CancelCalls
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Call, Prompt, Say
from tests.live.line import CONFIG, MODEL, TEN_MS, Diary, ask, drop, lifeline_to
from tests.live.service import LOUD_10MS, SENSES, SILENT_10MS, standin, until
from worker.errors import ConnectionRefused
from worker.gemini.bounds import Bounds
from worker.gemini.failures import Kind
from worker.gemini.moves import State
from worker.gemini.session import LiveSession

GET_TIME = types.FunctionDeclaration(name="get_time", description="Tell the time.")
WITH_TOOL = CONFIG.model_copy(update={"tools": [types.Tool(function_declarations=[GET_TIME])]})


def call_time(prompt: Prompt) -> Actions:
    """A mind that asks for the time before it answers."""
    if prompt.results:
        return (Say(text="Noon."),)
    return (Call(name="get_time", args={}),)


async def received(session: LiveSession) -> Exception | None:
    """Receive until the lifeline gives up; return why."""
    try:
        async with asyncio.timeout(3):
            async for _ in session.receive():
                pass
    except ConnectionRefused as error:
        return error
    return None


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
            await until(lambda: service.accounts and service.accounts[0].samples == 50 * 160)
        await lifeline.aclose()
    assert len(diary.connected) == 1
    assert diary.told == []


async def test_what_was_said_before_the_connection_is_not_lost() -> None:
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        for _ in range(20):
            lifeline.hear(TEN_MS)
        async with lifeline.connect(model=MODEL, config=CONFIG):
            await until(lambda: service.accounts and service.accounts[0].samples == 20 * 160)
        await lifeline.aclose()


async def test_an_observer_that_fails_costs_no_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    diary = Diary()

    def fail(*_: object) -> None:
        raise ValueError("a fault of the observer")

    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        lifeline.listeners.append(fail)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await ask(session, "Hello.")
        await lifeline.aclose()
    assert len(diary.connected) == len(service.accounts) == 1
    assert "an observer of the connection failed" in caplog.text


async def test_a_connection_that_nobody_writes_to_is_given_up_for_another() -> None:
    def fail(written: int) -> None:
        lifeline.mail.on_written = lambda _: None
        raise KeyError(written)

    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        lifeline.mail.on_written = fail
        async with lifeline.connect(model=MODEL, config=CONFIG):
            lifeline.hear(TEN_MS)
            await until(lambda: len(diary.connected) == 2)
            lifeline.hear(TEN_MS)
            await until(lambda: service.accounts[-1].samples >= 160)
        await lifeline.aclose()


async def test_a_service_that_never_completes_the_setup_is_given_up() -> None:
    diary = Diary()
    async with mute_service() as (url, tls):
        bounds = Bounds(setup=0.2, patience=0.5, tell=0.1)
        lifeline = lifeline_to(url, tls, diary, bounds=bounds)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            refusal = await received(session)
        await lifeline.aclose()
    assert isinstance(refusal, ConnectionRefused)
    assert len(diary.refused) == 1
    assert [level for level, _ in diary.told] == ["warning"]


async def test_a_wrong_key_is_refused_at_once_with_words() -> None:
    diary = Diary()
    async with standin(api_key="another") as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            refusal = await received(session)
        with pytest.raises(ConnectionRefused):
            async with lifeline.connect(model=MODEL, config=CONFIG):
                pass
        await lifeline.aclose()
    assert isinstance(refusal, ConnectionRefused)
    assert "GOOGLE_API_KEY" in refusal.operator
    assert [cause and cause.kind for cause in diary.lost] == [Kind.CONFIGURATION]
    assert diary.connected == []
    assert "AIzaTest" not in str(refusal)
    assert len(service.accounts) == 1


async def test_a_certificate_nobody_trusts_is_refused_at_once() -> None:
    async with standin() as (service, _):
        lifeline = lifeline_to(service.url, ssl.create_default_context(), Diary())
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            refusal = await received(session)
        await lifeline.aclose()
    assert "certificate" in str(refusal)


async def test_a_service_that_comes_back_is_reached(unused_tcp_port: int) -> None:
    diary = Diary()
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    lifeline = lifeline_to(f"https://127.0.0.1:{unused_tcp_port}", tls, diary)
    async with lifeline.connect(model=MODEL, config=CONFIG):
        await until(lambda: lifeline.course.state is State.WAITING)
        async with Service.start(senses=SENSES, temper=INSTANT, port=unused_tcp_port):
            await until(lifeline.connected.is_set)
            await lifeline.aclose()
    assert len(diary.connected) == 1


async def test_what_the_service_says_reaches_the_plugin_without_its_housekeeping() -> None:
    seen: list[types.LiveServerMessage] = []
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        lifeline.listeners.append(seen.append)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            messages = await ask(session, "hello?")
        await lifeline.aclose()
    assert any(message.session_resumption_update for message in seen)
    assert not any(message.session_resumption_update for message in messages)
    assert all(message in seen for message in messages)


async def test_a_drop_between_turns_is_resumed_and_the_next_question_answered() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await ask(session, "first")
            await until(lambda: lifeline.course.resumption.handle)
            drop(service)
            await until(lambda: len(diary.connected) == 2)
            messages = await ask(session, "second")
        await lifeline.aclose()
    first, second = service.accounts
    asked = [turn["text"] for turn in second.turns if turn["role"] == "user"]
    assert messages
    assert first.closed is not None
    assert asked.count("first") + asked.count("second") == len(asked) <= 2
    assert diary.refreshed == 1
    assert diary.cuts == 0
    assert [how for _, how in diary.connected] == ["first", "resumed"]
    assert [cause.kind for cause in diary.lost if cause] == [Kind.PASSING]


async def test_a_drop_before_there_is_a_handle_begins_afresh() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        service.temper = replace(INSTANT, handle_ms=60_000)
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG):
            await until(lambda: diary.connected)
            drop(service)
            await until(lambda: len(diary.connected) == 2)
        await lifeline.aclose()
    assert [how for _, how in diary.connected] == ["first", "fresh"]


async def test_a_changed_setup_is_resumed_and_not_begun_again() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await ask(session, "first")
            await until(lambda: lifeline.course.resumption.handle)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await until(lambda: len(diary.connected) == 2)
            await ask(session, "second")
        await lifeline.aclose()
    setups = [account.setup for account in service.accounts]
    assert "handle" in str(setups[1])
    assert diary.lost == [None]


async def test_the_services_own_ear_is_listened_to() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=CONFIG):
            for sound in (LOUD_10MS, SILENT_10MS):
                for _ in range(60):
                    lifeline.hear(sound)
            await until(lambda: diary.speech == [True, False])
        await lifeline.aclose()


async def test_calls_that_the_service_takes_back_are_told_of() -> None:
    diary = Diary()
    async with standin(call_time) as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=WITH_TOOL) as session:
            await ask(session, "what time is it?")
            (connection,) = service._open.values()
            connection.do(CancelCalls())
            await until(lambda: diary.cancelled)
        await lifeline.aclose()
    assert diary.cancelled == [service.accounts[0].tool_calls[0]["id"]]


async def test_nothing_is_left_when_the_lifeline_is_closed() -> None:
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, Diary())
        async with lifeline.connect(model=MODEL, config=CONFIG):
            await until(lifeline.connected.is_set)
        assert lifeline.connected.is_set()
        await lifeline.aclose()
        assert not lifeline.connected.is_set()
    assert {t.get_name() for t in asyncio.all_tasks() if "lifeline" in t.get_name()} == set()
