"""Tells the room what the service found by itself, each thing beside the line it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from worker.room.findings import Code, Link, Sources
from worker.room.messages import Message


class Citing:
    """Joins sources to lines, and results to code.

    Sources come with the beginning of a reply, mostly before its first word is heard: they wait for
    that line. More of them for the same line replace the message with all of them.
    """

    def __init__(self, put: Callable[[Message], None], line: Callable[[], str]) -> None:
        """Prepare.

        Args:
            line: Gives the id of the line that the agent is speaking; empty: none.
        """
        self._put, self._line = put, line
        self._waiting: list[tuple[tuple[str, ...], tuple[Link, ...]]] = []
        self._heard = ""
        """The line that was begun last, until the agent is silent."""
        self._told = Sources(id="", line="")
        self._scripts = self._nameless = 0
        self._running: Code | None = None

    def on_sources(self, queries: Iterable[str], pages: Iterable[tuple[str, str]]) -> None:
        """The reply that begins or runs is based on these; a page is a title and an address."""
        links = tuple(Link(title=title, url=url) for title, url in pages)
        self._waiting.append((tuple(queries), links))
        if line := self._line():
            self._settle(line)

    def on_line(self, line: str) -> None:
        """The agent begins to be heard with this line."""
        self._heard = line
        self._settle(line)

    def on_rest(self) -> None:
        """The agent is silent: nothing waits for a line any longer, and no code runs."""
        if self._waiting and not self._heard:
            self._nameless += 1
        self._settle(self._heard)
        self._heard = ""
        if self._running is not None:
            self._end("cancelled", "")

    def on_code(self, language: str, code: str) -> None:
        """The model runs code."""
        self._scripts += 1
        id = f"code-{self._scripts}"
        self._running = Code(id=id, language=language, code=code, status="running")
        self._put(self._running)

    def on_outcome(self, succeeded: bool, output: str) -> None:
        """The code has run."""
        if self._running is None:
            self.on_code("", "")
        self._end("done" if succeeded else "failed", output)

    def _end(self, status: Literal["done", "failed", "cancelled"], output: str) -> None:
        ran, self._running = self._running, None
        assert ran is not None
        self._put(replace(ran, status=status, output=output))

    def _settle(self, line: str) -> None:
        waiting, self._waiting = self._waiting, []
        for queries, links in waiting:
            self._tell(line, queries, links)

    def _tell(self, line: str, queries: tuple[str, ...], links: tuple[Link, ...]) -> None:
        id = f"sources-{line or self._nameless}"
        if self._told.id == id:
            queries, links = (*self._told.queries, *queries), (*self._told.links, *links)
        unique = tuple(dict.fromkeys(queries))
        told = Sources(id=id, line=line, queries=unique, links=links)
        if (told.queries or told.links) and told != self._told:
            self._told = told
            self._put(told)
