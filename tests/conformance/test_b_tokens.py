"""Section B, continued: ephemeral tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google import genai
from google.genai import types

from offline.gemini.server import Service
from tests.conformance.clients import (
    DEV,
    MODEL,
    MODEL_SLOW,
    Message,
    Script,
    content,
    genai_client,
    raw,
    tool,
    tools,
)
from tests.conformance.tokens import create_token, post_token

READY: Message = {"setupComplete": {}}


@pytest.mark.parametrize(
    ("mask", "model", "declared"),
    [
        (None, MODEL_SLOW, False),
        ("model", MODEL_SLOW, True),
        ("tools", MODEL, False),
        ("generation_config.temperature", MODEL, True),
    ],
    ids=["replaces", "model", "tools", "nested"],
)
async def test_item_29_a_tokens_setup_goes_over_the_clients(
    service: Service, script: Script, mask: str | None, model: str, declared: bool
) -> None:
    setup = {"model": MODEL_SLOW, "generationConfig": {"temperature": 1}}
    more = {"fieldMask": mask} if mask else {}
    token = await create_token(service, bidiGenerateContentSetup=setup, **more)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.setup(tools=tools(tool()))
        await client.say(("user", "hello"))
        await client.until(
            lambda message: (
                content(message).get("interactionStatus") != "IN_PROGRESS"
                and "turnComplete" in content(message)
            )
        )
    assert service.accounts[0].model == model
    assert bool(script.prompts[0].tools) is declared


async def test_item_30_a_token_is_good_for_its_uses(service: Service) -> None:
    token = await create_token(service, uses=1)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.setup(sessionResumption={})
        update = (await client.next())["sessionResumptionUpdate"]
        assert isinstance(update, dict)
    async with raw(service, path, {}) as client:
        resume = {"handle": update["newHandle"]}
        assert await client.setup(sessionResumption=resume) == READY
    async with raw(service, path, {}) as client:
        await client.send(setup={"model": MODEL})
        assert (await client.closed())[0] == 1008


@pytest.mark.parametrize("field", ["expireTime", "newSessionExpireTime"])
async def test_item_30_a_token_expires(service: Service, field: str) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    token = await create_token(service, **{field: past})
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.send(setup={"model": MODEL})
        assert (await client.closed())[0] == 1008


async def test_item_30_a_token_ends_a_session_that_outlives_it(service: Service) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    token = await create_token(service, expireTime=soon)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        assert await client.setup() == READY
        assert (await client.closed())[0] == 1008


async def test_item_30_no_token_lives_for_a_day(service: Service) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(hours=24)).isoformat()
    status, answer = await post_token(service, expireTime=tomorrow)
    assert status == 400
    assert isinstance(answer["error"], dict)


@pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental")
@pytest.mark.filterwarnings("ignore:The SDK's token creation implementation is experimental")
@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
async def test_item_30_google_genai_makes_tokens(service: Service) -> None:
    client: genai.Client = genai_client(service, version="v1alpha")
    token = await client.aio.auth_tokens.create(config=types.CreateAuthTokenConfig(uses=1))
    assert token.name is not None
    assert token.name.startswith("auth_tokens/")
