"""What is measured, in which unit, how it is summed up, and what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from offline.gemini.profiles import LIVE_38
from tests.bench.bootstrap import Statistic, longest, percentile, rate

FLOOR = "floor"
SIGHTLINE = "sightline"
PLAIN = "plain"
ADK = "adk"
CONTENDERS = (SIGHTLINE, PLAIN, ADK)

P50, P95 = percentile(0.5), percentile(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One series that a metric is made of."""

    series: str
    scale: float = 1.0
    of_floor: bool = False
    """The bare participant's series instead of the contender's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One line of the table: the sum of its terms, each summed up by the statistic."""

    words: str
    unit: str
    statistic: Statistic
    terms: tuple[Term, ...]
    digits: int = 0
    bounds: dict[str, float] = field(default_factory=dict)
    """The most that ours may be of another's, as a ratio."""
    limit: float | None = None
    """The most that ours may be, in the unit."""
    least: bool = False
    """The bounds are the least instead of the most."""


def plain(words: str, unit: str, series: str, statistic: Statistic, digits: int = 0) -> Metric:
    """Return a metric that is one series."""
    terms = (Term(series=series),)
    return Metric(words=words, unit=unit, statistic=statistic, terms=terms, digits=digits)


def share(words: str, *series: str) -> Metric:
    """Return the median of series less what a bare participant takes for them."""
    terms = [Term(series=name) for name in series]
    terms += [Term(series=name, scale=-1.0, of_floor=True) for name in series]
    return Metric(words=words, unit="ms", statistic=P50, terms=tuple(terms))


def tokens(words: str, series: str) -> Metric:
    """Return the tokens that a series of frames costs."""
    terms = (Term(series=series, scale=float(LIVE_38.frame_tokens)),)
    return Metric(words=words, unit="tokens/min", statistic=rate, terms=terms)


def cpu(words: str, series: str, *, less: str = "") -> Metric:
    """Return CPU time a minute, less that of another series if one is named."""
    terms = [Term(series=series), *([Term(series=less, scale=-1.0)] if less else [])]
    return Metric(words=words, unit="CPU s/min", statistic=rate, terms=tuple(terms), digits=2)


def asked(
    metric: Metric,
    *,
    plain: float | None = None,
    adk: float | None = None,
    limit: float | None = None,
    least: bool = False,
) -> Metric:
    """Return the metric with what is asked of it: ratios against others, and its own limit."""
    given = {PLAIN: plain, ADK: adk}
    bounds = {name: bound for name, bound in given.items() if bound is not None}
    return replace(metric, bounds=bounds, limit=limit, least=least)


METRICS: dict[str, tuple[Metric, ...]] = {
    "Time that the agent adds (what a bare participant takes is taken off)": (
        share("turn, way in", "turn_in"),
        share("turn, way out", "turn_out"),
        asked(share("turn, both", "turn_in", "turn_out"), plain=0.15, adk=1.0, limit=12),
        share("barge-in, way in", "barge_in"),
        share("barge-in, way out", "barge_out"),
        asked(share("barge-in, both", "barge_in", "barge_out"), limit=12),
        asked(plain("tool call to response, no-op tool", "ms", "tool", P50), limit=10),
        plain("caller in the room to agent listening", "ms", "join", P50),
        plain("caller in the room to agent's audio track", "ms", "join_audio", P50),
        plain("joins that got no agent: LiveKit found it too busy", "share", "refused", rate, 2),
    ),
    "Age of the newest picture that the service has": (
        plain("when the user's last sound arrives, p50", "ms", "age_stop", P50),
        asked(
            plain("when the user's last sound arrives, p95", "ms", "age_stop", P95),
            plain=0.1,
            adk=0.35,
        ),
        plain("when the service ends the turn, p50", "ms", "age_turn", P50),
        asked(
            plain("when the service ends the turn, p95", "ms", "age_turn", P95), plain=0.1, adk=0.35
        ),
    ),
    "Pictures a second, and what they cost a minute (70 tokens each)": (
        plain("while the user talks", "fps", "frames_user", rate, 2),
        plain("while the agent talks", "fps", "frames_agent", rate, 2),
        plain("while nobody talks", "fps", "frames_idle", rate, 2),
        plain("talking head, in conversation", "pictures/min", "frames_head", rate, 1),
        asked(tokens("talking head, in conversation", "frames_head"), adk=0.6),
        asked(
            plain("of them inside the user's turn", "pictures/turn", "inside_head", rate, 2),
            adk=1.0,
            least=True,
        ),
        plain("the same with a stamp, never still", "pictures/min", "frames_talk", rate, 1),
        tokens("the same with a stamp, never still", "frames_talk"),
        asked(
            plain("of them new and inside the user's turn", "pictures/turn", "useful", rate, 2),
            adk=1.0,
            least=True,
        ),
        asked(plain("frozen camera", "pictures/min", "frames_frozen", rate, 1), plain=0.1, adk=0.1),
        tokens("frozen camera", "frames_frozen"),
        plain("slide show, a slide each 5 s", "pictures/min", "frames_slides", rate, 1),
        tokens("slide show, a slide each 5 s", "frames_slides"),
    ),
    "CPU seconds of the worker's process tree a minute of call": (
        asked(cpu("audio only, in turns", "cpu_audio"), plain=1.0),
        cpu("720p30 simulcast, in turns", "cpu_simulcast"),
        asked(
            cpu("of that for the camera", "cpu_simulcast", less="cpu_audio"), plain=0.35, adk=0.35
        ),
        cpu("720p30 without simulcast, in turns", "cpu_single"),
        asked(cpu("of that for the camera", "cpu_single", less="cpu_audio"), plain=0.6, adk=0.6),
        cpu("720p30 simulcast, nobody talks", "cpu_quiet"),
    ),
    "Memory, start and event loop": (
        plain("idle, PSS of the process tree", "MB", "pss_idle", P50),
        plain("in a call with 720p30", "MB", "pss_call", P50),
        plain("start to ready for a room", "s", "ready", P50, 1),
        asked(
            plain("longest stall of the call's loop", "ms", "stall", longest, 1),
            plain=0.3,
            limit=20,
        ),
        plain("longest that was not waiting for a CPU", "ms", "stall_busy", longest, 1),
    ),
    "A call of ten minutes with 1080p30": (
        asked(
            plain("private memory gained after the first minute", "MB", "growth", rate, 1),
            limit=5,
        ),
        plain("slope after the first minute", "MB/min", "slope", rate, 2),
        asked(
            plain("longest stall of the call's loop", "ms", "stall_long", longest, 1),
            plain=0.3,
            limit=20,
        ),
        plain("longest that was not waiting for a CPU", "ms", "stall_busy_long", longest, 1),
        cpu("1080p30 without simulcast", "cpu_long"),
    ),
}
