"""What rehearsals share: an address where nobody is in, and a log that does not hear of it."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def shut_door() -> Iterator[str]:
    """Host and port on this machine that refuse whoever comes, for the length of the block."""
    with socket.socket() as door:
        # Bound, so that nobody else can have it; nobody listens, so that it stays shut.
        door.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{door.getsockname()[1]}"


@contextlib.contextmanager
def unheard(*names: str) -> Iterator[None]:
    """Keep what these loggers, and those below them, say out of the log."""

    def drop(record: logging.LogRecord) -> bool:
        return not any(f"{record.name}.".startswith(f"{name}.") for name in names)

    root = logging.getLogger()
    filtered = [*root.handlers, *(logging.getLogger(name) for name in names)]
    for one in filtered:
        one.addFilter(drop)
    try:
        yield
    finally:
        for one in filtered:
            one.removeFilter(drop)
