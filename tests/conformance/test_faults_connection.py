"""Faults of connections as a client meets them: refused, reset, closed, gone silent."""

from __future__ import annotations

import asyncio
import random

import psutil
import pytest
from websockets.exceptions import ConnectionClosedError

from offline.gemini.scenario import parse
from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    INVALID,
    MODEL,
    Raw,
    Script,
    call,
    picture,
    quiet,
    raw,
    silence,
    sound,
    tone,
    tool,
    tools,
)
from tests.conformance.test_h_lifetime import DEADLINE


def play(service: Service, *rules: str) -> None:
    """Let the service play a scenario of these rules."""
    tables = "\n".join(f"[[on]]\n{rule}" for rule in rules)
    service.play(parse(f'story = "A test."\n{tables}'))


def done(service: Service, session: int = 0) -> list[object]:
    """Return the words of the faults that were done."""
    return [fault["do"] for fault in service.accounts[session].faults]


async def dropped(client: Raw) -> BaseException | None:
    """Read until the connection is gone without a close frame; return what the client saw."""
    with pytest.raises(ConnectionClosedError) as caught:
        await client.until(lambda _: False)
    assert client.socket.close_code == 1006
    return caught.value.__cause__


async def provoke(client: Raw, script: Script, when: str) -> None:
    """Bring a connection to the moment at which it is dropped."""
    await client.send(setup={"model": MODEL, "tools": tools(tool())})
    if when == "user speaks":
        await client.audio(tone(0.2))
    elif when in ("agent speaks", "tool is called", "user types"):
        script.answers["time"] = (call(),)
        await client.say(("user", "time" if when == "tool is called" else "hello"))


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ("setting up", ""),
        ("ready", ""),
        ("quiet", "after = 0.02"),
        ("user speaks", ""),
        ("user types", ""),
        ("agent speaks", "spoken = 0.05"),
        ("tool is called", ""),
    ],
)
async def test_fault_01_the_connection_is_reset(
    service: Service, client: Raw, script: Script, when: str, more: str
) -> None:
    play(service, f'when = "{when}"\n{more}\ndo = "reset"')
    await provoke(client, script, when)
    assert isinstance(await dropped(client), ConnectionResetError)
    assert done(service) == ["reset"]
    assert not service.accounts[0].at("close")


async def test_fault_01_the_next_connection_is_another_matter(service: Service) -> None:
    play(service, 'connection = 2\nwhen = "ready"\ndo = "reset"')
    for ends in (False, True, False):
        async with raw(service) as client:
            await client.setup()
            if ends:
                await dropped(client)
            else:
                await quiet(client)
    assert [len(account.faults) for account in service.accounts] == [0, 1, 0]


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1008, "No."), (4321, "x" * 200)])
async def test_fault_02_a_close_with_any_code_and_reason(
    service: Service, client: Raw, code: int, reason: str
) -> None:
    play(service, f'when = "ready"\ndo = "close"\ncode = {code}\nreason = "{reason}"')
    await client.setup()
    assert await client.closed() == (code, reason[:123])


async def go_away(service: Service, client: Raw, then: str, time_left: float = 0.2) -> None:
    rule = f'when = "ready"\ndo = "go away"\ntime_left = {time_left}\nthen = "{then}"'
    play(service, rule)
    await client.setup()
    assert await client.next() == {"goAway": {"timeLeft": f"{time_left}s"}}
    await client.say(("user", "hello"))


@pytest.mark.parametrize(("then", "time_left"), [("close on time", 0.2), ("close early", 0.6)])
async def test_fault_03_a_close_that_was_announced(
    service: Service, client: Raw, then: str, time_left: float
) -> None:
    await go_away(service, client, then, time_left)
    assert sound([await client.next()])
    assert await client.closed() == DEADLINE
    account = service.accounts[0]
    lasted = account.at("close")[0] - account.at("go_away")[0]
    assert (lasted >= time_left) is (then == "close on time")


async def test_fault_03_silence_after_the_announcement(service: Service, client: Raw) -> None:
    await go_away(service, client, "fall silent")
    await quiet(client, 0.05)
    await (await client.socket.ping())
    assert service.accounts[0].at("first_audio")
    assert not service.accounts[0].at("close")


async def test_fault_03_an_announcement_that_is_not_kept(service: Service, client: Raw) -> None:
    await go_away(service, client, "stay")
    await client.turn()
    await quiet(client, 0.15)


async def test_fault_21_no_pongs(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "no pongs"')
    await client.setup()
    await client.say(("user", "hello"))
    await client.turn()
    waiter = await client.socket.ping()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiter, 0.05)
    await client.say(("user", "still there?"))
    assert sound(await client.turn())


async def test_fault_21_slow_pongs_for_a_while(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "no pongs"\nlate = 0.35\nseconds = 0.3')
    await client.setup()
    assert await (await client.socket.ping()) >= 0.35
    assert await (await client.socket.ping()) < 0.35


async def test_fault_21_a_keepalive_ends_a_connection_without_pongs(service: Service) -> None:
    play(service, 'when = "setting up"\ndo = "no pongs"')
    async with raw(service, ping_interval=0.02, ping_timeout=0.03) as client:
        await client.setup()
        with pytest.raises(ConnectionClosedError) as caught:
            await client.next()
        assert str(caught.value.sent) == "1011 (internal error) keepalive ping timeout"


async def test_fault_24_the_context_is_full(service: Service, client: Raw) -> None:
    play(service, 'when = "agent is done"\nturn = 2\ndo = "context full"')
    await client.setup()
    await client.say(("user", "hello"))
    await client.turn()
    await client.say(("user", "hello"))
    await client.turn()
    assert await client.closed() == INVALID


async def test_fault_24_the_context_really_fills(service: Service, client: Raw) -> None:
    service.play(parse('story = "A test."\n[temper]\ncontext_window = 500'))
    await client.setup()
    for _ in range(3):
        await client.say(("user", "many words " * 100))
    assert await client.closed() == INVALID


async def test_fault_26_the_service_stops_reading(service: Service) -> None:
    play(service, 'when = "ready"\ndo = "stop reading"\nseconds = 0.6')
    load = picture() + random.Random(1).randbytes(4 << 20)
    async with raw(service, compression=None) as client:
        await client.setup()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send_pictures(client, load), 0.25)
        assert len(service.accounts[0].frames) == 0
        await client.say(("user", "hello"))
        assert sound(await client.turn())
    assert len(service.accounts[0].frames) >= 1


async def send_pictures(client: Raw, image: bytes) -> None:
    for _ in range(3):
        await client.picture(image)


async def test_fault_26_a_black_hole_says_nothing_at_all(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "black hole"\nseconds = 0.5')
    await client.setup()
    await client.say(("user", "hello"))
    waiter = asyncio.ensure_future(await client.socket.ping())
    await quiet(client, 0.05)
    assert not waiter.done()
    assert sound(await client.turn())
    await waiter


async def test_a_black_hole_does_not_outlive_the_service(script: Script) -> None:
    async with Service.start(senses=script.senses(), temper=INSTANT) as service:
        play(service, 'when = "ready"\ndo = "black hole"')
        async with raw(service) as client:
            await client.setup()
            await quiet(client)
            service.connection(0).reset()  # type: ignore[union-attr]
            assert client.socket.close_code or await client.closed()


async def test_faults_by_time_and_by_bytes(service: Service) -> None:
    play(
        service,
        'connection = 1\nat = 0.03\ndo = "close"\nreason = "time"',
        'connection = 2\nreceived = 3000\ndo = "close"\nreason = "in"',
        'connection = 3\nsent = 5_000\ndo = "close"\nreason = "out"',
    )
    reasons = []
    for _ in range(3):
        async with raw(service) as client:
            await client.setup()
            await client.audio(silence(0.1))
            await client.say(("user", "hello"))
            reasons.append((await client.closed())[1])
    assert reasons == ["time", "in", "out"]
    account = service.accounts[0]
    assert account.at("close")[0] - account.at("setup_complete")[0] >= 0.03


async def test_faults_leave_nothing_behind(service: Service) -> None:
    play(
        service, 'when = "agent speaks"\ndo = "reset"', 'when = "ready"\ndo = "no pongs"\nlate = 9'
    )
    counts = []
    for _ in range(20):
        async with raw(service) as client:
            await client.setup()
            await client.socket.ping()
            await client.say(("user", "hello"))
            await dropped(client)
        for _ in range(200):
            if service.newest() is not None:
                await asyncio.sleep(0.005)
        counts.append((len(asyncio.all_tasks()), psutil.Process().num_fds()))
    assert counts[-1] == counts[4]
    assert all(account.on_note is None for account in service.accounts)
