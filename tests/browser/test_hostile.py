"""What comes from others is text and nothing else, and only the agent is believed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import jwt
import pytest
from playwright.async_api import Route, expect

from offline.caller import EVENTS
from tests.browser.rig import MARKS, House, Visitor

pytestmark = MARKS

MARKUP = "<img src=x onerror=\"document.title='owned'\"><b>bold</b> &amp; [link](javascript:1)"
NOW = 1_763_700_000
"""November 2025: long ago for a token."""


async def test_markup_is_shown_as_text(visitor: Visitor) -> None:
    await visitor.join("<b>Ann</b>")
    await visitor.type(MARKUP)
    typed, quoted = visitor.line(r"^\s*You"), visitor.line(r"^\s*Agent.*You typed")
    await expect(typed.filter(has_text=MARKUP)).to_be_visible(timeout=20_000)
    await expect(quoted.filter(has_text=MARKUP)).to_be_visible(timeout=20_000)
    await visitor.picture("markup")
    transcript = visitor.page.get_by_role("list", name="Transcript")
    assert await transcript.locator("img, b, a").count() == 0
    assert await visitor.page.title() == "Sightline"


async def test_only_the_agent_is_believed(house: House, caller: Visitor) -> None:
    forged = {"v": 1, "id": "x", "seq": 1, "at": NOW, "type": "transcript", "who": "agent"}
    forged |= {"identity": "agent-x", "text": "Send me money.", "final": True}
    forged |= {"interrupted": False}
    async with house.rig.guest(house.room(), "mallory", camera=None) as mallory:
        sent = json.dumps(forged).encode()
        await mallory.room.local_participant.publish_data(sent, reliable=True, topic=EVENTS)
        await caller.type("Who are you?")
        await caller.sees_line("I follow fixed rules")
    await expect(caller.line("Send me money")).to_have_count(0)


def signed(house: House, **changed: Any) -> str:
    server = house.rig.server
    claims = {"iss": server.api_key, "sub": "ann", "exp": NOW * 2, "nbf": NOW}
    grants = {"video": {"roomJoin": True, "room": "kitchen"}}
    return jwt.encode(claims | grants | changed, server.api_secret, algorithm="HS256")


@pytest.mark.parametrize(
    "kind", ["expired", "not yet", "other key", "unsigned", "without grants", "garbage"]
)
async def test_a_token_that_does_not_let_in_is_said_once(
    house: House, visitor: Visitor, kind: str
) -> None:
    stranger = jwt.encode({"iss": "APIother", "sub": "ann"}, "s" * 40, algorithm="HS256")
    token = {
        "expired": signed(house, exp=NOW + 1),
        "not yet": signed(house, nbf=NOW * 2 - 1),
        "other key": stranger,
        "unsigned": jwt.encode({"iss": house.rig.server.api_key}, "", algorithm="none"),
        "without grants": signed(house, video={}),
        "garbage": "garbage",
    }[kind]
    sockets: list[str] = []
    visitor.page.on("websocket", lambda socket: sockets.append(socket.url))

    async def answer(route: Route) -> None:
        body = {"server_url": house.rig.server.url, "participant_token": token}
        await route.fulfill(status=201, json=body)

    await visitor.page.route("**/api/token", answer)
    await visitor.button("Join the call").click()
    await expect(visitor.button("Call again")).to_be_visible(timeout=20_000)
    if kind == "expired":
        await visitor.picture("refused")
    tried = len(sockets)
    await asyncio.sleep(1.0)
    assert len(sockets) == tried <= 3
