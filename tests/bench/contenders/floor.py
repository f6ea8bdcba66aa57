"""The bare participant as a program of its own, told over a loopback port what to do.

`python -m tests.bench.contenders.floor` prints its port; each line it is sent is a JSON request and
is answered by one line. It hears, speaks and falls silent as an agent would, with nothing between:
what a call costs that no agent can save.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import Any

from offline.speech import speak
from tests.e2e.floor import Floor

WORDS = "Once upon a time there was a long and winding road that led up to a house."


class Desk:
    """Answers requests about one call after the other."""

    def __init__(self) -> None:
        self._pcm = speak(WORDS)
        self._stack = contextlib.AsyncExitStack()
        self._floor: Floor | None = None
        self._speaking: asyncio.Task[float] | None = None

    async def answer(self, asked: dict[str, Any]) -> object:
        """Do what is asked: join, speak, hush, loud, leave."""
        if asked["do"] == "join":
            floor = Floor(asked["url"], asked["token"], asked["caller"])
            self._floor = await self._stack.enter_async_context(floor)
            return self._floor.sid
        if asked["do"] == "leave":
            await self._stack.aclose()
            return None
        assert self._floor is not None
        if asked["do"] == "speak":
            begun: asyncio.Future[float] = asyncio.get_running_loop().create_future()
            self._speaking = asyncio.create_task(self._speak(self._floor, begun), name="speak")
            return await begun
        if asked["do"] == "hush":
            assert self._speaking is not None
            self._speaking.cancel()
            return self._floor.hush()
        return [at for at in self._floor.loud if at >= asked["since"]]

    async def _speak(self, floor: Floor, begun: asyncio.Future[float]) -> float:
        begun.set_result(asyncio.get_running_loop().time())
        return await floor.speak(self._pcm)


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
