"""The control endpoint: what tests and the demo read about a running stand-in."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator

import aiohttp
import pytest

from offline.gemini import control
from offline.gemini.server import Service
from tests.conformance.clients import Raw, Script, call, call_ids, picture, tool, tools

TOKEN = "t"


@pytest.fixture
async def http(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        control.serve(service, token=TOKEN) as url,
        aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as session,
    ):
        yield session


async def test_reports_a_conversation(
    http: aiohttp.ClientSession, client: Raw, script: Script
) -> None:
    script.answers["hello there"] = (call(),)
    await client.setup(tools=tools(tool()), outputAudioTranscription={})
    await client.picture(picture())
    await client.speak()
    await client.respond(*call_ids((await client.until(lambda one: "toolCall" in one))[-1]))
    await client.turn()
    await client.turn()
    [report] = await (await http.get("/sessions")).json()
    assert report["model"] == "models/gemini-3.8-live"
    assert report["samples"] == 18_400
    assert report["frames"][0] | {"at": 0, "bytes": 0} == {
        **{"at": 0, "bytes": 0, "early": False},
        **{"width": 64, "height": 48, "mime": "image/jpeg"},
    }
    assert [turn["role"] for turn in report["turns"]] == ["user", "model"]
    assert report["tool_calls"][0]["id"] == report["tool_responses"][0]["id"]
    assert [event["kind"] for event in report["events"]] == [
        *("setup", "setup_complete", "activity_start", "activity_end", "tool_call"),
        *("generation_complete", "turn_complete", "tool_response", "first_audio"),
        *("generation_complete", "turn_complete"),
    ]
    [utterance] = report["utterances"]
    assert utterance["first_loud"] <= utterance["last_loud"] <= utterance["ended"]


async def test_hands_out_pictures_and_speech(http: aiohttp.ClientSession, client: Raw) -> None:
    image = picture()
    await client.setup()
    await client.picture(image)
    await client.say(("user", "hello"))
    await client.turn()
    assert await (await http.get("/sessions/0/frames/0.jpg")).read() == image
    with wave.open(io.BytesIO(await (await http.get("/sessions/0/spoken.wav")).read())) as file:
        assert (file.getframerate(), file.getnframes()) == (24_000, 2880)


@pytest.mark.parametrize("path", ["/sessions/7", "/sessions/0/frames/0.jpg", "/other"])
async def test_what_is_not_there_is_not_found(http: aiohttp.ClientSession, path: str) -> None:
    assert (await http.get(path)).status == 404


async def test_changes_settings_while_it_runs(
    http: aiohttp.ClientSession, service: Service
) -> None:
    assert (await http.post("/set", json={"think_ms": 5, "combine": True})).status == 200
    assert (service.temper.think_ms, service.temper.combine) == (5.0, True)


@pytest.mark.parametrize(
    "values", [{"think_ms": -1}, {"think_ms": "soon"}, {"mood": 1}, {"combine": 1}, [1], "no json"]
)
async def test_names_a_setting_that_does_not_fit(
    http: aiohttp.ClientSession, service: Service, values: object
) -> None:
    before = service.temper
    body = values if isinstance(values, str) else None
    answer = await http.post("/set", data=body, json=None if body else values)
    assert answer.status == 400
    assert service.temper == before


async def test_lets_nobody_in_without_the_token(http: aiohttp.ClientSession) -> None:
    answer = await http.get("/sessions", headers={"Authorization": "Bearer x"})
    assert answer.status == 401
