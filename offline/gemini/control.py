"""A small HTTP endpoint: look into the running stand-in, change its settings, make it fail."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from offline.gemini.account import Account
from offline.gemini.chains import conversations
from offline.gemini.fault import FaultError
from offline.gemini.faults import build
from offline.gemini.scenario import Scenario, ScenarioError, load, parse
from offline.gemini.server import HOST, Service


@asynccontextmanager
async def serve(service: Service, *, token: str, port: int = 0) -> AsyncIterator[str]:
    """Serve the endpoint on loopback until the block ends; yields its URL.

    Every request needs `Authorization: Bearer <token>`.
    """
    application = _application(_Control(service), token)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class _Control:
    """What each request is answered with."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def sessions(self, _: web.Request) -> web.Response:
        return web.json_response([account.report() for account in self._service.accounts])

    async def conversations(self, _: web.Request) -> web.Response:
        return web.json_response(conversations(self._service.accounts))

    async def session(self, request: web.Request) -> web.Response:
        return web.json_response(self._account(request).report())

    async def frame(self, request: web.Request) -> web.Response:
        picture = self._account(request).picture(int(request.match_info["frame"]))
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg")

    async def spoken(self, request: web.Request) -> web.Response:
        return web.Response(body=self._account(request).wav(), content_type="audio/wav")

    async def change(self, request: web.Request) -> web.Response:
        """Body: fields of Temper."""
        values = await _object(request)
        try:
            self._service.temper = self._service.temper.changed(values)
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({})

    async def scenario(self, request: web.Request) -> web.Response:
        """Body: {"name": ...} or {"toml": ...}; {} ends the one that runs."""
        try:
            chosen = _scenario(await _object(request))
        except ScenarioError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        self._service.play(chosen)
        name, rules = (chosen.name, len(chosen.rules)) if chosen else (None, 0)
        return web.json_response({"name": name, "rules": rules})

    async def fault(self, request: web.Request) -> web.Response:
        """Body: {"do": ..., "session": number, ...}; the newest open session if none is named."""
        asked = await _object(request)
        words, number = asked.pop("do", None), asked.pop("session", None)
        try:
            wanted = build(words, asked)
        except FaultError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        if wanted.only:
            text = f"{wanted.words!r} can only be done by a scenario: it comes before the session"
            raise web.HTTPBadRequest(text=text)
        service = self._service
        found = service.connection(number) if isinstance(number, int) else service.newest()
        if found is None:
            raise web.HTTPNotFound(text="no such session is open")
        found.do(wanted)
        return web.json_response(wanted.facts())

    def _account(self, request: web.Request) -> Account:
        number = int(request.match_info["number"])
        if number >= len(self._service.accounts):
            raise web.HTTPNotFound
        return self._service.accounts[number]


def _application(control: _Control, token: str) -> web.Application:
    @web.middleware
    async def authorized(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise web.HTTPUnauthorized
        return await handler(request)

    app = web.Application(middlewares=[authorized])
    app.router.add_get("/sessions", control.sessions)
    app.router.add_get(r"/sessions/{number:\d+}", control.session)
    app.router.add_get(r"/sessions/{number:\d+}/frames/{frame:\d+}.jpg", control.frame)
    app.router.add_get(r"/sessions/{number:\d+}/spoken.wav", control.spoken)
    app.router.add_get("/conversations", control.conversations)
    app.router.add_post("/set", control.change)
    app.router.add_post("/scenario", control.scenario)
    app.router.add_post("/fault", control.fault)
    return app


async def _object(request: web.Request) -> dict[str, object]:
    try:
        found = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text="the body must be JSON") from error
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return found


def _scenario(asked: dict[str, object]) -> Scenario | None:
    if not asked:
        return None
    [name, *others] = asked
    value = asked[name]
    if others or name not in ("name", "toml") or not isinstance(value, str):
        raise ScenarioError('say {"name": ...} or {"toml": ...}, or {} to end the one that runs')
    return load(value) if name == "name" else parse(value)
