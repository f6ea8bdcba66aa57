"""Somebody in a room who can be killed: `python -m tests.e2e.stranger URL TOKEN`; says `in`."""

from __future__ import annotations

import asyncio
import sys

from offline.caller import Caller


async def stay(url: str, token: str) -> None:
    """Join with a voice and stay until killed."""
    async with Caller(url=url, token=token, identity=""):
        print("in", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(stay(*sys.argv[1:]))
