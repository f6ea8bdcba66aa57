"""A small HTTP endpoint to look into the running stand-in and to change its settings."""

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
    runner = web.AppRunner(_application(service, token), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _application(service: Service, token: str) -> web.Application:
    @web.middleware
    async def authorized(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise web.HTTPUnauthorized
        return await handler(request)

    async def sessions(_: web.Request) -> web.Response:
        return web.json_response([account.report() for account in service.accounts])

    async def session(request: web.Request) -> web.Response:
        return web.json_response(_account(service, request).report())

    async def frame(request: web.Request) -> web.Response:
        number = int(request.match_info["frame"])
        picture = _account(service, request).picture(number)
        if picture is None:
            raise web.HTTPNotFound
        return web.Response(body=picture, content_type="image/jpeg")

    async def spoken(request: web.Request) -> web.Response:
        body = _account(service, request).wav()
        return web.Response(body=body, content_type="audio/wav")

    async def change(request: web.Request) -> web.Response:
        try:
            values = await request.json()
            if not isinstance(values, dict):
                raise ValueError("settings must be a JSON object")
            service.temper = service.temper.changed(values)
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({})

    async def chains(_: web.Request) -> web.Response:
        return web.json_response(conversations(service.accounts))

    async def scenario(request: web.Request) -> web.Response:
        """Body: {"name": ...} or {"toml": ...}; {} ends the one that runs."""
        asked = await _object(request)
        try:
            chosen = _scenario(asked)
        except ScenarioError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        service.play(chosen)
        rules = len(chosen.rules) if chosen else 0
        return web.json_response({"name": chosen.name if chosen else None, "rules": rules})

    async def fault(request: web.Request) -> web.Response:
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
        found = service.connection(number) if isinstance(number, int) else service.newest()
        if found is None:
            raise web.HTTPNotFound(text="no such session is open")
        found.do(wanted)
        return web.json_response(wanted.facts())

    app = web.Application(middlewares=[authorized])
    app.router.add_get("/conversations", chains)
    app.router.add_post("/scenario", scenario)
    app.router.add_post("/fault", fault)
    app.router.add_get("/sessions", sessions)
    app.router.add_get(r"/sessions/{number:\d+}", session)
    app.router.add_get(r"/sessions/{number:\d+}/frames/{frame:\d+}.jpg", frame)
    app.router.add_get(r"/sessions/{number:\d+}/spoken.wav", spoken)
    app.router.add_post("/set", change)
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


def _account(service: Service, request: web.Request) -> Account:
    number = int(request.match_info["number"])
    if number >= len(service.accounts):
        raise web.HTTPNotFound
    return service.accounts[number]
