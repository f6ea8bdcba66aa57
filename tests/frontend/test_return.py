"""A browser that reloads comes back to its seat; nobody else gets it."""

from __future__ import annotations

import time

import jwt
import pytest
from aiohttp import ClientResponse

from frontend.seats import COOKIE
from frontend.server import BURST, PERSONAS_PATH
from tests.frontend.settings import CODE, JWT_SECRET, SECRET
from tests.frontend.test_access import bearer
from tests.frontend.visiting import Visitor, visiting

Seat = dict[str, str]


async def seat_of(answer: ClientResponse) -> Seat:
    assert answer.status == 201
    token = (await answer.json())["participant_token"]
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    return {"room_name": claims["video"]["room"], "participant_identity": claims["sub"]}


def cookie_of(answer: ClientResponse) -> str:
    return f"{COOKIE}={answer.cookies[COOKIE].value}"


async def forget(visitor: Visitor) -> None:
    visitor.client.session.cookie_jar.clear()


async def test_a_browser_that_comes_back_gets_its_seat_again() -> None:
    async with visiting() as visitor:
        seat = await seat_of(await visitor.ask())
        assert await seat_of(await visitor.ask(seat)) == seat


async def test_another_browser_gets_another_seat() -> None:
    async with visiting() as visitor:
        seat = await seat_of(await visitor.ask())
        await forget(visitor)
        other = await seat_of(await visitor.ask(seat))
    assert other["room_name"] != seat["room_name"]
    assert other["participant_identity"] != seat["participant_identity"]


async def test_who_comes_back_needs_no_code_and_others_do() -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        seat = await seat_of(await visitor.ask(Authorization=f"Bearer {CODE}"))
        assert await seat_of(await visitor.ask(seat)) == seat
        await forget(visitor)
        assert (await visitor.ask(seat)).status == 401


OTHER = "another-code-43"


@pytest.mark.parametrize("now", [OTHER, ""])
async def test_a_code_that_is_changed_lets_nobody_come_back(now: str) -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        answer = await visitor.ask(Authorization=f"Bearer {CODE}")
        seat, cookie = await seat_of(answer), cookie_of(answer)
    async with visiting(PAGE_ACCESS_CODE=now, PAGE_JWT_SECRET=JWT_SECRET) as visitor:
        assert (await visitor.ask(seat, Cookie=cookie)).status == 401
        again = await visitor.ask(seat, Cookie=cookie, Authorization=f"Bearer {now}")
        assert again.status == (201 if now else 401)


@pytest.mark.parametrize(("later", "status"), [(0, 201), (50 * 60, 201), (61 * 60, 401)])
async def test_who_came_with_a_token_comes_back_as_long_as_it_is_good(
    later: float, status: int
) -> None:
    async with visiting(PAGE_JWT_SECRET=JWT_SECRET) as visitor:
        answer = await visitor.ask(Authorization=bearer(exp=time.time() + 60 * 60))
        seat, cookie = await seat_of(answer), cookie_of(answer)
    async with visiting(later, PAGE_JWT_SECRET=JWT_SECRET) as visitor:
        answer = await visitor.ask(seat, Cookie=cookie)
        assert answer.status == status
        if status == 201:
            assert await seat_of(answer) == seat
            assert await seat_of(await visitor.ask(seat, Cookie=cookie_of(answer))) == seat


async def test_what_is_shown_anew_counts_and_not_what_was_shown_before() -> None:
    async with visiting(PAGE_ACCESS_CODE=CODE) as visitor:
        seat = await seat_of(await visitor.ask(Authorization=f"Bearer {CODE}"))
        assert (await visitor.ask(seat, Authorization=f"Bearer {OTHER}")).status == 401


async def test_who_comes_back_is_counted_as_the_user_they_are() -> None:
    async with visiting(PAGE_JWT_SECRET=JWT_SECRET, PAGE_BEHIND_PROXY="on") as visitor:
        answer = await visitor.ask(Authorization=bearer(), X_Forwarded_For="here")
        seat, cookie = await seat_of(answer), cookie_of(answer)
        statuses = [
            (await visitor.ask(seat, Cookie=cookie, X_Forwarded_For=str(n))).status
            for n in range(BURST)
        ]
    assert statuses == [201] * (BURST - 1) + [429]


@pytest.mark.parametrize(("proxy", "secure"), [("on", True), ("off", False)])
async def test_no_script_reads_the_cookie_and_no_other_page_sends_it(
    proxy: str, secure: bool
) -> None:
    async with visiting(PAGE_BEHIND_PROXY=proxy, PAGE_OPEN="on") as visitor:
        cookie = (await visitor.ask()).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert (cookie["path"], cookie["max-age"]) == ("/api/token", "")
    assert bool(cookie["secure"]) is secure


async def test_says_which_personas_there_are() -> None:
    async with visiting() as visitor:
        answer = await visitor.client.get(PERSONAS_PATH)
        assert await answer.json() == [{"name": "tutor", "title": "Tutor", "description": "Asks."}]


async def test_the_agent_is_told_who_it_is_to_be() -> None:
    config = {"agents": [{"metadata": '{"persona":"tutor","x":1}'}]}
    async with visiting() as visitor:
        answer = await visitor.ask({"room_config": config})
        token = (await answer.json())["participant_token"]
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["roomConfig"] == {"agents": [{"metadata": '{"persona": "tutor"}'}]}
