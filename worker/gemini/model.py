"""The realtime model of one call, from settings and what its family accepts."""

from __future__ import annotations

import ssl
from typing import Any

from google.genai import types

from worker.config.settings import Settings
from worker.gemini.dial import client_options
from worker.gemini.families import Family, family_of
from worker.gemini.lifeline import Lifeline
from worker.gemini.realtime import RealtimeModel


def build_model(
    settings: Settings, *, voice: str, lifeline: Lifeline, tls: ssl.SSLContext
) -> RealtimeModel:
    """One model for one call; its only way to the service is the lifeline."""
    return RealtimeModel(
        lifeline=lifeline,
        model=settings.model,
        voice=voice,
        http_options=client_options(tls, api_version=settings.api_version),
        **_access(settings),
        **session_options(settings, family_of(settings.model)),
    )


def session_options(settings: Settings, family: Family) -> dict[str, Any]:
    """What the setup holds beyond the defaults: options that the family's service would refuse or
    that nobody asked for are left out."""
    options: dict[str, Any] = {}
    if family.tool_behavior is not None:
        options["tool_behavior"] = types.Behavior(family.tool_behavior)
    if settings.compression_trigger:
        options["context_window_compression"] = types.ContextWindowCompressionConfig(
            trigger_tokens=settings.compression_trigger,
            sliding_window=types.SlidingWindow(target_tokens=settings.compression_target),
        )
    if settings.media_resolution:
        name = f"MEDIA_RESOLUTION_{settings.media_resolution.upper()}"
        options["media_resolution"] = types.MediaResolution(name)
    if settings.silence_ms is not None:
        options["realtime_input_config"] = types.RealtimeInputConfig(
            automatic_activity_detection=types.AutomaticActivityDetection(
                silence_duration_ms=settings.silence_ms
            )
        )
    return options


def _access(settings: Settings) -> dict[str, Any]:
    if settings.vertex:
        return {
            "vertexai": True,
            "project": settings.cloud_project,
            "location": settings.cloud_location,
        }
    return {"vertexai": False, "api_key": settings.google_api_key}
