"""Whether Gemini Live can be reached, judged by what calls and probes report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from math import inf

from worker.errors import MessageError

CONFIGURATION = "configuration"
"""The kind of failure that trying again does not mend (worker/gemini/failures.py)."""
BEAT = 5.0
"""Seconds between two reports of a call."""
STALE = 3 * BEAT
"""Seconds without a report after which a call counts as gone: its process was killed or hangs."""
REMEMBERED = 120.0
"""Seconds after which a call that ceased to report is forgotten; LiveKit's supervision ends what
hangs after 60."""
OUTAGE = 30.0
"""Seconds of passing failures, with no call connected, after which the worker is unwell."""
FIRST_PROBE, LAST_PROBE = 1.0, 60.0
"""Seconds before the first probe of an outage; doubled from probe to probe, up to the last."""
MAX_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One report of one call, or of a probe."""

    source: str
    connected: bool
    """Whether there is a connection to Gemini Live now."""
    served: bool = False
    """Whether there ever was one: what fails later may be this conversation's own fault."""
    kind: str = ""
    """The kind of the newest failure since there was a connection; empty for none."""
    reason: str = ""
    """Words for the operator on that failure; never a secret."""
    over: bool = False
    """Whether this is the last report of its source, which tries no more."""

    def encode(self) -> bytes:
        """As one datagram of at most `MAX_BYTES`."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, datagram: bytes) -> Beat:
        """Read a datagram.

        Raises:
            MessageError: it is none of `encode`'s.
        """
        try:
            found = json.loads(datagram)
        except ValueError:
            found = None
        known = {each.name: type(getattr(_ANY, each.name)) for each in fields(cls)}
        if not isinstance(found, dict) or {n: type(v) for n, v in found.items()} != known:
            raise MessageError("not a report of a call")
        return cls(**found)


_ANY = Beat(source="", connected=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What health says of Gemini Live."""

    well: bool
    reason: str = ""
    """Why not, for the operator."""
    kind: str = ""
    seconds: int = 0
    """How long it has been failing."""
    connected: int = 0
    """Calls that have a connection now."""


@dataclass(slots=True)
class Health:
    """Takes reports, gives the verdict and says when a probe is due; monotonic seconds.

    One call with a connection proves it well. A call that cannot be set up for a wrong key or model
    condemns it at once; what may pass, or befell a conversation that had been going on, raises
    doubt, and doubt of `OUTAGE` seconds condemns. While no call is there that tries by itself,
    probes settle the doubt; and one looks into a worker that has just started, or had nothing to
    do for `idle` seconds.
    """

    idle: float = inf
    """Seconds without evidence, after which a probe looks; infinite: never."""
    started: float = 0.0
    _calls: dict[str, tuple[Beat, float]] = field(default_factory=dict)
    _doubted: float = inf
    """Since when there is doubt."""
    _failure: Beat | None = None
    """The newest report of failure in this doubt."""
    _condemned: bool = False
    _next: float = inf
    _pause: float = FIRST_PROBE
    _mute: dict[str, float] = field(default_factory=dict)
    """Calls that ceased to report without an end, and since when."""

    def __post_init__(self) -> None:
        self._next = self.started if self.idle < inf else inf

    def on_beat(self, beat: Beat, now: float) -> None:
        """Take a report."""
        self._forget_the_dead(now)
        self._calls.pop(beat.source, None)
        self._mute.pop(beat.source, None)
        if not beat.over:
            self._calls[beat.source] = (beat, now)
        if beat.connected:
            self._clear(now)
        elif beat.kind and not self._connected:
            self._doubt(beat, now)

    def mute(self, now: float) -> frozenset[str]:
        """The calls that have lately ceased to report: their processes hang, or are dead."""
        self._forget_the_dead(now)
        return frozenset(self._mute)

    def due(self, now: float) -> bool:
        """Whether a probe is due now; if so it is taken as begun."""
        self._forget_the_dead(now)
        if self._calls or now < self._next:
            return False
        self._pause = min(2 * self._pause, LAST_PROBE)
        self._next = now + self._pause if self._failure else now + self.idle
        return True

    def verdict(self, now: float) -> Verdict:
        """What to say now."""
        self._forget_the_dead(now)
        connected, failure = self._connected, self._failure
        if failure is None:
            return Verdict(well=True, connected=connected)
        seconds = now - self._doubted
        return Verdict(
            well=not self._condemned and seconds < OUTAGE,
            reason=failure.reason,
            kind=failure.kind,
            seconds=int(seconds),
            connected=connected,
        )

    @property
    def _connected(self) -> int:
        return sum(beat.connected for beat, _ in self._calls.values())

    def _clear(self, now: float) -> None:
        self._failure, self._condemned, self._doubted = None, False, inf
        self._pause, self._next = FIRST_PROBE, now + self.idle

    def _doubt(self, beat: Beat, now: float) -> None:
        if self._failure is None:
            self._doubted, self._next = now, now + FIRST_PROBE
        self._failure = beat
        self._condemned |= beat.kind == CONFIGURATION and not beat.served

    def _forget_the_dead(self, now: float) -> None:
        dead = {source: at for source, (_, at) in self._calls.items() if now - at >= STALE}
        for source in dead:
            del self._calls[source]
        mute = {**self._mute, **dead}
        self._mute = {source: at for source, at in mute.items() if now - at < REMEMBERED}
