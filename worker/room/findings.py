"""Messages on what the service found by itself: pages on the web, and code that it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.room.message import Message
from worker.room.wording import clean, tidy

MAX_LINKS = 10
"""Pages that one reply is said to be based on; the service names fewer."""
MAX_QUERIES = 5
MAX_QUERY_BYTES = 200
MAX_TITLE_BYTES = 200
MAX_ADDRESS_BYTES = 800
"""A longer address is left out: cut, it would lead nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Message):
    """Code that the model wrote and ran at its service, and what came of it."""

    TYPE = "code"
    LONG = ("code", "output")

    language: str
    """As the service names it: `PYTHON`."""
    code: str
    status: Literal["running", "done", "failed", "cancelled"]
    output: str = ""
    """What it printed, or why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page on the web."""

    title: str
    url: str
    """Begins with `https://` or `http://`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", tidy(self.title, limit=MAX_TITLE_BYTES))
        url = clean(self.url[: 4 * MAX_ADDRESS_BYTES]).strip()
        fits = tidy(url, limit=MAX_ADDRESS_BYTES) == url
        web = url.startswith(("https://", "http://"))
        object.__setattr__(self, "url", url if fits and web else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources(Message):
    """What a line of the agent's is based on, when the service has searched the web for it."""

    TYPE = "sources"

    line: str
    """`id` of the transcript it belongs to; empty: nothing was said."""
    queries: tuple[str, ...] = ()
    """What was searched for."""
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        Message.__post_init__(self)
        queries = (tidy(query, limit=MAX_QUERY_BYTES) for query in self.queries)
        object.__setattr__(self, "queries", tuple(filter(None, queries))[:MAX_QUERIES])
        links = tuple(link for link in dict.fromkeys(self.links) if link.url)
        object.__setattr__(self, "links", links[:MAX_LINKS])
