"""A caller and a bare participant in one room with the agent: what the shares are measured on."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from livekit import rtc

from offline.camera import CameraOptions
from offline.scene import STAMP_BITS, read_stamp
from tests.e2e.account import Account
from tests.e2e.candid import TOLD
from tests.e2e.figures import Figures, percentile
from tests.e2e.floor import Floor, floor
from tests.e2e.neteq import Held, held
from tests.e2e.rig import Guest, Rig, new_room

PHASE = 0.05
"""Seconds over which turns are spread against the framing of audio; a fixed phase would be seen
again and again."""
BROWSER = CameraOptions(width=1280, height=720, fps=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A caller and a bare participant, and the agent's account of the connection."""

    rig: Rig
    guest: Guest
    floor: Floor

    async def account(self) -> Account:
        """The account of this room's connection: the one that has heard most."""
        accounts = await self.rig.accounts(self.guest.joined_at)
        return max(accounts, key=lambda account: int(account.report["samples"]))

    def first_sound(self, since: float, *, of_floor: bool = False) -> float:
        """When the agent, or the bare participant, was first heard from then on."""
        return next(
            sound.at
            for sound in self.guest.heard(since)
            if sound.audible and (sound.track == self.floor.sid) is of_floor
        )

    def last_sound(self, since: float, until: float, *, of_floor: bool = False) -> float:
        """When one of them was last heard in that time."""
        return max(
            sound.at
            for sound in self.guest.heard(since, until)
            if sound.audible and (sound.track == self.floor.sid) is of_floor
        )

    async def ear(self, *, of_floor: bool = False) -> Held:
        """What the caller's jitter buffer has counted so far, of one of the two voices."""
        for participant in self.guest.room.remote_participants.values():
            for publication in participant.track_publications.values():
                track = publication.track
                heard = isinstance(track, rtc.RemoteAudioTrack)
                if track is not None and heard and (publication.sid == self.floor.sid) is of_floor:
                    return await held(track)
        raise AssertionError("nobody is heard")

    def held_by_worker(self, since: float, until: float) -> float:
        """By how many seconds the worker's jitter buffer held the caller back in that time."""
        room, caller = str(self.guest.room.name), self.guest.identity
        told = [e for e in self.rig.entries(TOLD, room) if e["of"] == caller]
        before = max((e for e in told if e["at"] <= since), key=lambda e: e["at"], default=told[0])
        after = min((e for e in told if e["at"] >= until), key=lambda e: e["at"], default=told[-1])
        first, last = (Held(e["seconds"], e["samples"]) for e in (before, after))
        return last.since(first)

    async def picture_age(self, account: Account, at: float) -> float:
        """How long before `at` the newest picture was taken that had arrived by then, in s."""
        newest = account.frames_between(0.0, at)[-1]
        jpeg = await self.rig.gemini.picture(account.number, newest.number)
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        stamp = read_stamp(np.asarray(image, np.uint8))
        assert stamp is not None, "the newest picture is not readable"
        return ((int(at * 1000) - stamp) % (1 << STAMP_BITS)) / 1000


@contextlib.asynccontextmanager
async def gathered(rig: Rig) -> AsyncIterator[Party]:
    """A party, once the agent listens."""
    room = new_room("party")
    async with rig.guest(room, camera=BROWSER, hears_everyone=True) as guest:
        await guest.wait_for_state("listening")
        token = rig.token(room, "floor")
        async with floor(rig.server.url, token, guest.identity) as bare:
            yield Party(rig=rig, guest=guest, floor=bare)


async def pause() -> None:
    """Let the room come to rest, at any phase of its clocks."""
    await asyncio.sleep(0.4 + random.random() * PHASE)


def show(figures: Figures, what: str, seconds: Sequence[float], bound: str = "") -> None:
    """Note the middle and the tail of delays, in ms."""
    figures(f"{what}, p50 of {len(seconds)}", statistics.median(seconds) * 1000, "ms", bound)
    figures(f"{what}, p95", percentile(seconds, 0.95) * 1000, "ms")
