"""Measure Sightline against others: `python -m tests.bench`, or `make bench`."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from offline.errors import OfflineError
from offline.livekit import LiveKitServer
from offline.stack import stand_in
from tests.bench.entrants import Place
from tests.bench.environments import LOCKS, python_of
from tests.bench.facts import gather, merged
from tests.bench.legs import PARTS, WITH_FLOOR, Leg, Sizes
from tests.bench.metrics import CONTENDERS, FLOOR
from tests.bench.page import page
from tests.bench.samples import Samples
from tests.e2e.rig import FAST, OUTPUT
from worker.start.exchange import exchange_events

THINK_MS = 300.0
"""As the real service takes to answer; the delays that are measured count from what it sends."""


def main() -> int:
    """Speak to the terminal; return 0, or 1 after one clear line."""
    options, samples = _options(), Samples()
    # The caller's WebRTC is native code: should it die, say where; its panics come as SIGTERM.
    faulthandler.enable()
    faulthandler.register(signal.SIGTERM, chain=True)
    try:
        if options.render:
            for path in options.render:
                part = Samples.from_json(path.read_text())
                samples.facts = merged(samples.facts, part.facts)
                samples.absorb(part)
        else:
            exchange_events()
            asyncio.run(_measure(options, samples))
    except (OfflineError, OSError, ValueError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; what was measured so far follows", file=sys.stderr)
    _write(options.out, samples)
    print(page(samples))
    print(f"{options.out / 'benchmarks.md'} is this page; docs/ keeps a copy", file=sys.stderr)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured [2]")
    parser.add_argument("--long", action="store_true", help="a ten-minute call with each as well")
    parser.add_argument("--long-seconds", type=float, default=600.0, help="length of that call")
    parser.add_argument("--quick", action="store_true", help="the least of everything, to try it")
    parser.add_argument(
        "--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), help="whom to measure"
    )
    parser.add_argument("--turns", type=int, default=3, help="turns in each call [3]")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS), help="which calls to hold"
    )
    parser.add_argument(
        "--no-floor", action="store_true", help="without the bare participant: a slice had it"
    )
    parser.add_argument(
        "--append", action="store_true", help="add to the JSON there is: a run made of slices"
    )
    parser.add_argument("--out", type=Path, default=OUTPUT, help="folder for the page and the JSON")
    parser.add_argument(
        "--no-rounds", action="store_true", help="with --long: the long calls alone"
    )
    parser.add_argument(
        "--render", type=Path, nargs="+", help="make the page of earlier runs' JSON"
    )
    return parser.parse_args()


async def _measure(options: argparse.Namespace, samples: Samples) -> None:
    for name in LOCKS:
        if name in options.only:
            print(f"preparing the environment of {name} ...", file=sys.stderr)
            await asyncio.to_thread(python_of, name)
    size = f"{options.rounds}, quick" if options.quick else str(options.rounds)
    facts = await asyncio.to_thread(gather, size)
    kept = options.out / "benchmarks.json"
    if options.append and kept.exists():
        samples.absorb(Samples.from_json(kept.read_text()))
    samples.facts = merged(samples.facts, facts)
    length = options.long_seconds if options.long else 0.0
    sizes = Sizes(turns=options.turns, long=length)
    if options.quick:
        sizes = Sizes(turns=2, barge_ins=1, tools=1, quiet=3, frozen=5, slides=5, long=length)
    folder = options.out / f"bench-{os.getpid()}"
    folder.mkdir(parents=True)
    async with (
        stand_in(folder / "stand-in.log", FAST) as gemini,
        LiveKitServer.start(log_path=folder / "livekit-server.log") as server,
    ):
        await gemini.change(think_ms=THINK_MS)
        rounds = 0 if options.no_rounds else options.rounds
        floor = [FLOOR] if WITH_FLOOR in options.parts and not options.no_floor else []
        legs = [(name, False) for _ in range(rounds) for name in (*floor, *options.only)]
        legs += [(name, True) for name in options.only if options.long]
        for number, (name, long) in enumerate(legs, start=1):
            began, failed = time.monotonic(), len(samples.failures)
            place = Place(server=server, gemini=gemini, folder=folder / name)
            await Leg(name, place, samples, sizes, options.parts).run(long=long)
            _write(options.out, samples)
            took, lost = time.monotonic() - began, len(samples.failures) - failed
            what = f"{name}{' (long)' if long else ''}"
            print(f"{number}/{len(legs)} {what}: {took:.0f} s, {lost} failed", file=sys.stderr)
    if not samples.failures:
        await asyncio.to_thread(shutil.rmtree, folder)


def _write(folder: Path, samples: Samples) -> None:
    """Write the JSON and the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.json").write_text(samples.to_json())
    (folder / "benchmarks.md").write_text(page(samples))


if __name__ == "__main__":
    sys.exit(main())
