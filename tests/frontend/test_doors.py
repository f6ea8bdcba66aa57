"""Who may ask the page's server for a token, how often, from which pages and by which name."""

from __future__ import annotations

import jwt
import pytest
from multidict import CIMultiDict

from frontend.server import BURST, TOKEN_PATH
from tests.frontend.settings import CODE, JWT_SECRET
from tests.frontend.visiting import visiting


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
