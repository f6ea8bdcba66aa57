"""One leg of the run: a contender is started, holds its calls, and is ended again.

A leg has parts, each a call of its own, so that a whole run can be made of slices of a few minutes
on a machine that nobody else may use meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from offline.camera import CameraOptions
from tests.bench.bare import bare
from tests.bench.calls import HD, SETTLED, Call, call
from tests.bench.drawings import Frozen, SlideShow, TalkingHead
from tests.bench.entrants import Entrant, Place, entrant
from tests.bench.harvest import grown, pictures, times, unstamped
from tests.bench.metrics import FLOOR
from tests.bench.samples import Samples

logger = logging.getLogger(__name__)

PARTS = ("audio", "simulcast", "single", "cuts", "scenes", "head")
"""Calls of a leg: without a camera; with one as browsers publish it; with one of a single size;
with interruptions and tools; with a camera that freezes and a slide show; with one whose pictures
carry no stamp."""
WITH_FLOOR = "audio"
"""The part before which the bare participant has its turns."""
SINGLE = CameraOptions(width=1280, height=720, fps=30, simulcast=False)
FULL_HD = CameraOptions(width=1920, height=1080, fps=30, simulcast=False, max_bitrate=3_000_000)
CELL_LIMIT = 330.0
"""Seconds that a part of a leg may take, beyond the long call's own."""
LONG_TURNS = 2
"""Turns of the long call between two looks at the memory."""
STILL = 5.0
"""Seconds after a camera froze in which its last picture, which was new, may still be sent: a quiet
room is looked at every three."""
REST = 3.0
"""Seconds that an idle contender is left alone before its memory is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of everything one leg does."""

    turns: int = 3
    """In each of the three calls that are talk."""
    barge_ins: int = 2
    tools: int = 3
    quiet: float = 6.0
    frozen: float = 10.0
    slides: float = 10.0
    long: float = 0.0
    """Seconds of the long call."""


class Leg:
    """Holds a contender's calls; what fails is noted and the rest goes on."""

    def __init__(
        self,
        name: str,
        place: Place,
        samples: Samples,
        sizes: Sizes,
        parts: Sequence[str] = PARTS,
    ) -> None:
        self._name, self._place, self._samples, self._sizes = name, place, samples, sizes
        self._parts = parts

    async def run(self, *, long: bool = False) -> None:
        """Run the leg's parts, or the long call alone."""
        if self._name == FLOOR:
            turns = self._sizes.turns + 1
            await self._step("floor", lambda: bare(self._place, self._samples, turns))
            return

        async def hold() -> None:
            async with entrant(self._name, self._place) as ready:
                self._samples.add(self._name, "ready", ready.took)
                if long:
                    await self._step("long call", lambda: self._long(ready))
                else:
                    await self._calls(ready)

        await self._step("start", hold)

    async def _step(self, cell: str, work: Callable[[], Awaitable[None]]) -> None:
        limit = CELL_LIMIT + self._sizes.long
        try:
            async with asyncio.timeout(limit) as clock:
                await work()
        except Exception as error:
            logger.debug("cell failed", exc_info=True)
            why = f"not done within {limit:.0f} s" if clock.expired() else str(error)
            self._samples.fail(self._name, cell, " ".join(why.split())[:240] or repr(error))

    async def _calls(self, ready: Entrant) -> None:
        await asyncio.sleep(REST)
        idle = await asyncio.to_thread(ready.meter.pss)
        self._samples.add(self._name, "pss_idle", idle)
        calls: dict[str, Callable[[], Awaitable[None]]] = {
            "audio": lambda: self._turns_only(ready, None, "cpu_audio"),
            "simulcast": lambda: self._simulcast(ready),
            "single": lambda: self._turns_only(ready, SINGLE, "cpu_single"),
            "cuts": lambda: self._watched(ready, self._cuts),
            "scenes": lambda: self._watched(ready, self._scenes),
            "head": lambda: self._head(ready),
        }
        for part in self._parts:
            await self._step(f"call: {part}", calls[part])

    async def _turns_only(self, ready: Entrant, camera: CameraOptions | None, cpu: str) -> None:
        head = TalkingHead(camera.width, camera.height) if camera else None
        calling = call(ready, self._place, self._samples, camera, head, settle=SETTLED)
        async with calling as held:
            await self._turns(held, cpu, camera)
            times(held, await held.ledger())

    async def _turns(self, held: Call, cpu: str, camera: CameraOptions | None) -> None:
        began = held.person.clock()
        for _ in range(self._sizes.turns):
            await self._step(cpu, lambda: held.turn(cpu))
        talked = held.person.clock()
        if camera is not None:
            await self._step("turns", lambda: pictures(held, began, talked))

    async def _simulcast(self, ready: Entrant) -> None:
        head, quiet = TalkingHead(HD.width, HD.height), self._sizes.quiet
        calling = call(ready, self._place, self._samples, HD, head, settle=SETTLED)
        async with calling as held:
            await self._turns(held, "cpu_simulcast", HD)
            await self._step(
                "quiet", lambda: held.quiet("frames_idle", quiet, per=quiet, cpu="cpu_quiet")
            )
            await held.memory("pss_call")
            times(held, await held.ledger())

    async def _head(self, ready: Entrant) -> None:
        head = TalkingHead(HD.width, HD.height, stamped=False)
        async with call(ready, self._place, self._samples, HD, head, settle=SETTLED) as held:
            began = held.person.clock()
            for _ in range(self._sizes.turns):
                await self._step("cpu_head", lambda: held.turn("cpu_head"))
            await unstamped(held, began, held.person.clock())

    async def _watched(self, ready: Entrant, work: Callable[[Call], Awaitable[None]]) -> None:
        head = TalkingHead(HD.width, HD.height)
        async with call(ready, self._place, self._samples, HD, head) as held:
            async with held.watching(""):
                await work(held)
            times(held, await held.ledger())

    async def _cuts(self, held: Call) -> None:
        for _ in range(self._sizes.barge_ins):
            await self._step("barge-in", held.barge_in)
        await self._step("tools", lambda: held.tools(self._sizes.tools))

    async def _scenes(self, held: Call) -> None:
        sizes, size = self._sizes, (HD.width, HD.height)
        frozen = Frozen(TalkingHead(*size).frame(held.person.clock()))
        await self._step(
            "frozen", lambda: held.show(frozen, "frames_frozen", sizes.frozen, settle=STILL)
        )
        slides = SlideShow(*size)
        await self._step(
            "slides", lambda: held.show(slides, "frames_slides", sizes.slides, settle=1.0)
        )

    async def _long(self, ready: Entrant) -> None:
        head = TalkingHead(FULL_HD.width, FULL_HD.height)
        async with call(ready, self._place, self._samples, FULL_HD, head) as held:
            began, memory = held.person.clock(), list[tuple[float, float]]()
            async with held.watching("_long"):
                while (passed := held.person.clock() - began) < self._sizes.long:
                    for _ in range(LONG_TURNS):
                        await self._step("turn", lambda: held.turn("cpu_long"))
                    # Not oftener: to count its pages, the kernel holds up the process.
                    memory.append((passed, await asyncio.to_thread(ready.meter.private)))
            growth, slope = grown(memory)
            held.add("growth", growth)
            held.add("slope", slope)
