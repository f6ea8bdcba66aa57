"""The page's server as browsers and other clients meet it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import jwt
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from frontend.build import ASK_AGAIN, Asset
from frontend.personas import Persona
from frontend.server import BURST, TOKEN_PATH, build_app
from tests.frontend.settings import CODE, ENV, JWT_SECRET, SECRET, settings

ROOT = Path(__file__).parents[2]
SCRIPT = b"let answer = 42;"
ASSETS = {
    "/": Asset(body=b"<p>", packed=None, kind="text/html", etag='"1"', cache=ASK_AGAIN),
    "/assets/a.js": Asset(
        body=SCRIPT, packed=None, kind="text/javascript", etag='"2"', cache="immutable"
    ),
}
TUTOR = Persona(name="tutor", title="Tutor", description="Asks.")


class Visitor:
    """Somebody in front of the server, whose time stands still."""

    def __init__(self, client: TestClient) -> None:  # type: ignore[type-arg]
        self.client = client

    async def ask(self, body: object = None, **headers: str) -> ClientResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(TOKEN_PATH, json=body or {}, headers=sent)


@contextlib.asynccontextmanager
async def visiting(later: float = 0.0, **env: str) -> AsyncIterator[Visitor]:
    app = build_app(
        settings(**env),
        ASSETS,
        personas=[TUTOR],
        clock=lambda: 0.0,
        now=lambda: time.time() + later,
    )
    async with TestClient(TestServer(app)) as client:
        yield Visitor(client)


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


async def test_asks_for_the_access_code() -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        assert (await visitor.ask()).status == 401
        assert (await visitor.ask(Authorization=f"Bearer {CODE}x")).status == 401
        assert (await visitor.ask(Authorization=f"Bearer {CODE}")).status == 201


async def test_counts_requests_of_an_address_right_or_wrong() -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        for _ in range(BURST):
            assert (await visitor.ask()).status == 401
        answer = await visitor.ask(Authorization=f"Bearer {CODE}")
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) > 0


async def test_counts_requests_of_a_user_wherever_they_come_from() -> None:
    token = jwt.encode({"sub": "ann", "exp": 1e10}, JWT_SECRET, algorithm="HS256")
    async with visiting(PAGE_JWT_SECRET=JWT_SECRET, PAGE_BEHIND_PROXY="on") as visitor:
        statuses = [
            (await visitor.ask(Authorization=f"Bearer {token}", X_Forwarded_For=str(n))).status
            for n in range(BURST + 1)
        ]
    assert statuses == [201] * BURST + [429]


@pytest.mark.parametrize(("proxy", "last"), [("on", 201), ("off", 429)])
async def test_believes_forwarded_addresses_only_behind_a_proxy(proxy: str, last: int) -> None:
    async with visiting(PAGE_BEHIND_PROXY=proxy, PAGE_OPEN="on") as visitor:
        for number in range(BURST + 1):
            answer = await visitor.ask(X_Forwarded_For=f"9.9.9.9, 10.0.0.{number}")
    assert answer.status == last


async def test_cannot_be_fooled_by_what_is_written_before_the_proxys_own_entry() -> None:
    async with visiting(PAGE_BEHIND_PROXY="on", PAGE_OPEN="on") as visitor:
        for number in range(BURST + 1):
            answer = await visitor.ask(X_Forwarded_For=f"1.1.1.{number}, 10.0.0.1")
    assert answer.status == 429


async def test_our_own_page_and_those_on_the_list_may_ask() -> None:
    async with visiting(PAGE_ORIGINS="https://app.example.org") as visitor:
        own = str(visitor.client.make_url("")).rstrip("/")
        assert (await visitor.ask(Origin=own)).status == 201
        answer = await visitor.ask(Origin="https://app.example.org")
    assert answer.status == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://app.example.org.evil.example", "*"]
)
async def test_no_other_page_may(origin: str) -> None:
    async with visiting(PAGE_ORIGINS="https://app.example.org") as visitor:
        answer = await visitor.ask(Origin=origin)
        preflight = await visitor.client.options(TOKEN_PATH, headers={"Origin": origin})
    assert (answer.status, preflight.status) == (403, 403)
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_answers_the_preflight_of_those_on_the_list() -> None:
    origin = "https://app.example.org"
    async with visiting(PAGE_ORIGINS=origin) as visitor:
        answer = await visitor.client.options(TOKEN_PATH, headers={"Origin": origin})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, authorization"


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


async def test_counts_by_the_line_that_the_proxy_added() -> None:
    async with visiting(PAGE_BEHIND_PROXY="on", PAGE_OPEN="on") as visitor:
        for number in range(BURST + 1):
            lines = [("X-Forwarded-For", f"1.1.1.{number}"), ("X-Forwarded-For", "10.0.0.1")]
            answer = await visitor.client.post(TOKEN_PATH, json={}, headers=CIMultiDict(lines))
    assert answer.status == 429


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example.org", 403),
        ("[", 400),
        ("localhost:3000", 201),
        ("127.0.0.1", 201),
        ("[::1]:3000", 201),
    ],
)
async def test_a_page_for_this_machine_alone_answers_to_no_other_name(
    host: str, status: int
) -> None:
    async with visiting() as visitor:
        assert (await visitor.ask(Host=host)).status == status


async def test_a_page_with_a_code_answers_to_any_name() -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        answer = await visitor.ask(Host="call.example.org", Authorization=f"Bearer {CODE}")
        assert answer.status == 201


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
