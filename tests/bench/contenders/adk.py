"""google-adk's LiveKitRunner with its defaults, serving the rooms it is told of.

Runs in an environment of its own (requirements-adk.lock). google-adk brings no dispatch: this
program listens on a loopback port, which it prints, and each line it is sent names a room to serve.
"""

from __future__ import annotations

import asyncio
import os

from google.adk.agents import Agent
from google.adk.integrations.livekit import LiveKitRunner
from google.adk.runners import Runner
from google.adk.sessions import InMemorySessionService
from livekit import api, rtc

MODEL = "gemini-3.8-live"
APP = "bench"


def get_time(timezone: str) -> str:
    """Tell the time.

    Args:
        timezone: IANA name, such as Europe/Paris.
    """
    return f"12 o'clock in {timezone}"


def token(room: str) -> str:
    """Return a token that lets an agent into a room."""
    grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True)
    return api.AccessToken().with_identity("adk").with_kind("agent").with_grants(grants).to_jwt()


async def serve(runner: Runner, name: str) -> None:
    """Serve one room until its caller leaves."""
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], token(name))
    try:
        await LiveKitRunner(runner=runner, room=room, user_id="caller", session_id=name).start()
    finally:
        await room.disconnect()


async def main() -> None:
    """Listen for rooms for ever."""
    agent = Agent(
        name="assistant",
        model=MODEL,
        instruction="You are a helpful assistant that can see and hear the user.",
        tools=[get_time],
    )
    runner = Runner(app_name=APP, agent=agent, session_service=InMemorySessionService())

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = (await reader.readline()).decode().strip()
        writer.close()
        await serve(runner, name)

    listening = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    print(f"listening on {listening.sockets[0].getsockname()[1]}", flush=True)
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
