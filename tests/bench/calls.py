"""One call with a contender: who speaks, what is shown, and what is noted of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any

import cv2
import numpy as np
import psutil
from livekit import rtc

from offline.caller import Caller
from offline.camera import CameraOptions, Drawing
from offline.errors import OfflineError
from offline.scene import read_stamp
from tests.bench.drawings import TalkingHead
from tests.bench.entrants import Entrant, Place
from tests.bench.ledger import BargeIn, Ledger, Turn
from tests.bench.meter import busiest
from tests.bench.samples import Samples
from tests.e2e.account import Account
from tests.e2e.rig import new_room

HD = CameraOptions(width=1280, height=720, fps=30)
"""The caller's camera, published as browsers do: in three sizes."""
SENTENCE = "Thank you so much for all your kind help today."
"""Three seconds; the answer to it is short."""
STOP = "Stop please."
PHASE = 0.05
"""Seconds over which turns are spread against the framing of audio."""
JOIN_TIMEOUT = 12.0
ATTEMPTS = 4
"""An agent that LiveKit deems too busy is not sent; the call is tried again in another room."""
READY, SETTLED = 4.0, 11.0
"""Seconds after a join in which a worker gets its next process ready, and in which ours receives
a camera at full size (worker/eyes/reception.py): that is no part of what a minute costs."""
CALM = 60.0
"""Percent of the machine's CPU above which a call does not begin yet: admission looks at it."""
STORY_HEARD = 2.5
ASK_AGAIN = 2.5
TURN = 7.0
"""Seconds from one question to the next, so that each has the same share of speech in it."""
MINUTE = 60.0


class Person(Caller):
    """A caller that sends for the agent as soon as it is in, and notes when its audio came."""

    def __init__(self, entrant: Entrant, room: str, **options: Any) -> None:
        super().__init__(**options)
        self._entrant, self._name = entrant, room
        self._sent: asyncio.Task[None] | None = None
        self.heard_of = 0.0
        """When the agent's audio track was there."""
        self.on_joined = self._send_for_agent
        self.room.on("track_subscribed", self._on_agent_track)

    async def wait_for_audio(self) -> float:
        """Return when the agent's audio track was there."""
        return await self.wait_until("agent's track", lambda: self.heard_of or None, JOIN_TIMEOUT)

    def _send_for_agent(self) -> None:
        self._sent = asyncio.create_task(self._entrant.dispatch(self._name), name="dispatch")

    def _on_agent_track(self, track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO and not self.heard_of:
            self.heard_of = self.clock()


class Call:
    """A call that goes on: its steps add samples under the contender's name."""

    def __init__(self, entrant: Entrant, place: Place, samples: Samples, person: Person) -> None:
        self.entrant, self.person = entrant, person
        self._place, self._samples = place, samples
        self.turns: list[Turn] = []
        self.barge_ins: list[BargeIn] = []

    def add(self, series: str, amount: float, per: float = 1.0) -> None:
        """Note a sample of this contender."""
        self._samples.add(self.entrant.name, series, amount, per)

    async def turn(self, cpu: str) -> None:
        """Ask something and hear the answer; the CPU time goes to the series `cpu`."""
        person = self.person
        began, spent = person.clock(), self.entrant.meter.cpu()
        # At any moment between two pictures, or each turn would meet them at the same age.
        await asyncio.sleep(0.2 + random.random())
        head = person.cameras[0].drawing if person.cameras else None
        if isinstance(head, TalkingHead):
            head.talking = True
        spoken = await person.say(SENTENCE)
        if isinstance(head, TalkingHead):
            head.talking = False
        reply = await person.wait_for_reply(spoken.last_loud)
        await asyncio.sleep(began + TURN - person.clock())
        ended = person.clock()
        self.add(cpu, self.entrant.meter.cpu() - spent, (ended - began) / MINUTE)
        self.turns.append(
            Turn(
                began=began,
                first_loud=spoken.first_loud,
                last_loud=spoken.last_loud,
                first_sound=reply.first_sound,
                last_sound=reply.last_sound,
                ended=ended,
            )
        )

    async def barge_in(self) -> None:
        """Interrupt a story."""
        person = self.person
        asked = await person.type("Tell me a long story.")
        story = await person.wait_for_sound(asked)
        await asyncio.sleep(STORY_HEARD + random.random() * PHASE)
        spoken = await person.say(STOP)
        await person.wait_for_quiet()
        sounds = [sound.at for sound in person.heard(story) if sound.audible]
        barge_in = BargeIn(story=story, first_loud=spoken.first_loud, sounds=sounds)
        self.barge_ins.append(barge_in)
        await person.wait_for_reply(spoken.last_loud)

    async def tools(self, times: int) -> None:
        """Ask so many times for something that needs a tool; the answers need not be heard out."""
        since = self.person.clock()
        for _ in range(times):
            await self.person.type("What time is it?")
            await asyncio.sleep(ASK_AGAIN + random.random() * PHASE)
        await self.person.wait_for_reply(since)
        for took in (await self.ledger()).tools(since):
            self.add("tool", took * 1000)

    async def show(self, drawing: Drawing, series: str, seconds: float, settle: float) -> None:
        """Show something silently and count the pictures that the service gets of it."""
        self.person.cameras[0].drawing = drawing
        await asyncio.sleep(settle)
        await self.quiet(series, seconds, per=seconds / MINUTE)

    async def quiet(self, series: str, seconds: float, *, per: float, cpu: str = "") -> None:
        """Say nothing for a while, counting pictures and, if asked, CPU time."""
        began, spent = self.person.clock(), self.entrant.meter.cpu()
        await asyncio.sleep(seconds)
        if cpu:
            used = self.entrant.meter.cpu() - spent
            self.add(cpu, used, (self.person.clock() - began) / MINUTE)
        ledger = await self.ledger()
        self.add(series, len(ledger.frames(began, began + seconds)), per)

    @contextlib.asynccontextmanager
    async def watching(self, series: str) -> AsyncIterator[None]:
        """Watch the event loop of the process that serves this call."""
        before = self.entrant.meter.by_process()
        self.entrant.watch()
        try:
            yield
        finally:
            pid = busiest(before, self.entrant.meter.by_process())
            late = await self.entrant.watched(pid)
        if not late:
            raise OfflineError("no event loop was seen")
        self.add(f"stall{series}", max(late for late, _ in late) * 1000)
        self.add(f"stall_busy{series}", max(busy for _, busy in late) * 1000)

    async def memory(self, series: str) -> float:
        """Note and return the memory of the contender's processes, in MB."""
        taken = await asyncio.to_thread(self.entrant.meter.pss)
        self.add(series, taken)
        return taken

    async def ledger(self) -> Ledger:
        """Return the service's side of this call so far."""
        reports = await self._place.gemini.sessions()
        accounts = [a for a in map(Account, reports) if a.opened >= self.person.joined_at - 1]
        return Ledger([account for account in accounts if account.report["samples"]])

    async def stamps(self, ledger: Ledger, since: float, until: float) -> dict[float, int]:
        """Return arrival -> stamp of the pictures of a time; those without a stamp are left out."""
        found: dict[float, int] = {}
        for account in ledger.accounts:
            for frame in account.frames_between(since, until):
                jpeg = await self._place.gemini.picture(account.number, frame.number)
                picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
                stamp = None if picture is None else read_stamp(np.asarray(picture, np.uint8))
                if stamp is not None:
                    found[frame.at] = stamp
        return found


@contextlib.asynccontextmanager
async def call(
    entrant: Entrant,
    place: Place,
    samples: Samples,
    camera: CameraOptions | None,
    drawing: Drawing | None = None,
    *,
    settle: float = READY,
) -> AsyncIterator[Call]:
    """Hold a call for the length of the block; it begins `settle` seconds after the agent listens.

    Raises:
        OfflineError: no agent came, however often it was tried.
    """
    for _ in range(ATTEMPTS):
        await _calm()
        name = new_room(f"bench-{entrant.name}")
        person = Person(
            entrant,
            name,
            url=place.server.url,
            token=place.token(name, "caller"),
            identity="caller",
            camera=camera,
            drawing=drawing,
        )
        async with person:
            try:
                listening = await person.wait_for_state("listening", JOIN_TIMEOUT)
                audio = await person.wait_for_audio()
            except TimeoutError:
                samples.add(entrant.name, "refused", 1)
                continue
            samples.add(entrant.name, "refused", 0)
            held = Call(entrant, place, samples, person)
            held.add("join", (listening.at - person.joined_at) * 1000)
            held.add("join_audio", (audio - person.joined_at) * 1000)
            await asyncio.sleep(settle)
            yield held
            return
    raise OfflineError(f"no agent came within {JOIN_TIMEOUT:.0f} s, {ATTEMPTS} times")


async def _calm() -> None:
    """Wait a little for the machine to come to rest."""
    for _ in range(10):
        if await asyncio.to_thread(psutil.cpu_percent, 1.0) < CALM:
            return
