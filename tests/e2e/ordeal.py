"""A call that something happens to: under a scenario, in a room that is closed behind it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import psutil
from livekit import api

from offline.camera import CameraOptions
from offline.ear import Sound
from tests.e2e.account import Account
from tests.e2e.figures import Figures
from tests.e2e.rig import Guest, Rig, new_room, until

ASKED, ANSWER = "Thank you very much.", "You are welcome."
"""What is asked to see whether the agent is well, and the shortest answer there is."""
GO_AWAY = """
story = "The service announces its end in the middle of the answer."
[[on]]
connection = 1
when = "agent speaks"
spoken = 3.5
do = "go away"
time_left = {left}
"""
LEAD = 0.3
"""Seconds that a caller's speech waits: torn by a busy machine, it would not be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """One caller, their room and the stack it is in."""

    stack: Rig
    guest: Guest
    room: str
    began: float
    """Just before the caller joined."""

    async def ask(self, words: str = ASKED, answer: str = ANSWER, within: float = 20.0) -> float:
        """Ask aloud when all is quiet; return the seconds from the last sound to the answer's.

        Args:
            answer: what must be read of it; empty: it is only heard.
        """
        await self.guest.wait_for_listener()
        await self.guest.wait_for_quiet()
        spoken = await self.guest.say(words)
        heard = await self.guest.wait_for_sound(spoken.last_loud, within)
        if answer:
            await self.guest.until_text(answer, spoken.first_loud, within)
        return heard - spoken.last_loud

    async def connections(self) -> list[Account]:
        """Return the accounts of the call's connections that were set up, oldest first."""
        accounts = await self.stack.accounts(self.began)
        return [account for account in accounts if account.at("setup_complete")]

    async def connected(self) -> None:
        """Wait for the service: the agent may listen before that is there."""

        async def look() -> bool | None:
            return True if await self.connections() else None

        await until("connection", look)

    async def history(self) -> list[Mapping[str, Any]]:
        """Return all turns that the service holds of this call, over all its connections."""
        numbers = {account.number for account in await self.stack.accounts(self.began)}
        found: list[Mapping[str, Any]] = []
        for one in await self.stack.gemini.conversations():
            turns: Any = one["history"]
            found += [turn for turn in turns if turn["connection"] in numbers]
        return found

    async def job(self) -> psutil.Process:
        """Return the process that serves the room, as soon as the worker has logged it."""

        async def look() -> psutil.Process | None:
            linked = self.stack.entries("RoomIO linked to participant", self.room)
            return psutil.Process(linked[-1]["pid"]) if linked else None

        return await until("job process", look)

    async def samples(self) -> tuple[int, int]:
        """Return how many samples the service missed and got twice in this call, which is over."""

        async def ended() -> Mapping[str, Any] | None:
            return next(iter(self.stack.entries("conversation ended", self.room)), None)

        entry = await until("end of the conversation", ended, 15)
        accounts = await self.stack.accounts(self.began)
        received = sum(int(account.report["samples"]) for account in accounts)
        unsent = round(entry["seconds_unsent"] * 16_000)
        missing = int(entry["samples_heard"]) - unsent - received
        return max(0, missing), max(0, -missing)

    def notices(self) -> list[str]:
        """Return the sentences that the room was told."""
        return [str(body["text"]) for body in self.guest.shown("notice", self.began)]

    def words(self, since: float = 0.0) -> str:
        """Return everything that the agent said, line after line."""
        lines = self.guest.said(max(since, self.began), by_agent=True)
        return " ".join(" ".join(line.text.split()) for line in lines)


@contextlib.asynccontextmanager
async def ordeal(
    stack: Rig,
    scenario: str = "",
    *,
    camera: CameraOptions | None = None,
    at_once: bool = False,
    **more: Any,
) -> AsyncIterator[Ordeal]:
    """Have a caller in a room of their own; of the call nothing is left after the block.

    Args:
        scenario: name or TOML; the call's first connection is the scenario's first.
        at_once: do not wait until the stack has got over what was before.
        more: options of the caller.
    """
    if not at_once:
        await until("calm", lambda: calm(stack), 30)
    await stack.gemini.play(scenario)
    room, began = new_room("ordeal"), time.monotonic()
    try:
        async with stack.guest(room, camera=camera, **{"lead": LEAD, **more}) as guest:
            yield Ordeal(
                stack=stack,
                guest=guest,
                room=room,
                began=began,
            )
    finally:
        await stack.gemini.play()
        await close(stack, room, began)


async def calm(stack: Rig) -> bool | None:
    """Return True once no connection is open, nor will be for a probe: scenarios count them."""
    if any(account.closed is None for account in await stack.accounts()):
        return None
    return None if (await stack.status())["gemini"]["kind"] else True


async def close(stack: Rig, room: str, began: float) -> None:
    """End a room at once: an agent waits some seconds for a caller who may only reload."""
    with contextlib.suppress(api.TwirpError):
        await stack.client.room.delete_room(api.DeleteRoomRequest(room=room))

    async def closed() -> bool | None:
        accounts = await stack.accounts(began)
        return None if any(account.closed is None for account in accounts) else True

    await until("end of the call's connections", closed, 15)


def plain(text: str) -> str:
    """Leave of what was said what a listener could write down: words without signs."""
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c.isspace()).split())


def longest_silence(sounds: Iterable[Sound], until: float | None = None) -> float:
    """Return the longest time between two audible sounds, in seconds."""
    times = [sound.at for sound in sounds if sound.audible]
    if until is not None:
        times.append(until)
    return max((after - before for before, after in pairwise(times)), default=0.0)


def figure(figures: Figures, fault: str, what: str, value: float, unit: str, bound: str) -> float:
    """Note what a fault came to, in the table of faults."""
    return figures(f"fault {fault:>5} {what}", value, unit, bound)
