"""Open-Meteo on this machine: a place with weather, one that fails, one that takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

SUNNY = {"name": "Paris", "country": "France", "latitude": 48.85, "longitude": 2.35}
BROKEN = {"name": "Atlantis", "country": "Sea", "latitude": 0.0, "longitude": 0.0}

SLOW = {"name": "Limbo", "country": "Nowhere", "latitude": 1.0, "longitude": 1.0}
PATIENCE = 3.0
"""Seconds that the weather of the slow place takes: less than the tool's own deadline."""


@asynccontextmanager
async def open_meteo() -> AsyncIterator[str]:
    """Serve geocoding and forecasts on loopback until the block ends; yields the URL."""
    app = web.Application()
    app.add_routes([web.get("/v1/search", _search), web.get("/v1/forecast", _forecast)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _search(request: web.Request) -> web.Response:
    found = [spot for spot in (SUNNY, BROKEN, SLOW) if spot["name"] == request.query["name"]]
    return web.json_response({"results": found} if found else {})


async def _forecast(request: web.Request) -> web.Response:
    if float(request.query["latitude"]) == 0.0:
        raise web.HTTPServiceUnavailable
    if float(request.query["latitude"]) == 1.0:
        await asyncio.sleep(PATIENCE)
    now = {
        "temperature_2m": 17.6,
        "apparent_temperature": 16.2,
        "weather_code": 2,
        "wind_speed_10m": 9.4,
    }
    return web.json_response({"current": now})
