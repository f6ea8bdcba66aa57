"""Faults of connections that never come about: refused, not set up, not resumed."""

from __future__ import annotations

import json

import pytest
from google.genai import errors
from websockets.exceptions import InvalidStatus

from offline.gemini.scenario import parse
from offline.gemini.server import Service
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    Message,
    Raw,
    genai_client,
    kinds,
    quiet,
    raw,
)
from tests.conformance.test_faults_connection import play
from tests.conformance.test_h_lifetime import INTERNAL, handle_of

READY: Message = {"setupComplete": {}}


QUOTA = "You exceeded your current quota, please check your plan and billing details."


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
async def test_fault_04_a_status_instead_of_the_upgrade(service: Service, status: int) -> None:
    play(service, f'connection = 1\nwhen = "connecting"\ndo = "refuse"\nstatus = {status}')
    with pytest.raises(InvalidStatus) as caught:
        async with raw(service):
            pass
    assert caught.value.response.status_code == status
    assert json.loads(caught.value.response.body)["error"]["code"] == status
    assert service.accounts[0].refused == status
    async with raw(service) as client:
        assert await client.setup() == READY


async def test_fault_05_setup_is_never_complete(service: Service, client: Raw) -> None:
    play(service, 'when = "setting up"\ndo = "no setupComplete"')
    await client.send(setup={"model": MODEL})
    await quiet(client, 0.05)
    await (await client.socket.ping())


async def test_fault_06_setup_takes_its_time(service: Service, client: Raw) -> None:
    play(service, 'when = "setting up"\ndo = "slow setupComplete"\nseconds = 0.05')
    assert await client.setup() == READY
    account = service.accounts[0]
    assert account.at("setup_complete")[0] - account.at("setup")[0] >= 0.05


async def resume(service: Service, rule: str, handle: str) -> tuple[int, str]:
    async with raw(service) as client:
        play(service, f"connection = 2\n{rule}")
        async with raw(service) as second:
            resumption = {"handle": handle}
            await second.send(setup={"model": MODEL, "sessionResumption": resumption})
            return await second.closed()
    assert client


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1007, "Invalid session handle"),
        (1008, "BidiGenerateContent session not found"),
        (1011, "Internal error encountered."),
    ],
)
async def test_fault_16_a_good_handle_is_refused(service: Service, code: int, reason: str) -> None:
    async with raw(service) as client:
        handle = await handle_of(client)
    rule = f'when = "resuming"\ndo = "refuse the handle"\ncode = {code}'
    assert await resume(service, rule, handle) == (code, reason)
    assert not service.accounts[-1].at("setup_complete")


async def test_fault_16_a_refusal_takes_its_time(service: Service) -> None:
    async with raw(service) as client:
        handle = await handle_of(client)
    rule = 'when = "resuming"\ndo = "refuse the handle"\ncode = 1011\ndelay = 0.05'
    assert await resume(service, rule, handle) == INTERNAL
    account = service.accounts[-1]
    assert account.at("close")[0] - account.opened >= 0.05


async def test_fault_16_a_setup_without_a_handle_is_not_refused(
    service: Service, client: Raw
) -> None:
    play(service, 'when = "resuming"\ndo = "refuse the handle"')
    assert await client.setup(sessionResumption={}) == READY


@pytest.mark.parametrize("model", [MODEL, MODEL_25])
async def test_fault_16_no_handle_ever(service: Service, client: Raw, model: str) -> None:
    play(service, 'when = "setting up"\ndo = "no handle"')
    await client.setup(model, sessionResumption={})
    await client.say(("user", "hello"))
    assert "sessionResumptionUpdate" not in kinds(await client.turn())


async def test_fault_16_a_session_that_cannot_be_resumed(service: Service, client: Raw) -> None:
    play(service, 'when = "setting up"\ndo = "no handle"\nsay_so = true')
    await client.setup(sessionResumption={})
    assert await client.next() == {"sessionResumptionUpdate": {"resumable": False}}


async def test_fault_16_refused_while_the_old_socket_is_open(service: Service) -> None:
    service.play(parse('story = "A test."\n[temper]\nrefuse_early_resume = true\nrefusal_ms = 0'))
    async with raw(service) as first:
        handle = await handle_of(first)
        async with raw(service) as second:
            resumption = {"handle": handle}
            await second.send(setup={"model": MODEL, "sessionResumption": resumption})
            assert await second.closed() == INTERNAL


@pytest.mark.parametrize("when", ["setting up", "user types"])
async def test_fault_17_the_quota_is_used_up(service: Service, client: Raw, when: str) -> None:
    play(service, f'when = "{when}"\ndo = "quota"')
    await client.send(setup={"model": MODEL})
    await client.say(("user", "hello"))
    assert await client.closed() == (1011, QUOTA)
    assert bool(service.accounts[0].at("setup_complete")) is (when == "user types")


@pytest.mark.parametrize(
    ("do", "code", "says"),
    [
        ("no such model", 1008, f"{MODEL} is not found for API version v1"),
        ("bad key", 1007, "API key not valid. Please pass a valid API key."),
        ("wrong place", 1007, "User location is not supported for the API use."),
    ],
)
async def test_fault_18_what_is_wrong_with_the_configuration(
    service: Service, do: str, code: int, says: str
) -> None:
    play(service, f'when = "setting up"\ndo = "{do}"')
    with pytest.raises(errors.APIError) as caught:
        async with genai_client(service).aio.live.connect(model=MODEL):
            pass
    assert caught.value.code == code
    assert says in str(caught.value)


async def test_fault_23_one_session_too_many(service: Service) -> None:
    play(service, 'connection = 2\nwhen = "setting up"\ndo = "full house"')
    async with raw(service) as first, raw(service) as second:
        assert await first.setup() == READY
        await second.send(setup={"model": MODEL})
        assert await second.closed() == (1011, QUOTA)
