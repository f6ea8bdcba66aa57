"""Time: what it is anywhere, and timers that speak up when they are due."""

from __future__ import annotations

import asyncio
import functools
import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import ToolError

from tools.arguments import plain
from tools.context import Timer, ToolContext

LONGEST_TIMER = 86_400
"""Seconds: a day, longer than a call."""
MAX_TIMERS = 10
MAX_LABEL = 40

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?", re.IGNORECASE)


@function_tool
async def get_time(ctx: RunContext[ToolContext], timezone: str = "UTC") -> str:
    """Tell the date and the time of day, now, anywhere in the world.

    Args:
        timezone: Time zone as the IANA database names it, such as Europe/Berlin or Asia/Tokyo.
            Leave it out for UTC if you do not know where the person is, and say that it is UTC.
    """
    wanted = plain(timezone, longest=64)
    # Only other zones are in files, which are read in a thread.
    zone = UTC if is_utc(wanted) else await asyncio.to_thread(find_zone, wanted)
    if zone is None:
        raise ToolError(
            f"I know no time zone called {wanted}. It takes a name such as Europe/Berlin."
        )
    now = ctx.userdata.now().astimezone(zone)
    place = "UTC" if zone is UTC else str(zone)
    return f"It is {now:%H:%M} on {now:%A}, {now.day} {now:%B %Y} in the time zone {place}."


@function_tool
async def set_timer(ctx: RunContext[ToolContext], seconds: float, label: str = "") -> str:
    """Start a timer and go on talking; when it is due you are told, and you speak up.

    Args:
        seconds: How long until it is due, in seconds, from 1 to 86400.
        label: What it is for, in one to three words, such as pasta. Leave it out if nobody said.
    """
    if not 1 <= seconds <= LONGEST_TIMER:
        raise ToolError("A timer can run from one second to one day.")
    context = ctx.userdata
    name = plain(label, longest=MAX_LABEL) or _free_label(context)
    running = context.timers.pop(name.casefold(), None)
    if running is not None:
        running.task.cancel()
    elif len(context.timers) >= MAX_TIMERS:
        raise ToolError(f"{MAX_TIMERS} timers are running already. Cancel one of them first.")
    task = context.spawn(_ring(context, name, seconds), "timer")
    context.timers[name.casefold()] = Timer(label=name, due=context.clock() + seconds, task=task)
    verb = "starts again with" if running else "is set for"
    return f"The {_called(name)} {verb} {in_words(seconds)}."


@function_tool
async def cancel_timer(ctx: RunContext[ToolContext], label: str = "") -> str:
    """Stop a timer that is running, so that it does not speak up.

    Args:
        label: The timer's label. Leave it out if only one timer is running.
    """
    timers = ctx.userdata.timers
    if not timers:
        raise ToolError("No timer is running.")
    name = plain(label, longest=MAX_LABEL)
    timer = timers.get(name.casefold()) if name else None
    if timer is None and not name and len(timers) == 1:
        (timer,) = timers.values()
    if timer is None:
        raise ToolError(f"Which timer? {_running(ctx.userdata)}")
    del timers[timer.label.casefold()]
    timer.task.cancel()
    return f"The {_called(timer.label)} is cancelled."


async def _ring(context: ToolContext, name: str, seconds: float) -> None:
    await context.sleep(seconds)
    context.timers.pop(name.casefold(), None)
    await context.announce(f"The {_called(name)}, set for {in_words(seconds)}, is due. Say so.")


def _running(context: ToolContext) -> str:
    now = context.clock()
    timers = sorted(context.timers.values(), key=lambda timer: timer.due)
    left = (f"{_called(t.label)} with {in_words(max(1, t.due - now))} left" for t in timers)
    return f"Running are: {', '.join(left)}."


def _called(label: str) -> str:
    return label if "timer" in label.casefold() else f"{label} timer"


def _free_label(context: ToolContext) -> str:
    names = ["timer", *(f"timer {number}" for number in range(2, MAX_TIMERS + 2))]
    return next(name for name in names if name not in context.timers)


def in_words(seconds: float) -> str:
    """Say a duration: `90` is `1 minute 30 seconds`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "hour"), (minutes, "minute"), (rest, "second")]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count)


def find_zone(name: str) -> tzinfo | None:
    """Find a time zone by its name, its city or its distance from UTC; reads files when it is new.

    The machine may have no time zones at all; UTC and distances from it are always known.
    """
    if is_utc(name):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        return _distance(*offset.groups(default="0"))
    key = _zones().get(name.replace(" ", "_").casefold())
    try:
        return zoneinfo.ZoneInfo(key) if key else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_utc(name: str) -> bool:
    """Whether a name, or none, stands for UTC."""
    return name.casefold() in ("", "utc", "gmt", "z")


def _distance(sign: str, hours: str, minutes: str) -> tzinfo | None:
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    if distance > timedelta(hours=14):
        return None
    return timezone(distance if sign == "+" else -distance)


@functools.cache
def _zones() -> dict[str, str]:
    """List the zones by full name and by city, both in lower case."""
    keys = sorted(zoneinfo.available_timezones())
    cities = {key.rpartition("/")[2].casefold(): key for key in keys if "/" in key}
    return cities | {key.casefold(): key for key in keys}
