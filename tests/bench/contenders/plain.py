"""The framework's plain example of Gemini with video: its defaults and nothing else.

Runs in an environment of its own (requirements-plain.lock): `python plain.py start`. It has Pillow,
without which its video path fails, and one tool, so that a tool call can be timed.
"""

from __future__ import annotations

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, cli, function_tool
from livekit.agents.voice import room_io
from livekit.plugins import google

MODEL = "gemini-3.8-live"

server = AgentServer(port=0)  # a free port for its health answer: another program may have 8081


class Assistant(Agent):
    """An assistant that sees."""

    def __init__(self) -> None:
        super().__init__(instructions="You are a helpful assistant that can see and hear the user.")

    @function_tool
    async def get_time(self, timezone: str) -> str:
        """Tell the time.

        Args:
            timezone: IANA name, such as Europe/Paris.
        """
        return f"12 o'clock in {timezone}"


@server.rtc_session()
async def entrypoint(ctx: JobContext) -> None:
    """Serve one room."""
    session: AgentSession[None] = AgentSession(llm=google.realtime.RealtimeModel(model=MODEL))
    await session.start(
        agent=Assistant(), room=ctx.room, room_options=room_io.RoomOptions(video_input=True)
    )


if __name__ == "__main__":
    cli.run_app(server)
