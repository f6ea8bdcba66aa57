"""The page's server as browsers and other clients meet it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from aiohttp import ClientResponse

from frontend.build import ASK_AGAIN
from frontend.server import TOKEN_PATH
from tests.frontend.settings import CODE, ENV, SECRET
from tests.frontend.visiting import visiting

ROOT = Path(__file__).parents[2]


async def granted(answer: ClientResponse) -> dict[str, object]:
    assert answer.status == 201
    token = (await answer.json())["participant_token"]
    claims: dict[str, object] = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims


async def test_answers_in_livekits_standard_format() -> None:
    async with visiting() as visitor:
        answer = await visitor.ask({"participant_name": "Ann"})
        assert answer.status == 201
        found = await answer.json()
    assert set(found) == {"server_url", "participant_token"}
    assert found["server_url"] == "wss://live.example.org"


async def test_grants_one_room_and_no_more_than_a_caller_needs() -> None:
    async with visiting() as visitor:
        claims = await granted(await visitor.ask({"participant_name": "Ann"}))
    grants = claims["video"]
    assert isinstance(grants, dict)
    assert grants.pop("room").startswith("room-")
    assert grants == {
        "roomJoin": True,
        "canPublish": True,
        "canPublishSources": ["microphone", "camera", "screen_share"],
        "canPublishData": True,
        "canSubscribe": True,
        "canUpdateOwnMetadata": False,
    }
    assert claims["name"] == "Ann"


async def test_a_token_is_good_for_joining_within_ten_minutes() -> None:
    async with visiting() as visitor:
        claims = await granted(await visitor.ask())
    assert int(str(claims["exp"])) - int(str(claims["nbf"])) == 600


async def test_no_two_visitors_share_a_room_or_an_identity() -> None:
    async with visiting() as visitor:
        first, second = await granted(await visitor.ask()), await granted(await visitor.ask())
    assert first["sub"] != second["sub"]
    assert first["video"] != second["video"]


async def test_dispatches_the_agent_on_the_list() -> None:
    async with visiting(PAGE_AGENTS="sightline") as visitor:
        claims = await granted(await visitor.ask())
    assert claims["roomConfig"] == {"agents": [{"agentName": "sightline"}]}


async def test_passes_no_room_config_on() -> None:
    config = {"max_participants": 99, "metadata": "x", "egress": {}}
    async with visiting() as visitor:
        claims = await granted(await visitor.ask({"room_config": config}))
    assert "roomConfig" not in claims


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_takes_no_other_method(method: str) -> None:
    async with visiting() as visitor:
        answer = await visitor.client.request(method, TOKEN_PATH)
        assert answer.status in (404, 405)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_takes_json_alone(kind: str) -> None:
    async with visiting() as visitor:
        answer = await visitor.client.post(TOKEN_PATH, data=b"{}", headers={"Content-Type": kind})
        assert answer.status == 415


async def test_takes_no_body_of_more_than_16_kb() -> None:
    async with visiting() as visitor:
        answer = await visitor.ask({"participant_metadata": "x" * 17_000})
        assert answer.status == 413


@pytest.mark.parametrize("body", [{"room_name": "../x"}, {"unknown": 1}, {"room_name": 1}])
async def test_refuses_without_detail(body: dict[str, object]) -> None:
    async with visiting() as visitor:
        answer = await visitor.ask(body)
        assert (answer.status, await answer.read()) == (400, b"")


async def test_nothing_about_tokens_is_kept_by_caches() -> None:
    async with visiting() as visitor:
        for body in ({}, {"unknown": 1}):
            assert (await visitor.ask(body)).headers["Cache-Control"] == "no-store"


async def test_serves_the_page_with_a_policy_for_this_livekit_server() -> None:
    async with visiting() as visitor:
        answer = await visitor.client.get("/")
        body = await answer.read()
    assert (answer.status, body) == (200, b"<p>")
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' wss://live.example.org https://live.example.org;" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == ASK_AGAIN


async def test_says_not_modified_to_those_who_have_it() -> None:
    async with visiting() as visitor:
        answer = await visitor.client.get("/", headers={"If-None-Match": '"1"'})
    assert answer.status == 304


async def test_health_says_that_it_runs() -> None:
    async with visiting() as visitor:
        assert await (await visitor.client.get("/health")).text() == "ok"


@pytest.mark.parametrize("path", ["/nothing", "/../settings.py", "/%2e%2e/x", "/assets/../../x"])
async def test_has_nothing_else(path: str) -> None:
    async with visiting() as visitor:
        answer = await visitor.client.get(path)
    assert answer.status == 404
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_logs_neither_names_nor_tokens(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
            await visitor.ask({"participant_name": "Ann"}, Authorization=f"Bearer {CODE}")
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "token granted" in said
    assert not [word for word in ("Ann", CODE, SECRET, "eyJ") if word in said]


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = ENV | {"PAGE_PORT": str(taken.getsockname()[1]), "PAGE_FOLDER": str(tmp_path)}
        command = [sys.executable, "-m", "frontend.server"]
        ran = subprocess.run(
            command,
            env=env | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1].startswith("PAGE_PORT: 127.0.0.1:")
    assert "Traceback" not in ran.stderr
