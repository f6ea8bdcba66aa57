"""Mints room tokens for the caller and for the playground."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from livekit import api


def room_token(
    *,
    api_key: str,
    api_secret: str,
    room: str,
    identity: str,
    name: str = "",
    lifetime: timedelta = timedelta(minutes=10),
    agent: bool = False,
    attributes: Mapping[str, str] | None = None,
    writes_itself: bool = False,
) -> str:
    """Return a token that lets `identity` join `room`, speak, show, type and listen.

    Args:
        lifetime: until when it may be used to join; a call may last longer.
        agent: for a participant of kind agent, such as a bare one to measure against.
        attributes: what the participant has from the beginning.
        writes_itself: whether it may change its own name, metadata and attributes.
    """
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_publish=True,
        can_publish_sources=["microphone", "camera", "screen_share", "screen_share_audio"],
        can_publish_data=True,
        can_subscribe=True,
        can_update_own_metadata=agent or writes_itself,
    )
    token = api.AccessToken(api_key, api_secret).with_identity(identity).with_name(name or identity)
    if agent:
        token = token.with_kind("agent")
    if attributes:
        token = token.with_attributes(dict(attributes))
    return token.with_grants(grants).with_ttl(lifetime).to_jwt()
