"""The errors of the page's server."""

from __future__ import annotations

from collections.abc import Iterable


class PageError(Exception):
    """The root of what the page's server raises on purpose."""


class SettingsError(PageError):
    """The environment cannot be worked with; says everything that is wrong at once."""

    lines: tuple[str, ...]
    """One sentence a problem, each naming its variable; never the value of one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


class BuildError(PageError):
    """The folder holds no built page; the sentence says what to do."""


class PersonasError(PageError):
    """A file in the folder of personas is none; the sentence names it."""


class Refusal(PageError):
    """A request that gets no token: its HTTP status, and no detail for whoever sent it."""

    def __init__(self, status: int, why: str, *, retry_after: float = 0.0) -> None:
        self.status, self.why, self.retry_after = status, why, retry_after
        super().__init__(f"{status}: {why}")
