"""The weather anywhere, from Open-Meteo."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping

import httpx
from livekit.agents import RunContext, function_tool
from livekit.agents.llm import ToolError

from tools.arguments import plain
from tools.context import ToolContext
from tools.web import WebError, get_json

DEADLINE = 5.0
"""Seconds for both questions together; longer than that is dead air."""
MAX_PLACE = 80

# WMO code table 4677 as Open-Meteo uses it (open-meteo.com/en/docs).
SKY = {
    0: "clear sky",
    1: "mostly clear",
    2: "partly cloudy",
    3: "overcast",
    45: "fog",
    48: "freezing fog",
    51: "light drizzle",
    53: "drizzle",
    55: "heavy drizzle",
    56: "light freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "light freezing rain",
    67: "freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light showers",
    81: "showers",
    82: "violent showers",
    85: "light snow showers",
    86: "heavy snow showers",
    95: "thunderstorm",
    96: "thunderstorm with light hail",
    99: "thunderstorm with heavy hail",
}

Table = Mapping[str, object]

_ASKED = {
    "current": "temperature_2m,apparent_temperature,weather_code,wind_speed_10m",
    "daily": "temperature_2m_max,temperature_2m_min,precipitation_probability_max",
    "forecast_days": "1",
    "timezone": "auto",
}


@function_tool
async def get_weather(ctx: RunContext[ToolContext], place: str) -> str:
    """Tell the weather of a place: how it is now and what is expected today.

    Args:
        place: Name of a town or city, if need be with its country, such as Paris, France.
    """
    wanted = plain(place, longest=MAX_PLACE)
    if len(wanted) < 2:
        raise ToolError("I need the name of a place to look up its weather.")
    try:
        async with asyncio.timeout(DEADLINE):
            return await _report(ctx.userdata, wanted)
    except (TimeoutError, httpx.TimeoutException):
        raise ToolError("The weather service did not answer in time.") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise ToolError("The weather service cannot be reached just now.") from None
    except (WebError, LookupError, ArithmeticError, ValueError):
        raise ToolError("The weather service gave an answer I do not understand.") from None


async def _report(context: ToolContext, wanted: str) -> str:
    town, _, region = wanted.partition(",")
    asked = {"name": town.strip(), "count": "10", "language": "en", "format": "json"}
    found = await get_json(context.http, f"{context.geocoding_url}/v1/search", asked)
    spot = _best(found, region)
    if spot is None:
        raise ToolError(f"I cannot find a place called {wanted}.")
    where = {side: f"{_number(spot, side):.4f}" for side in ("latitude", "longitude")}
    forecast = await get_json(context.http, f"{context.weather_url}/v1/forecast", where | _ASKED)
    return _sentence(_name(spot), forecast)


def _best(found: object, region: str) -> Table | None:
    """Choose the place in the region that was named, else the best known one."""
    spots = [_table(spot) for spot in _list(_table(found).get("results", []))]
    wanted = region.strip().casefold()
    for spot in spots if wanted else ():
        parts = (spot.get(key) for key in ("country", "country_code", "admin1", "admin2"))
        if any(isinstance(part, str) and part.casefold() == wanted for part in parts):
            return spot
    return spots[0] if spots else None


def _sentence(place: str, forecast: object) -> str:
    now = _table(_table(forecast)["current"])
    words = f"In {place} it is {_degrees(now, 'temperature_2m')} degrees Celsius"
    words += f", feels like {_degrees(now, 'apparent_temperature')}"
    words += f", with {SKY.get(round(_number(now, 'weather_code')), 'unsettled weather')}"
    words += f" and wind at {_number(now, 'wind_speed_10m'):.0f} kilometres an hour."
    return words + _today(_table(forecast).get("daily"))


def _today(daily: object) -> str:
    """Say what the day brings, or nothing where the service does not know."""
    if not isinstance(daily, dict):
        return ""
    first = {key: days[0] for key, days in daily.items() if isinstance(days, list) and days}
    words = ""
    if "temperature_2m_min" in first and "temperature_2m_max" in first:
        low, high = _degrees(first, "temperature_2m_min"), _degrees(first, "temperature_2m_max")
        words += f" Today from {low} to {high} degrees."
    if first.get("precipitation_probability_max") is not None:
        chance = _number(first, "precipitation_probability_max")
        words += f" The chance of rain or snow is {chance:.0f} percent."
    return words


def _name(spot: Table) -> str:
    # Whoever can edit a gazetteer could write to the model here: one short line, no more.
    parts = (spot.get(key) for key in ("name", "country"))
    names = [plain(part, longest=MAX_PLACE) for part in parts if isinstance(part, str)]
    return ", ".join(name for name in names if name) or "that place"


def _degrees(table: Table, key: str) -> str:
    # Adding 0 turns the "-0" of a light frost into "0".
    return f"{round(_number(table, key)) + 0:d}"


def _number(table: Table, key: str) -> float:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WebError(f"{key} is not a number")
    return float(value)


def _table(value: object) -> Table:
    if not isinstance(value, dict):
        raise WebError("there is no object where one belongs")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise WebError("there is no list where one belongs")
    return value
