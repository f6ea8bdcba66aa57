"""Section A: TLS, paths, keys, frames, closes."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import replace

import pytest
from google import genai
from google.genai import errors
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus

from offline.gemini.mind import STORY
from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Say
from tests.conformance.clients import (
    DEV,
    DEV_V1,
    KEY,
    MODEL,
    MODEL_VERTEX,
    VERTEX,
    Raw,
    Script,
    content,
    genai_client,
    parts,
    raw,
)
from tests.conformance.tokens import create_token


async def test_item_01_google_genai_connects_over_tls(service: Service) -> None:
    async with genai_client(service).aio.live.connect(model="gemini-3.8-live") as session:
        assert session.session_id is None
    assert service.accounts[0].model == MODEL


async def test_item_01_two_variables_are_all_the_pointing_it_needs(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(service.ca_file))
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", service.url)
    async with genai.Client(api_key="offline").aio.live.connect(model="gemini-3.8-live"):
        pass
    assert service.accounts[0].path.endswith("v1.GenerativeService.BidiGenerateContent")


async def test_item_01_the_certificate_is_good_for_localhost(service: Service) -> None:
    service.url = service.url.replace("127.0.0.1", "localhost")
    async with raw(service) as client:
        assert await client.setup() == {"setupComplete": {}}


async def test_item_01_plain_websockets_do_not_get_in(service: Service) -> None:
    with pytest.raises((OSError, InvalidHandshake)):
        await connect(service.url.replace("https", "ws") + DEV_V1, proxy=None, open_timeout=1)


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
@pytest.mark.parametrize("slashes", ["", "/"])
async def test_item_02_versions_and_slashes(service: Service, version: str, slashes: str) -> None:
    async with raw(service, slashes + DEV.format(version)) as client:
        assert await client.setup() == {"setupComplete": {}}


@pytest.mark.parametrize("way", ["query", "header"])
async def test_item_03_a_token_opens_the_constrained_method(service: Service, way: str) -> None:
    token = await create_token(service)
    path = f"{DEV.format('v1alpha')}Constrained"
    query = f"?access_token={token}" if way == "query" else ""
    headers = {"Authorization": f"Token {token}"} if way == "header" else {}
    async with raw(service, path + query, headers) as client:
        assert await client.setup() == {"setupComplete": {}}


async def test_item_03_without_a_token_the_constrained_method_is_refused(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with raw(service, f"{DEV.format('v1alpha')}Constrained"):
            pass
    assert refused.value.response.status_code == 401


@pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental")
async def test_item_03_google_genai_connects_with_a_token(service: Service) -> None:
    client = genai_client(service, key=await create_token(service), version="v1alpha")
    async with client.aio.live.connect(model="gemini-3.8-live"):
        pass
    assert service.accounts[0].path.endswith("Constrained")


async def test_item_03_a_token_does_not_open_the_plain_method(service: Service) -> None:
    headers = {"Authorization": f"Token {await create_token(service)}"}
    async with raw(service, headers=headers) as client:
        await client.send(setup={"model": MODEL})
        code, reason = await client.closed()
    assert code == 1008
    assert reason.startswith("Method doesn't allow unregistered callers")


async def test_item_04_vertex_has_its_own_fields(service: Service) -> None:
    async with raw(service, VERTEX, {"Authorization": "Bearer t"}) as client:
        ready = await client.setup(MODEL_VERTEX)
        await client.say(("user", "hello"))
        messages = await client.turn()
    assert isinstance(ready["setupComplete"], dict)
    assert ready["setupComplete"]["sessionId"]
    assert content(messages[0])["modelTurn"]["role"] == "model"  # type: ignore[index]
    assert parts(messages)[0]["inlineData"]["mimeType"] == "audio/pcm"  # type: ignore[index]
    usage = messages[-1]["usageMetadata"]
    assert isinstance(usage, dict)
    assert {"candidatesTokenCount", "candidatesTokensDetails"} < usage.keys()


async def test_item_05_an_unknown_path_is_not_found(service: Service) -> None:
    client = genai_client(service, version="v9")
    with pytest.raises(InvalidStatus, match="HTTP 404"):
        async with client.aio.live.connect(model="gemini-3.8-live"):
            pass


@pytest.mark.parametrize(
    ("query", "headers"), [("", KEY), ("?key=offline", {})], ids=["header", "query"]
)
async def test_item_06_a_key_lets_in(service: Service, query: str, headers: dict[str, str]) -> None:
    async with raw(service, DEV_V1 + query, headers) as client:
        assert await client.setup() == {"setupComplete": {}}


@pytest.mark.parametrize("key", ["", "wrong", "auth_tokens/x"])
async def test_item_06_no_key_or_a_bad_one_closes_after_the_upgrade(
    service: Service, key: str
) -> None:
    service.temper = replace(INSTANT, api_key="right")
    async with raw(service, headers={"x-goog-api-key": key} if key else {}) as client:
        await client.send(setup={"model": MODEL})
        assert await client.closed() == (1007, "API key not valid. Please pass a valid API key.")


async def test_item_06_google_genai_shows_a_refused_key_as_an_api_error(service: Service) -> None:
    service.temper = replace(INSTANT, api_key="right")
    with pytest.raises(errors.APIError, match="API key not valid") as refused:
        async with genai_client(service, key="wrong").aio.live.connect(model="gemini-3.8-live"):
            pass
    assert refused.value.code == 1007


@pytest.mark.parametrize("binary", [False, True])
async def test_item_07_reads_text_and_binary_and_sends_binary(client: Raw, binary: bool) -> None:
    setup = json.dumps({"setup": {"model": MODEL}})
    await client.socket.send(setup.encode() if binary else setup)
    assert isinstance(await client.socket.recv(), bytes)


async def test_item_07_can_send_text_frames(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, text_frames=True)
    await client.send(setup={"model": MODEL})
    assert await client.socket.recv() == '{\n  "setupComplete": {}\n}\n'


@pytest.mark.parametrize(
    ("compact", "body"),
    [(False, b'{\n  "setupComplete": {}\n}\n'), (True, b'{"setupComplete":{}}')],
)
async def test_item_08_json_is_indented_unless_told_otherwise(
    service: Service, client: Raw, compact: bool, body: bytes
) -> None:
    service.temper = replace(INSTANT, compact=compact)
    await client.send(setup={"model": MODEL})
    assert await client.socket.recv() == body


async def test_item_09_answers_pings_and_sends_none(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "websockets.client")
    async with raw(service) as client:
        await client.setup()
        await (await client.socket.ping())
        await client.say(("user", "hello"))
        await client.turn()
    assert "< PONG" in caplog.text
    assert "< PING" not in caplog.text


@pytest.mark.parametrize("deflate", [True, False])
async def test_item_10_negotiates_or_declines_deflate(service: Service, deflate: bool) -> None:
    service.temper = replace(INSTANT, deflate=deflate)
    async with raw(service) as client:
        response = client.socket.response
        assert response is not None
        offered = response.headers.get("Sec-WebSocket-Extensions", "")
        assert ("permessage-deflate" in offered) is deflate
        assert await client.setup() == {"setupComplete": {}}


async def test_item_11_frames_stay_below_64_kib(
    service: Service, client: Raw, script: Script
) -> None:
    script.answers["story"] = (Say(text=STORY),)
    script.word_ms = 300
    await client.setup(outputAudioTranscription={})
    await client.say(("user", "story"))
    frames = [await client.socket.recv(decode=False)]
    while b"generationComplete" not in frames[-1]:
        frames.append(await client.socket.recv(decode=False))
    assert 16_000 < max(map(len, frames)) < 65_536


async def test_item_12_accepts_seven_mebibytes(service: Service, client: Raw) -> None:
    await client.setup()
    image = b"\xff\xd8" + bytes(7 << 20)
    assert len(base64.b64encode(image)) > 7 << 20
    await client.picture(image)
    await client.say(("user", "hello"))
    await client.turn()
    assert service.accounts[0].frames[0].size == len(image)


async def test_item_13_close_reasons_fit_into_a_close_frame(client: Raw) -> None:
    await client.send(setup={"model": "models/" + "ü" * 200})
    code, reason = await client.closed()
    assert code == 1008
    assert reason.startswith("models/ü")
    assert 120 < len(reason.encode()) <= 123


@pytest.mark.parametrize("code", [1000, 1001, 1011, None])
async def test_item_14_a_goodbye_or_a_reset_keeps_the_session(
    service: Service, code: int | None
) -> None:
    async with raw(service) as client:
        await client.setup(sessionResumption={})
        update = (await client.next())["sessionResumptionUpdate"]
        assert isinstance(update, dict)
        await client.say(("user", "remember me"), final=False)
        if code is None:
            client.socket.transport.abort()
        else:
            await client.socket.close(code)
    async with raw(service) as client:
        resume = {"handle": update["newHandle"]}
        assert await client.setup(sessionResumption=resume) == {"setupComplete": {}}
        await client.say(("user", "and now"))
        usage = (await client.turn())[-1]["usageMetadata"]
    assert isinstance(usage, dict)
    assert usage["promptTokenCount"] >= 5


async def test_item_15_connections_do_not_know_each_other(service: Service, script: Script) -> None:
    async with raw(service) as one, raw(service) as other:
        await one.setup()
        await other.setup()
        await one.say(("user", "hello"))
        await one.turn()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other.next(), 0.02)
    assert [len(account.turns) for account in service.accounts] == [2, 0]


async def test_item_15_one_too_many_gets_the_quota_error(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, max_sessions=1)
    await client.setup()
    async with raw(service) as other:
        await other.send(setup={"model": MODEL})
        code, reason = await other.closed()
    assert code == 1011
    assert reason.startswith("You exceeded your current quota")
