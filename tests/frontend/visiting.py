"""Somebody who visits the page's server, for its tests."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from frontend.build import ASK_AGAIN, Asset
from frontend.personas import Persona
from frontend.server import TOKEN_PATH, build_app
from tests.frontend.settings import settings

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
