"""What a call's setup holds, by settings and family."""

from __future__ import annotations

import ssl
import time

import pytest
from google.genai import types

from tests.environment import ENVIRONMENT
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.families import family_of
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import build_model, input_config, session_options
from worker.gemini.taps import Taps
from worker.personas import ActivityDetection


def options(**env: str) -> dict[str, object]:
    settings = Settings.from_env({**ENVIRONMENT, **env})
    return session_options(settings, family_of(settings.model))


def test_compression_is_on_unless_it_is_switched_off() -> None:
    compression = options()["context_window_compression"]
    assert isinstance(compression, types.ContextWindowCompressionConfig)
    assert compression.trigger_tokens == 104_857
    assert compression.sliding_window == types.SlidingWindow(target_tokens=52_428)
    assert "context_window_compression" not in options(AGENT_COMPRESSION_TRIGGER="0")


@pytest.mark.parametrize(
    ("model", "behavior"),
    [
        ("gemini-3.8-live", types.Behavior.NON_BLOCKING),
        ("gemini-3.8-live-extended-thinking", types.Behavior.NON_BLOCKING),
        ("gemini-3.1-flash-live-preview", None),
        ("gemini-2.5-flash-native-audio-preview-12-2025", None),
    ],
)
def test_tools_are_declared_as_the_family_knows_them(
    model: str, behavior: types.Behavior | None
) -> None:
    assert options(AGENT_MODEL=model).get("tool_behavior") == behavior


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ("low", types.MediaResolution.MEDIA_RESOLUTION_LOW),
        ("high", types.MediaResolution.MEDIA_RESOLUTION_HIGH),
        ("", None),
    ],
)
def test_media_resolution_is_sent_when_it_is_asked_for(
    setting: str, sent: types.MediaResolution | None
) -> None:
    assert options(AGENT_MEDIA_RESOLUTION=setting).get("media_resolution") == sent


def test_the_services_own_silence_is_left_alone_unless_set() -> None:
    assert "realtime_input_config" not in options()
    config = options(AGENT_SILENCE_MS="500")["realtime_input_config"]
    assert isinstance(config, types.RealtimeInputConfig)
    assert config.automatic_activity_detection is not None
    assert config.automatic_activity_detection.silence_duration_ms == 500


def test_speech_is_found_as_the_persona_has_it_unless_the_settings_say_otherwise() -> None:
    patient = ActivityDetection(
        start_of_speech_sensitivity="low",
        end_of_speech_sensitivity="high",
        prefix_padding_ms=100,
        silence_duration_ms=1400,
    )
    config = input_config(Settings.from_env(ENVIRONMENT), patient)
    shorter = input_config(Settings.from_env({**ENVIRONMENT, "AGENT_SILENCE_MS": "500"}), patient)
    assert config is not None
    assert config.automatic_activity_detection == types.AutomaticActivityDetection(
        start_of_speech_sensitivity=types.StartSensitivity.START_SENSITIVITY_LOW,
        end_of_speech_sensitivity=types.EndSensitivity.END_SENSITIVITY_HIGH,
        prefix_padding_ms=100,
        silence_duration_ms=1400,
    )
    assert shorter is not None
    assert shorter.automatic_activity_detection is not None
    assert shorter.automatic_activity_detection.silence_duration_ms == 500


def test_nothing_is_sent_that_3_8_refuses() -> None:
    assert not options().keys() & {"thinking_config", "proactivity", "enable_affective_dialog"}


def test_vertex_is_a_matter_of_settings() -> None:
    settings = Settings.from_env(
        {
            **ENVIRONMENT,
            "GOOGLE_GENAI_USE_VERTEXAI": "true",
            "GOOGLE_CLOUD_PROJECT": "my-project",
            "GOOGLE_CLOUD_LOCATION": "europe-west4",
        }
    )
    lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0)
    tls = ssl.create_default_context()
    model = build_model(settings, voice="Puck", lifeline=lifeline, tls=tls)
    assert model._opts.vertexai
    assert (model._opts.project, model._opts.location) == ("my-project", "europe-west4")
