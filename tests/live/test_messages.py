"""How long a data message is on its way inside the worker, from its cause to the room's door."""

from __future__ import annotations

import time

import numpy as np
import pytest
from google.genai import types

from offline.gemini.senses import Actions
from offline.gemini.thought import Call, Prompt, Say
from tests.e2e.figures import Figures
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from tests.live.talking import Scene, talking
from worker.gemini.toolcalls import ToolCalls
from worker.hands import Hands
from worker.room.messages import Message, Tool, Transcript, decode
from worker.room.outbox import Outbox
from worker.room.relay import Relay

TURNS = 20


def call_then_answer(prompt: Prompt) -> Actions:
    """Call a tool in every turn, and say what it gave."""
    if prompt.results:
        return (Say(text="It is noon."),)
    return (Call(name="get_time", args={}),)


class Door:
    """The room's side of a scene: takes packets, and knows when their causes arrived."""

    def __init__(self, scene: Scene) -> None:
        self.causes: dict[str, float] = {}
        self.late: dict[str, list[float]] = {"tool": [], "line": []}
        self.outbox = Outbox(self.publish)
        relay = Relay(put=self.put, agent=lambda: "agent", user=lambda: "ann")
        relay.follow(scene.session)
        scene.lifeline.listeners.insert(0, self.on_message)
        hands = Hands()
        hands.serve(scene.session)
        self.calls = ToolCalls(run=hands.run, lifeline=scene.lifeline)
        self.outbox.start()

    def put(self, message: Message) -> None:
        self.outbox.put(message)

    def on_message(self, message: types.LiveServerMessage) -> None:
        now = time.perf_counter()
        if message.tool_call:
            self.causes |= {str(c.id): now for c in message.tool_call.function_calls or ()}
        if message.server_content and message.server_content.input_transcription:
            self.causes["line"] = now

    async def publish(self, packet: bytes) -> None:
        message, now = decode(packet), time.perf_counter()
        if isinstance(message, Tool) and message.status == "running":
            self.late["tool"].append(now - self.causes[message.id])
        elif isinstance(message, Transcript) and message.who == "user" and message.final:
            self.late["line"].append(now - self.causes["line"])


async def test_messages_follow_their_causes_at_once(
    monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    async with talking(monkeypatch, call_then_answer) as scene:
        door = Door(scene)
        for turn in range(1, TURNS + 1):
            for sound in [LOUD_10MS] * 30 + [SILENT_10MS] * 100:
                scene.lifeline.hear(sound)
            await until(lambda n=turn: len(door.late["tool"]) == n, within=10)  # type: ignore[misc]
            await until(lambda: scene.lifeline.course.talk.at_boundary)
        await door.calls.aclose()
        await door.outbox.aclose()
    for what, late in door.late.items():
        for percent in (50, 95):
            value = float(np.percentile(late, percent)) * 1000
            figures(f"data message ({what}): after its cause, p{percent}", value, "ms", "<= 20")
    assert [len(late) for late in door.late.values()] == [TURNS, TURNS]
