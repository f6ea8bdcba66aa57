"""Runs the page's server beside the rest, when there is a built page."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from offline.livekit import LiveKitServer, healthy
from offline.ports import LOOPBACK, free_port, is_free
from offline.programs import Program, running

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "frontend" / "dist"
USUAL_PORT = 3000
"""Taken when it is free: browsers remember by address who may use the camera."""
FOREIGN = ("LIVEKIT_", "PAGE_", "AGENT_NAME", "ALLOW_ROOM_CHOICE")
"""Variables that would lead the page away from this stack, or close its door."""
GRACE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHost:
    """A running server of the page."""

    url: str
    """http://localhost:PORT, which browsers take for as good as https."""
    program: Program


def is_built() -> bool:
    """Tell whether there is a page to be served."""
    return (BUILT / "index.html").is_file()


@contextlib.asynccontextmanager
async def page_host(
    log_path: Path, server: LiveKitServer, settings: Mapping[str, str] | None = None
) -> AsyncIterator[PageHost]:
    """Serve the built page for the length of the block, to this machine alone.

    On port 3000 if that is free.

    Args:
        settings: variables of frontend/.env.example.

    Raises:
        ProgramError: it does not start.
    """
    port = USUAL_PORT if is_free(USUAL_PORT) else free_port()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    env = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.api_key,
        "LIVEKIT_API_SECRET": server.api_secret,
        "PAGE_HOST": LOOPBACK,
        "PAGE_PORT": str(port),
        **(settings or {}),
    }
    # In the log's folder, as the worker: the repository's own `.env` is not for this stack.
    argv = [sys.executable, "-m", "frontend.server"]
    async with running(
        "the page", argv, log_path=log_path, env=env, cwd=log_path.parent, grace=GRACE
    ) as program:
        await healthy(program, port, "/health")
        yield PageHost(url=f"http://localhost:{port}", program=program)
