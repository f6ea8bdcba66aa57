"""Makes a readable account of a call out of what its caller witnessed: one line a thing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from offline.witness import Line, Message, StateChange

LONGEST = 600
"""Characters of one line: more would bury the others."""
ROUTINE = ("steady", "")
"""Reasons of a picture that do not deserve a line, after the first picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    at: float
    """Seconds since the call began."""
    who: str
    """you, heard (as the service understood you), agent, eyes, tool, code, source, cost, notice."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What goes on at this moment."""

    state: str = ""
    speech: str = ""
    """What the agent has said so far of what it is saying."""
    tool: str = ""
    """The tool that runs."""
    pictures: int = 0
    """Pictures that the agent was sent so far."""


def tidy(text: object) -> str:
    """Return text that cannot steer a terminal: one line, printable, bounded."""
    flat = " ".join(str(text)[: 4 * LONGEST].split())
    clean = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in flat)
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


class Chronicle:
    """Takes in what the caller does and what comes back; tells of each entry as it is made."""

    def __init__(
        self,
        *,
        identity: str,
        on_entry: Callable[[Entry], None],
        on_present: Callable[[Present], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.entries: list[Entry] = []
        self._identity = identity
        self._on_entry = on_entry
        self._on_present = on_present
        self._clock = clock
        self._began = clock()
        self._last_said = ""
        self._told: set[str] = set()
        self._state = self._speech = self._tool = ""
        self._pictures = 0
        self._usage: dict[str, object] = {}
        """The newest account of the call."""
        self._delays: dict[int, float] = {}
        """Seconds to the first sound, by turn; 0 where nobody's voice was answered."""

    def begin(self) -> None:
        """Count the time from now on."""
        self._began = self._clock()

    def say(self, text: str) -> None:
        """Note what the caller is about to say."""
        self._last_said = text
        self._enter("you", text)

    def type(self, text: str) -> None:
        """Note what the caller types."""
        self._last_said = text
        self._enter("you", f"(types) {text}")

    def take(self, change: Line | Message | StateChange) -> None:
        """Take in what the caller witnessed."""
        if isinstance(change, StateChange):
            self._state = change.state or "away"
        elif isinstance(change, Line):
            if change.identity != self._identity:
                self._speech = "" if change.final else tidy(change.text)
        else:
            self._take_message(change.type, change.body)
        self._on_present(self.present)

    def close(self) -> None:
        """Sum up what the call has cost and how fast its answers were."""
        if not self._usage:
            return
        answers = sorted(seconds for seconds in self._delays.values() if seconds)
        fast = f"; answers after {median(answers):.2f} s (median)" if answers else ""
        turns = f"{len(self._delays)} turn{'s' * (len(self._delays) > 1)}"
        self._enter("cost", f"the whole call, {turns}: {_cost(self._usage, 'call_')}{fast}")

    @property
    def present(self) -> Present:
        """What goes on now."""
        return Present(
            state=self._state, speech=self._speech, tool=self._tool, pictures=self._pictures
        )

    def _take_message(self, kind: str, body: dict[str, object]) -> None:
        if kind == "transcript":
            self._take_transcript(body)
        elif kind == "tool":
            self._take_tool(body)
        elif kind == "code":
            self._take_code(body)
        elif kind == "sources":
            self._take_sources(body)
        elif kind == "vision":
            self._take_vision(body)
        elif kind == "vision.mark":
            self._enter("eyes", f"points at {tidy(body.get('label', ''))}")
        elif kind == "usage":
            self._take_usage(body)
        elif kind == "notice":
            self._enter("notice", body.get("text", ""))

    def _take_transcript(self, body: dict[str, object]) -> None:
        text = str(body.get("text", ""))
        if body.get("final") is not True or not text.strip() or not self._first(body, text):
            return
        if body.get("who") == "agent":
            self._speech = ""
            cut = " (interrupted)" if body.get("interrupted") is True else ""
            self._enter("agent", f"{tidy(text)}{cut}")
        elif _words(text) != _words(self._last_said):
            self._enter("heard", text)

    def _take_tool(self, body: dict[str, object]) -> None:
        name, status = tidy(body.get("name", "")), body.get("status")
        self._tool = name if status == "running" else ""
        if status == "running" or not self._first(body, str(status)):
            return
        summary = tidy(body.get("summary", ""))
        ended = "" if status == "done" else f" {tidy(status)}"
        self._enter("tool", f"{name}{ended}: {summary}" if summary else f"{name}{ended}")

    def _take_code(self, body: dict[str, object]) -> None:
        status = str(body.get("status"))
        if status == "running" or not self._first(body, status):
            return
        language, came = tidy(body.get("language", "")).lower(), tidy(body.get("output", ""))
        ended = "" if status == "done" else f" {tidy(status)}"
        self._enter("code", f"{language}: {tidy(body.get('code', ''))} ->{ended} {came}")

    def _take_sources(self, body: dict[str, object]) -> None:
        links, queries = body.get("links"), body.get("queries")
        pages = [one for one in links if isinstance(one, dict)] if isinstance(links, list) else []
        for page in pages:
            title, url = tidy(page.get("title", "")), tidy(page.get("url", ""))
            if self._first(body, url):
                self._enter("source", f"{title}, {url}" if title else url)
        if not pages and isinstance(queries, list) and self._first(body, str(queries)):
            self._enter("source", f"searched: {', '.join(map(tidy, queries))}")

    def _take_usage(self, body: dict[str, object]) -> None:
        turn, seconds = int(_number(body, "turn")), _number(body, "latency")
        new = turn not in self._delays
        self._delays[turn], self._usage = seconds, body
        if new:
            fast = f"; answered after {seconds:.2f} s" if seconds else ""
            own = f", {_number(body, 'own_latency') * 1000:.0f} ms of it ours" if seconds else ""
            self._enter("cost", f"turn {turn}: {_cost(body)}{fast}{own}")

    def _take_vision(self, body: dict[str, object]) -> None:
        source, reason = tidy(body.get("source", "")), tidy(body.get("reason", ""))
        if body.get("status") == "blind":
            self._enter("eyes", f"sees nothing: {reason}")
            return
        self._pictures += 1
        if self._pictures == 1 or reason not in ROUTINE:
            size = f"{body.get('width')}x{body.get('height')}"
            why = "first picture" if self._pictures == 1 else reason
            self._enter("eyes", f"{why}: {source.replace('_', ' ')}, {size}, {_kilobytes(body)}")

    def _first(self, body: dict[str, object], what: str) -> bool:
        """Tell whether this is news: a later message with the same id may only repeat it."""
        key = f"{body.get('type')} {body.get('id')} {what}"
        new = key not in self._told
        self._told.add(key)
        return new

    def _enter(self, who: str, text: object) -> None:
        entry = Entry(at=self._clock() - self._began, who=who, text=tidy(text))
        self.entries.append(entry)
        self._on_entry(entry)


def _cost(body: dict[str, object], of: str = "") -> str:
    kinds = ("text", "audio", "image", "video")
    read = sum(_number(body, f"{of}{kind}_in") for kind in kinds)
    said = sum(_number(body, f"{of}{kind}") for kind in ("text_out", "audio_out", "thoughts"))
    seen = _number(body, f"{of}video_in") + _number(body, f"{of}image_in")
    searches = _number(body, f"{of}searches")
    searched = f" {searches:.0f} search{'es' * (searches != 1)}," if searches else ""
    return (
        f"{read:,.0f} tokens in ({seen:,.0f} of pictures), {said:,.0f} out,{searched}"
        f" ${_number(body, f'{of}usd'):.4f}"
    )


def _number(body: dict[str, object], name: str) -> float:
    value = body.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _kilobytes(body: dict[str, object]) -> str:
    size = body.get("bytes")
    return f"{size / 1000:.0f} kB" if isinstance(size, int) else "size unknown"
