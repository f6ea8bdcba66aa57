"""Builds the eyes of a conversation from its settings."""

from __future__ import annotations

import time
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession, AgentStateChangedEvent

from worker.config.settings import Settings
from worker.eyes.blindspot import REMIND
from worker.eyes.choice import Kind
from worker.eyes.darkroom import Profile
from worker.eyes.sight import Sight
from worker.eyes.sources import Sources
from worker.gaze import Gaze
from worker.gemini.families import family_of
from worker.looking import Looking

TYPED_PATIENCE = 0.25
"""Seconds a typed question waits for the picture it is about."""


def open_sources(settings: Settings, room: rtc.Room) -> Sources:
    """Follow what is shown in a room."""
    edges: dict[Kind, int] = {"camera": settings.picture_edge, "screen": settings.screen_edge}
    return Sources(room, settings.look_at, edges)


def open_sight(settings: Settings, looking: Looking, sources: Sources, gaze: Gaze) -> Sight:
    """Make the eyes; whatever they send goes through `gaze`."""
    profile = Profile(
        camera_edge=settings.picture_edge,
        screen_edge=settings.screen_edge,
        quality=settings.jpeg_quality,
        screen_quality=settings.screen_quality,
    )
    forgets = family_of(settings.model).forgets_pictures
    sight = Sight(
        sources=sources,
        pacing=looking.pacing(),
        profile=profile,
        send=gaze.on_picture,
        send_card=gaze.on_card,
        on_vision=gaze.on_vision,
        clock=time.monotonic,
        remind=0.0 if forgets else REMIND,
    )
    looking.serve(sight.pause, sight.shift)
    return sight


def follow(session: AgentSession[Any], sight: Sight) -> None:
    """Let the eyes know when the agent speaks."""

    def on_state(event: AgentStateChangedEvent) -> None:
        sight.on_reply(event.new_state == "speaking")

    session.on("agent_state_changed", on_state)
