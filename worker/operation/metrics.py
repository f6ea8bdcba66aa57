"""What is counted, for Prometheus: the figures of all processes of a worker, living and dead.

Every metric has a label, and every label few values that stand here or in an enumeration: a metric
without one would take its place in a file when this module is imported, which the fork server does.

To add one: define it here, count where it happens (3 to 5 us; never once a frame of media), and say
in docs/operations.md what it counts.
"""

from __future__ import annotations

import contextlib
import os
from itertools import count
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, values

RENEWAL = "renewal"
"""The cause of a gap that was ours: a connection left for the next one before it ended."""
BACKLOG = "backlog"
"""The cause of samples dropped while there was a connection: it took them too slowly."""

CONNECTIONS = Counter(
    "sightline_live_connections",
    "Connections to Gemini Live that were set up: a call's first, resumed, or begun afresh",
    ["how"],
)
LOSSES = Counter(
    "sightline_live_losses",
    "Connections to Gemini Live that ended in mid-call, by the kind of failure or renewal",
    ["cause"],
)
FAILED_DIALS = Counter(
    "sightline_live_failed_dials",
    "Connections to Gemini Live that could not be set up, by the kind of failure",
    ["cause"],
)
GIVEN_UP = Counter(
    "sightline_live_given_up",
    "Calls that ended because Gemini Live could not be reached, by the kind of failure",
    ["cause"],
)
GAP = Histogram(
    "sightline_live_gap_seconds",
    "Time without a connection in mid-call, by what began it",
    ["cause"],
    buckets=(0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
SAMPLES_DROPPED = Counter(
    "sightline_audio_samples_dropped",
    "16 kHz samples of the microphone that were dropped as too many waited, by the gap's cause",
    ["cause"],
)
TOKENS = Counter(
    "sightline_tokens",
    "Tokens that Gemini Live reported, by direction and modality; the context anew for every turn",
    ["model", "kind"],
)
SEARCHES = Counter(
    "sightline_searches",
    "Searches of Google's that are billed beside tokens",
    ["model"],
)
COST = Counter(
    "sightline_cost_usd",
    "US dollars that these tokens and searches cost by the list prices",
    ["model"],
)
TURN_COST = Histogram(
    "sightline_turn_cost_usd",
    "US dollars that a turn cost",
    ["model"],
    buckets=(0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1),
)
LATENCY = Histogram(
    "sightline_latency_seconds",
    "Time from the end of what somebody said to the first sound of the answer: whole, and our own",
    ["part"],
    buckets=(0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 30),
)
BUDGETS = Counter(
    "sightline_budgets",
    "Calls that came near the end of their budget, or had spent it",
    ["stage"],
)
REACHABLE = Gauge(
    "sightline_live_reachable",
    "1 while the worker takes Gemini Live to be within reach, 0 while its health says 503",
    ["model"],
    multiprocess_mode="max",
)


class Seat:
    """The number under which a process writes its figures: the lowest that no living one has.

    prometheus_client would write files of their own for every process and keep them, for the
    figures of the dead count too: two for every call. Under a number that is given on, the next
    process goes on counting where the last one ended, however that ended; so there are never more
    files than processes lived at once. The system gives a number back when its process is gone.
    """

    def __init__(self, figures: Path, locks: Path) -> None:
        self._figures, self._locks = figures, locks
        self._owner = 0
        self._number = 0
        self._lock = -1

    def __call__(self) -> int:
        """The number of the process that asks; a process that was forked gets its own."""
        if self._owner != os.getpid():
            self._take()
        return self._number

    def _take(self) -> None:
        import fcntl

        for number in count():
            lock = os.open(self._locks / f"{number}.lock", os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                continue
            self._owner, self._number, self._lock = os.getpid(), number, lock
            break
        for stale in self._figures.glob(f"gauge_live*_{number}.db"):
            with contextlib.suppress(FileNotFoundError):
                stale.unlink()


def share(folder: Path) -> None:
    """Write this process's figures to `folder`, where the main process reads them all.

    To be called before the first figure is counted. Takes the place of prometheus_client's own
    naming of files, as its `MultiProcessValue` provides for.
    """
    locks = folder.with_name("seats")
    for each in (folder, locks):
        each.mkdir(mode=0o700, exist_ok=True)
    values.ValueClass = values.MultiProcessValue(Seat(folder, locks))  # type: ignore[no-untyped-call]
