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
from worker.personas import ActivityDetection

UNSET = ActivityDetection()


def build_model(
    settings: Settings,
    *,
    voice: str,
    lifeline: Lifeline,
    tls: ssl.SSLContext,
    detection: ActivityDetection = UNSET,
) -> RealtimeModel:
    """One model for one call; its only way to the service is the lifeline."""
    return RealtimeModel(
        lifeline=lifeline,
        model=settings.model,
        voice=voice,
        http_options=client_options(tls, api_version=settings.api_version),
        **_access(settings),
        **session_options(settings, family_of(settings.model), detection),
    )


def session_options(
    settings: Settings, family: Family, detection: ActivityDetection = UNSET
) -> dict[str, Any]:
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
    if (realtime_input := input_config(settings, detection)) is not None:
        options["realtime_input_config"] = realtime_input
    return options


MANUAL = types.RealtimeInputConfig(
    automatic_activity_detection=types.AutomaticActivityDetection(disabled=True)
)
"""The client says when speech begins and ends (`worker.gemini.activity`)."""


def input_config(
    settings: Settings, detection: ActivityDetection
) -> types.RealtimeInputConfig | None:
    """How the service is to find speech; nothing where all of it is left to the service."""
    silence = settings.silence_ms
    wanted = types.AutomaticActivityDetection(
        start_of_speech_sensitivity=_start(detection.start_of_speech_sensitivity),
        end_of_speech_sensitivity=_end(detection.end_of_speech_sensitivity),
        prefix_padding_ms=detection.prefix_padding_ms,
        silence_duration_ms=detection.silence_duration_ms if silence is None else silence,
    )
    if not wanted.model_dump(exclude_none=True):
        return None
    return types.RealtimeInputConfig(automatic_activity_detection=wanted)


def _start(sensitivity: str) -> types.StartSensitivity | None:
    if not sensitivity:
        return None
    return types.StartSensitivity(f"START_SENSITIVITY_{sensitivity.upper()}")


def _end(sensitivity: str) -> types.EndSensitivity | None:
    if not sensitivity:
        return None
    return types.EndSensitivity(f"END_SENSITIVITY_{sensitivity.upper()}")


def _access(settings: Settings) -> dict[str, Any]:
    if settings.vertex:
        return {
            "vertexai": True,
            "project": settings.cloud_project,
            "location": settings.cloud_location,
        }
    return {"vertexai": False, "api_key": settings.google_api_key}
