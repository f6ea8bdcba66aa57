"""The bare participant as a program of its own, told over a loopback port what to do.

`python -m tests.bench.contenders.floor` prints its port; each line it is sent is a JSON request and
is answered by one line. It hears, speaks and falls silent as an agent would, with nothing between:
what a call costs that no agent can save.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.e2e.floor import Bare

WORDS = "Once upon a time there was a long and winding road that led up to a house."


class Desk:
    """Answers requests about one call after the other."""

    def __init__(self) -> None:
        self._bare: Bare | None = None

    async def answer(self, asked: dict[str, Any]) -> object:
        """Do what is asked: join, speak, hush, loud, leave."""
        if asked["do"] == "join":
            self._bare = Bare(asked["caller"])
            return await self._bare.join(asked["url"], asked["token"])
        if self._bare is None:
            return None
        if asked["do"] == "leave":
            bare, self._bare = self._bare, None
            await bare.leave()
            return None
        about = WORDS if asked["do"] == "speak" else asked.get("since")
        return await self._bare.answer(asked["do"], about)


async def main() -> int:
    """Listen for requests until our parent ends us."""
    desk = Desk()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            answer = await desk.answer(json.loads(line))
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    print(f"listening on {listening.sockets[0].getsockname()[1]}", flush=True)
    await listening.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
