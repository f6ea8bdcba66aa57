"""Mints the token that lets a visitor into one room, and no more than that."""

from __future__ import annotations

import json
from datetime import timedelta

from livekit import api

from frontend.admission import Admission
from frontend.settings import Settings

LIFETIME = timedelta(minutes=10)
"""Until when it may be used to join; a call may last longer."""
SOURCES = ("microphone", "camera", "screen_share")


def mint(admission: Admission, settings: Settings) -> str:
    """Return a JWT: join this room, speak, show, type and listen."""
    grants = api.VideoGrants(
        room_join=True,
        room=admission.room,
        can_publish=True,
        can_publish_sources=list(SOURCES),
        can_publish_data=True,
        can_subscribe=True,
        can_update_own_metadata=False,
    )
    token = (
        api.AccessToken(settings.api_key, settings.api_secret)
        .with_identity(admission.identity)
        .with_name(admission.name)
        .with_grants(grants)
        .with_ttl(LIFETIME)
    )
    if admission.agent or admission.persona:
        metadata = json.dumps({"persona": admission.persona}) if admission.persona else ""
        dispatch = api.RoomAgentDispatch(agent_name=admission.agent, metadata=metadata)
        token = token.with_room_config(api.RoomConfiguration(agents=[dispatch]))
    return token.to_jwt()
