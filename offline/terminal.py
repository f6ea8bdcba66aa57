"""Shows a call on the terminal: a line for each thing, and what goes on now in the last line."""

from __future__ import annotations

import io
import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from offline.chronicle import Entry, Present

PLAIN_WIDTH = 80
WIDEST = 110
"""Columns beyond which lines are hard to read."""
INDENT = 15
NARROW, LEAST = 40, 10
"""Columns below which words stand under their names, and those they are given at least."""
STYLES = {
    "you": "bold cyan",
    "heard": "dim cyan",
    "agent": "bold green",
    "eyes": "magenta",
    "tool": "yellow",
    "code": "yellow",
    "source": "yellow",
    "cost": "blue",
    "notice": "bold yellow",
}


def clock_of(seconds: float) -> str:
    """Return minutes and seconds, as 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Terminal:
    """Prints for people; without colours, moving lines or control codes where there is no tty."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stdout
        if isinstance(stream, io.TextIOWrapper):
            # An old locale has no sign for much of what is said.
            stream.reconfigure(errors="replace")
        self._live: Live | None = None
        self._shown = ""
        if stream.isatty():
            self._console = Console(file=stream, highlight=False)
            self._width = min(self._console.width, WIDEST)
            if self._console.is_terminal and not self._console.is_dumb_terminal:
                self._live = Live(console=self._console, auto_refresh=False, transient=True)
        else:
            # Said in full: FORCE_COLOR and its like must not bring control codes into a file.
            self._console = Console(
                file=stream,
                force_terminal=False,
                color_system=None,
                width=PLAIN_WIDTH,
                highlight=False,
            )
            self._width = PLAIN_WIDTH

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at it, and not a file."""
        return self._console.is_terminal

    def rest(self) -> None:
        """Take the last line away; what is printed from now on is there to stay."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def tell(self, text: str, *, style: str = "") -> None:
        """Print a sentence of our own."""
        for line in Text(text, style=style).wrap(self._console, self._width):
            self._print(line)

    def verbatim(self, text: str, *, style: str = "") -> None:
        """Print what people will copy: not wrapped, not shortened."""
        self._console.print(Text(text, style=style), soft_wrap=True)

    def show(self, entry: Entry) -> None:
        """Print one entry of the chronicle, wrapped beside its name."""
        style = STYLES.get(entry.who, "")
        words = Text(entry.text, style="dim" if entry.who == "heard" else "")
        head = Text.assemble((f"{clock_of(entry.at):>5}  ", "dim"), (f"{entry.who:<8}", style))
        if self._width < NARROW:
            self._print(head)
            for line in words.wrap(self._console, max(self._width, LEAST)):
                self._print(line)
            return
        lines = words.wrap(self._console, self._width - INDENT) or [Text("")]
        for number, line in enumerate(lines):
            self._print((Text(" " * INDENT) if number else head) + line)

    def now(self, present: Present) -> None:
        """Show what goes on now, where a line can move."""
        if self._live is None:
            return
        parts = [present.state or "waiting for the agent"]
        if present.pictures:
            parts.append(f"{present.pictures} picture{'s' * (present.pictures > 1)} seen")
        if present.tool:
            parts.append(f"{present.tool} runs")
        line = f"{'':7}{' | '.join(parts)}"
        room = self._width - len(line) - 6
        if present.speech and room > 0:
            whole = len(present.speech) <= room
            line += f" | {'' if whole else '... '}{present.speech[-room + 4 * (not whole) :]}"
        if line != self._shown:
            self._shown = line
            text = Text(line, style="dim")
            text.truncate(self._width - 1)
            self._live.update(text, refresh=True)

    def _print(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, no_wrap=True, crop=False, overflow="ignore")
