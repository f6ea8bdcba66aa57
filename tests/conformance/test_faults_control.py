"""Faults from outside: scenarios and single faults over the control endpoint, and their account."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from offline.gemini import control
from offline.gemini.server import Service
from tests.conformance.clients import Raw, Script, call, call_ids, raw, silence, tool, tools
from tests.conformance.test_faults_connection import dropped
from tests.conformance.test_h_lifetime import handle_of

RULE = 'story = "A test."\n[[on]]\nconnection = 1\nwhen = "user types"\ndo = "reset"\n'


@pytest.fixture
async def http(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        control.serve(service, token="t") as url,
        aiohttp.ClientSession(url, headers={"Authorization": "Bearer t"}) as session,
    ):
        yield session


async def test_a_scenario_begins_in_the_middle_of_a_call(
    http: aiohttp.ClientSession, client: Raw
) -> None:
    await client.setup()
    answer = await http.post("/scenario", json={"toml": RULE})
    assert await answer.json() == {"name": "scenario", "rules": 1}
    await client.say(("user", "hello"))
    await dropped(client)
    [report] = await (await http.get("/sessions")).json()
    [fault] = report["faults"]
    assert (fault["number"], fault["do"]) == (1, "reset")
    assert report["opened"] < fault["at"] <= report["closed"]


async def test_a_scenario_ends(http: aiohttp.ClientSession, service: Service, client: Raw) -> None:
    await http.post("/scenario", json={"toml": RULE + "[temper]\nthink_ms = 7"})
    assert service.temper.think_ms == 7
    assert await (await http.post("/scenario", json={})).json() == {"name": None, "rules": 0}
    assert service.temper.think_ms == 0
    await client.setup()
    await client.say(("user", "hello"))
    await client.turn()


async def test_a_scenario_begins_by_name(http: aiohttp.ClientSession) -> None:
    answer = await http.post("/scenario", json={"name": "server-hiccups"})
    assert (await answer.json())["name"] == "server-hiccups"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"name": "nowhere"}, "no scenario 'nowhere'"),
        ({"toml": RULE + "x = 1"}, "scenario:6: 'reset' does not take 'x'"),
        ({"file": "x"}, 'say {"name": ...}'),
        ([], "the body must be a JSON object"),
    ],
)
async def test_says_what_is_wrong_with_a_scenario(
    http: aiohttp.ClientSession, body: object, says: str
) -> None:
    answer = await http.post("/scenario", json=body)
    assert answer.status == 400
    assert says in await answer.text()


async def test_a_fault_is_done_now(http: aiohttp.ClientSession, service: Service) -> None:
    async with raw(service) as first, raw(service) as second:
        await first.setup()
        await second.setup()
        asked = {"do": "close", "session": 0, "code": 1008}
        answer = await http.post("/fault", json=asked)
        assert (await answer.json())["reason"] == "Internal error encountered."
        assert await first.closed() == (1008, "Internal error encountered.")
        await http.post("/fault", json={"do": "reset"})
        await dropped(second)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"do": "nothing"}, 400, "unknown fault 'nothing'"),
        ({"do": "refuse"}, 400, "can only be done by a scenario"),
        ({"do": "reset", "session": 9}, 404, "no such session is open"),
        ({"do": "reset"}, 404, "no such session is open"),
    ],
)
async def test_says_why_a_fault_cannot_be_done(
    http: aiohttp.ClientSession, body: object, status: int, says: str
) -> None:
    answer = await http.post("/fault", json=body)
    assert answer.status == status
    assert says in await answer.text()


async def conversations(http: aiohttp.ClientSession) -> list[dict[str, object]]:
    found = await (await http.get("/conversations")).json()
    assert isinstance(found, list)
    return found


async def test_a_conversation_is_counted_over_its_connections(
    http: aiohttp.ClientSession, service: Service, script: Script
) -> None:
    script.answers["time"] = (call(),)
    declared = tools(tool())
    async with raw(service) as client:
        handle = await handle_of(client)
        await client.audio(silence(1.0))
        await client.say(("user", "hello"))
        await client.turn()
    async with raw(service) as client:
        await client.setup(tools=declared, sessionResumption={"handle": handle})
        await client.next()
        await client.audio(silence(0.5))
        await client.say(("user", "time"))
        [id_] = call_ids((await client.turn())[0])
        await client.respond(id_, id_)
        await client.turn()
    async with raw(service) as client:
        await client.setup()
    first, second = await conversations(http)
    assert (first["connections"], second["connections"]) == ([0, 1], [2])
    assert first["samples"] == first["audio_clock"] == 24_000
    history = first["history"]
    assert isinstance(history, list)
    assert [(turn["id"], turn["connection"]) for turn in history] == [
        (1, 0),
        (2, 0),
        (3, 1),
        (4, 1),
    ]
    assert (first["sent_twice"], first["unanswered"]) == (0, [])
    assert first["answered_twice"] == [id_]


async def test_history_that_is_sent_again_is_counted(
    http: aiohttp.ClientSession, service: Service
) -> None:
    async with raw(service) as client:
        handle = await handle_of(client)
        await client.say(("user", "hello"))
        await client.turn()
        await client.say(("user", "hello"))
        await client.turn()
    async with raw(service) as client:
        await client.setup(sessionResumption={"handle": handle})
        again = [("user", "hello"), ("model", "All is well"), ("user", "something new")]
        await client.say(*again, final=False)
        await client.say(("user", "go on"))
        await client.turn()
    [found] = await conversations(http)
    history = found["history"]
    assert isinstance(history, list)
    assert [turn["again"] for turn in history] == [*[None] * 4, 1, 2, None, None, None]
    assert found["sent_twice"] == 2


async def test_the_program_plays_a_scenario_from_any_folder(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "offline.gemini", "--scenario"]
    pipe = asyncio.subprocess.PIPE
    env = {**os.environ, "PYTHONPATH": root}
    program = await asyncio.create_subprocess_exec(
        *command, "wrong-key", cwd=tmp_path, env=env, stdout=pipe
    )
    assert program.stdout is not None
    assert "url" in json.loads(await program.stdout.readline())
    program.terminate()
    assert await program.wait() == 0


async def test_the_program_says_in_one_line_what_is_wrong_with_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('story = "A test."\n[[on]]\nwhen = "ready"\ndo = "nothing"\n')
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "offline.gemini", "--scenario", str(path)), stderr=pipe
    )
    _, errors = await program.communicate()
    assert program.returncode == 2
    assert errors.startswith(b"offline.gemini: mine.toml:4: unknown fault 'nothing'")
    assert errors.count(b"\n") == 1
