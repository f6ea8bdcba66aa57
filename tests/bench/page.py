"""The page about a run: what was measured where, how to read it, and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.bench.facts import BUSY
from tests.bench.metrics import ADK, PLAIN, SIGHTLINE
from tests.bench.samples import Samples
from tests.bench.table import markdown, verdicts

HEAD = """# Benchmarks

Sightline against what people would otherwise run, on one machine in one run, each in turn: same
livekit-server, same stand-in for Gemini Live, same caller. `make bench` makes it anew, and the
JSON behind it, in `tests/output`; this is a copy.

- **Sightline**: this repository, `worker.py start`, its defaults (no greeting).
- **plain example**: LiveKit's own example of Gemini with video, `AgentSession` with
  `google.realtime.RealtimeModel` and `video_input=True`, default sampler, Pillow installed
  (tests/bench/contenders/plain.py).
- **google-adk**: its `LiveKitRunner`, defaults (tests/bench/contenders/adk.py). It has no dispatch:
  it is told of the room in the moment the caller is in. One process serves; no process isolation.
"""

READING = """## How to read it

A cell is the value, its 95 % interval (bootstrap over the samples) and how many samples it rests
on. A ratio is ours over theirs, with its interval; *met* or *missed* only where the whole interval
is on that side of the bound, else *unsure*. `–`: not measured, or a ratio to what may be nothing.

- The agent's share of a turn is the time from the caller's last loud sample to the service having
  it (in), and from the service's first audio to the caller hearing it (out), less the medians of a
  bare participant of the same run, which hears at 16 kHz in 10 ms frames and speaks without a
  model: that is what the transport alone takes.
- The caller films a talking head with sensor noise, 720p30 VP8, in simulcast as browsers publish
  it. Its pictures carry a stamp of the time they were drawn, which is read from the JPEG that the
  service got. The age "when the service ends the turn" is that of the picture that the answer is
  given with, half a second of silence after the last word. At the last sound it cannot be small at
  one picture a second: nobody knows a word for the last one before the silence behind it.
- The stamp is a strip of the picture that never stands still: Sightline, which sends what is new,
  takes each such picture for new. What a conversation costs is therefore told of a camera without
  it, in a call of its own.
- CPU is that of the whole process tree, over turns of seven seconds with three seconds' speech and
  a short answer, from the eleventh second of a call on: what beginning costs is left out. Between
  sentences the microphone is silent, and Sightline sends lasting silence in fewer messages: where
  there is always noise, audio costs it more than this.
- Stalls: every event loop is asked to wake each 5 ms; the longest delay in the process that serves
  the call. Waiting for a CPU counts there too, and is left out in the line below.
"""

TOO_BUSY = 20
"""Percent of the machine's CPU from which other programs share in the figures."""
WARNING = (
    "**The machine was busy with other work when this run began: its times are too long, and"
    " unequally so. Only counts of pictures and memory are to be trusted.**"
)


def page(samples: Samples) -> str:
    """Return the whole page as Markdown."""
    run = ["## The run\n", about(samples.facts)]
    bounds = ["## Bounds\n", verdicts(samples), ""]
    return "\n".join([HEAD, *run, *bounds, "## Figures\n", markdown(samples), READING])


def about(facts: Mapping[str, Any]) -> str:
    """Return the facts of a run as a list."""
    lines = [f"- {name}: {value}" for name, value in facts.items() if name != "versions"]
    for contender in (SIGHTLINE, PLAIN, ADK):
        versions = facts.get("versions", {}).get(contender, {})
        if versions:
            named = ", ".join(f"{name} {version}" for name, version in versions.items())
            lines.append(f"- {contender}: {named}")
    if float(facts.get(BUSY, 0)) > TOO_BUSY:
        lines.append(f"\n{WARNING}")
    return "\n".join(lines) + "\n"
