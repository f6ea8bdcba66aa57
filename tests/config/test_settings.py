"""The environment becomes settings, or a list of everything that is wrong with it."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.config.environment import load
from worker.config.sections import registry
from worker.config.settings import Settings
from worker.errors import SettingsError

SECRET = "kR9vWq2LxTz7PmB4nHs6YdC1gJf8Ea3U"
GOOD = {
    "LIVEKIT_URL": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "APIkey1",
    "LIVEKIT_API_SECRET": SECRET,
    "GOOGLE_API_KEY": "AIzaPLANTED",
}


def problems(**changed: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(GOOD | changed)
    return caught.value.lines


def test_reads_the_least_that_is_needed_and_fills_in_the_rest() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.livekit_url == "ws://127.0.0.1:7880"
    assert (settings.fps, settings.model, settings.agent_name) == (None, "gemini-3.8-live", "")
    assert (settings.compression_trigger, settings.compression_target) == (104857, 52428)
    assert settings.silence_ms is None
    assert not settings.session_host


def test_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_env(GOOD).fps = 0.5  # type: ignore[misc]


def test_a_short_secret_will_do_only_for_a_server_on_this_machine() -> None:
    assert Settings.from_env(GOOD | {"LIVEKIT_API_SECRET": "secret"}).livekit_api_secret
    (line,) = problems(LIVEKIT_API_SECRET="secret", LIVEKIT_URL="wss://example.livekit.cloud")
    assert line == "LIVEKIT_API_SECRET must be at least 32 characters long."


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"AGENT_MODEL": "gemini-live-2.5-flash-native-audio"}, "Gemini API"),
        (
            {
                "GOOGLE_GENAI_USE_VERTEXAI": "true",
                "GOOGLE_CLOUD_PROJECT": "p",
                "AGENT_MODEL": "gemini-3.1-flash-live-preview",
            },
            "Vertex AI",
        ),
        ({"AGENT_COMPRESSION_TRIGGER": "200000"}, "131072"),
    ],
)
def test_a_model_and_where_it_is_served_must_fit(changed: dict[str, str], wanted: str) -> None:
    (line,) = problems(**changed)
    assert wanted in line


def test_an_empty_variable_does_not_hide_what_the_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AGENT_PERSONA", "")
    monkeypatch.setenv("AGENT_FPS", "")
    monkeypatch.setenv("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")
    (tmp_path / ".env").write_text("AGENT_FPS=0.5\n")
    assert load(tmp_path / ".env").fps == 0.5


def test_travels_to_another_process() -> None:
    settings = Settings.from_env(GOOD)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    names = [line.split()[0] for line in caught.value.lines]
    assert names == ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "GOOGLE_API_KEY"]


def test_takes_an_empty_variable_for_one_that_is_not_set() -> None:
    empty = dict.fromkeys((entry.name for entry in registry(Settings).values()), "")
    assert Settings.from_env(empty | GOOD) == Settings.from_env(GOOD)


@pytest.mark.parametrize(
    "url",
    ["wss://x.livekit.cloud", "ws://[::1]:7880", "ws://localhost", "wss://host.example/prefix"],
)
def test_takes_websocket_addresses(url: str) -> None:
    assert Settings.from_env(GOOD | {"LIVEKIT_URL": url}).livekit_url == url


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("LIVEKIT_URL", "", "is missing"),
        ("LIVEKIT_URL", "127.0.0.1:7880", "ws:// or wss://"),
        ("LIVEKIT_URL", "my-project.livekit.cloud", "ws:// or wss://"),
        ("LIVEKIT_URL", "http://127.0.0.1:7880", "ws:// or wss://"),
        ("LIVEKIT_URL", "https://my-project.livekit.cloud", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://127.0.0.1:7880 ", "no space before or after"),
        ("LIVEKIT_URL", "\tws://127.0.0.1:7880", "no space before or after"),
        ("LIVEKIT_URL", "ws://127.0.0. 1", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://host:99999", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://host:0", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://host:", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://[::1", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://300.1.1.1", "ws:// or wss://"),
        ("LIVEKIT_URL", "ws://user:pass@host", "no user or password"),
        ("LIVEKIT_URL", "ws://host?token=abc", "nothing after the path"),
        ("LIVEKIT_API_KEY", "", "is missing"),
        ("LIVEKIT_API_KEY", "API key", "without spaces"),
        ("LIVEKIT_API_KEY", '"APIkey"', "or quotes"),
        ("LIVEKIT_API_SECRET", "", "is missing"),
        ("LIVEKIT_API_SECRET", SECRET + "\n", "without spaces"),
        ("LIVEKIT_API_SECRET", "AIza" + SECRET, "what stands there is a Google API key"),
        ("LIVEKIT_API_KEY", "AIza" + SECRET, "what stands there is a Google API key"),
        ("GOOGLE_API_KEY", "", "GOOGLE_GENAI_USE_VERTEXAI"),
        ("GOOGLE_API_KEY", "AIza with space", "without spaces"),
        ("GOOGLE_API_KEY", "AIzä", "letters, digits and signs"),
        ("GOOGLE_GENAI_USE_VERTEXAI", "maybe", "on or off"),
        ("GOOGLE_CLOUD_PROJECT", "my project", "id of a Google Cloud project"),
        ("GOOGLE_CLOUD_LOCATION", "US Central", "us-central1"),
        ("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:1", "https://"),
        ("AGENT_NAME", "my agent", "at most 64 letters"),
        ("AGENT_DISPLAY_NAME", "a\nb", "at most 64 visible characters"),
        ("AGENT_PERSONA", "nobody", "guide"),
        ("AGENT_PERSONA", "../guide", "guide"),
        ("AGENT_MODEL", "gpt-4o", "gemini-3.8-live"),
        ("AGENT_VOICE", "Pack", "one of: empty, Achernar"),
        ("AGENT_API_VERSION", "1", "v1beta"),
        ("AGENT_JPEG_QUALITY", "101", "from 1 to 100"),
        ("AGENT_JPEG_QUALITY", "٧٥", "from 1 to 100"),
        ("AGENT_MEDIA_RESOLUTION", "ultra", "low, medium, high"),
        ("AGENT_COMPRESSION_TRIGGER", "-1", "0: no compression"),
        ("AGENT_GREETING", "sometimes", "on or off"),
        ("AGENT_SILENCE_MS", "-5", "or empty"),
        ("AGENT_IDLE_PROCESSES", "1000", "from 0 to 64"),
        ("AGENT_MAX_SESSIONS", "many", "whole number"),
        ("AGENT_MEMORY_LIMIT_MB", "5", "or 0: no limit"),
        ("AGENT_HEALTH_HOST", "not a host", "like 127.0.0.1"),
        ("AGENT_HEALTH_PORT", "65536", "from 0 to 65535"),
        ("AGENT_HEALTH_PORT", "-1", "from 0 to 65535"),
        ("AGENT_WEATHER_URL", "file:///etc/passwd", "https:// or http://"),
        ("AGENT_GEOCODING_URL", "api.open-meteo.com", "https:// or http://"),
    ],
)
def test_says_in_one_line_what_would_be_right(name: str, value: str, wanted: str) -> None:
    (line,) = problems(**{name: value})
    assert line.startswith(f"{name} ")
    assert wanted in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (
            {"AGENT_COMPRESSION_TRIGGER": "20000", "AGENT_COMPRESSION_TARGET": "20000"},
            "AGENT_COMPRESSION_TARGET must be less than AGENT_COMPRESSION_TRIGGER",
        ),
        ({"AGENT_COMPRESSION_TARGET": "110000"}, "less than AGENT_COMPRESSION_TRIGGER"),
        (
            {"AGENT_COMPRESSION_TRIGGER": "0", "AGENT_COMPRESSION_TARGET": "9000"},
            "while AGENT_COMPRESSION_TRIGGER is 0",
        ),
        ({"GOOGLE_GENAI_USE_VERTEXAI": "true"}, "GOOGLE_CLOUD_PROJECT is missing"),
        (
            {
                "GOOGLE_GENAI_USE_VERTEXAI": "true",
                "GOOGLE_CLOUD_PROJECT": "p",
                "GOOGLE_GEMINI_BASE_URL": "https://127.0.0.1:1",
            },
            "GOOGLE_GEMINI_BASE_URL must be empty",
        ),
    ],
)
def test_names_what_contradicts(changed: dict[str, str], wanted: str) -> None:
    (line,) = problems(**changed)
    assert wanted in line


def test_needs_no_gemini_key_for_vertex() -> None:
    vertex = {"GOOGLE_GENAI_USE_VERTEXAI": "1", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_API_KEY": ""}
    settings = Settings.from_env(GOOD | vertex)
    assert (settings.vertex, settings.cloud_location) == (True, "us-central1")


def test_halves_the_trigger_where_no_target_is_given() -> None:
    settings = Settings.from_env(GOOD | {"AGENT_COMPRESSION_TRIGGER": "40000"})
    assert settings.compression_target == 20_000


def test_turns_compression_off_with_a_trigger_of_zero() -> None:
    settings = Settings.from_env(GOOD | {"AGENT_COMPRESSION_TRIGGER": "0"})
    assert (settings.compression_trigger, settings.compression_target) == (0, 0)


def test_lets_the_session_host_answer_in_dev_only() -> None:
    assert Settings.from_env(GOOD | {"LIVEKIT_DEV_MODE": "1"}).session_host
    assert not Settings.from_env(GOOD | {"LIVEKIT_DEV_MODE": "0"}).session_host


def test_reports_many_mistakes_together_in_the_order_of_the_registry() -> None:
    lines = problems(AGENT_HEALTH_PORT="x", AGENT_FPS="0", LIVEKIT_URL="http://h")
    assert [line.split()[0] for line in lines] == ["LIVEKIT_URL", "AGENT_FPS", "AGENT_HEALTH_PORT"]


def test_does_not_show_secrets_in_its_repr() -> None:
    shown = repr(Settings.from_env(GOOD))
    assert not any(value in shown for name, value in GOOD.items() if name != "LIVEKIT_URL")


@pytest.mark.parametrize("name", [entry.name for entry in registry(Settings).values()])
def test_never_repeats_a_value_not_even_a_secret_in_the_wrong_place(name: str) -> None:
    lines = problems(**{name: f"AIza{SECRET} \n!"})
    assert SECRET not in "".join(lines)


@given(st.dictionaries(st.sampled_from([e.name for e in registry(Settings).values()]), st.text()))
def test_raises_nothing_but_its_own_error(env: dict[str, str]) -> None:
    with suppress(SettingsError):
        Settings.from_env(env)


def test_loads_the_file_and_lets_the_environment_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"AGENT_VOICE": "Kore"})
    file = tmp_path / ".env"
    file.write_text(
        "".join(f"{name}={value}\n" for name, value in GOOD.items()) + "AGENT_VOICE=Puck\n"
    )
    assert load(file).voice == "Kore"
    assert os.environ["GOOGLE_API_KEY"] == GOOD["GOOGLE_API_KEY"]


def test_loads_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(GOOD))
    assert load(tmp_path / ".env") == Settings.from_env(GOOD)
