"""Everything the environment may say, as one frozen `Settings`; `environment` reads it.

Each field below is one variable: its name, default, what it may hold and what it is for, and so in
`sections`, where the parts are that stand for themselves. `.env.example` is held against all of
them by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from worker.config.coherence import contradictions, missing
from worker.config.sections import MachineSettings, parse
from worker.config.variables import (
    address,
    choice,
    maybe,
    model_name,
    number,
    persona_name,
    secret,
    switch,
    text,
    variable,
    whole,
)
from worker.errors import SettingsError
from worker.gemini.families import VOICES

_URL = address("ws", "wss", example="wss://my-project.livekit.cloud")
_HTTPS = address("https", example="https://127.0.0.1:8443")
_WEB = address("https", "http", example="https://api.open-meteo.com")
_NAME = text("at most 64 letters, digits, '-', '_' or '.'", r"[A-Za-z0-9_.-]{0,64}")
_TITLE = text("at most 64 visible characters", r"(?=\S)[^\x00-\x1f\x7f-\x9f]{1,64}(?<=\S)")
_PROJECT = text("the id of a Google Cloud project", r"[A-Za-z0-9.:-]{0,100}")
_REGION = text("a region, like us-central1", r"[a-z0-9-]{1,40}")
_VOICE = choice("", *VOICES)
_API = text("a version like v1, v1beta or v1alpha", r"(v[1-9]((alpha|beta)[1-9]?)?)?")
_EDGE = whole(64, 4096, unit="pixels")
_TOKENS = whole(1000, 10_000_000, unit="tokens", zero="no compression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(MachineSettings):
    """Everything the environment says, checked. Secrets do not show in `repr`."""

    livekit_url: str = variable(
        "LIVEKIT_URL",
        "",
        _URL,
        "address of the LiveKit server, like wss://my-project.livekit.cloud",
    )
    livekit_api_key: str = variable(
        "LIVEKIT_API_KEY", "", secret(), "API key of the LiveKit project", hidden=True
    )
    livekit_api_secret: str = variable(
        "LIVEKIT_API_SECRET",
        "",
        secret(),
        "API secret that goes with it, 32 characters or more",
        hidden=True,
    )
    google_api_key: str = variable(
        "GOOGLE_API_KEY",
        "",
        secret(google=True),
        "Gemini API key from aistudio.google.com; Vertex AI does not use it",
        hidden=True,
    )
    vertex: bool = variable(
        "GOOGLE_GENAI_USE_VERTEXAI",
        "false",
        switch,
        "on: Vertex AI instead of the Gemini API, signed in as Google Cloud does",
    )
    cloud_project: str = variable(
        "GOOGLE_CLOUD_PROJECT", "", _PROJECT, "Google Cloud project, needed for Vertex AI"
    )
    cloud_location: str = variable(
        "GOOGLE_CLOUD_LOCATION", "us-central1", _REGION, "Google Cloud region for Vertex AI"
    )
    gemini_base_url: str = variable(
        "GOOGLE_GEMINI_BASE_URL", "", _HTTPS, "https address that stands in for Google's Gemini API"
    )
    agent_name: str = variable(
        "AGENT_NAME",
        "",
        _NAME,
        "empty: joins every room; a name: only where it is asked for by that name",
    )
    display_name: str = variable(
        "AGENT_DISPLAY_NAME", "Sightline", _TITLE, "name of the agent that people see in the room"
    )
    persona: str = variable(
        "AGENT_PERSONA",
        "guide",
        persona_name,
        "who the agent is: the name of a file in worker/personas",
    )
    model: str = variable(
        "AGENT_MODEL",
        "gemini-3.8-live",
        model_name,
        "Gemini Live model; the table in worker/gemini/families.py has them all",
    )
    voice: str = variable(
        "AGENT_VOICE", "", _VOICE, "Gemini voice, like Puck; empty: the persona's"
    )
    api_version: str = variable(
        "AGENT_API_VERSION",
        "",
        _API,
        "version of the API, like v1beta; empty: the Google client's default",
    )
    vision: str = variable(
        "AGENT_VISION",
        "",
        choice("adaptive", "steady", "off", ""),
        "adaptive: pictures follow the talk; steady; off: the agent is blind; empty: the persona's",
    )
    look_at: str = variable(
        "AGENT_LOOK_AT",
        "person",
        choice("one", "person", "room"),
        "one: the caller's screen or camera; person: both; room: everybody's, four at most",
    )
    fps: float | None = variable(
        "AGENT_FPS",
        "",
        maybe(number(above=0, up_to=1), "the persona's"),
        "pictures a second while somebody talks (steady: always), at most 1; empty: the persona's",
    )
    picture_budget: int = variable(
        "AGENT_PICTURE_BUDGET",
        "6000",
        whole(300, 1_000_000, unit="tokens", zero="no limit"),
        "tokens that pictures may cost in any minute; 0: no limit",
    )
    """One a second of 70 tokens each and some to spare; 21 or 23 a minute where each costs more."""
    picture_edge: int = variable(
        "AGENT_PICTURE_EDGE",
        "768",
        _EDGE,
        "longest edge of a camera's picture in pixels; pictures never grow",
    )
    screen_edge: int = variable(
        "AGENT_SCREEN_EDGE",
        "1536",
        _EDGE,
        "longest edge of a shared screen and of a closer look, in pixels",
    )
    jpeg_quality: int = variable(
        "AGENT_JPEG_QUALITY", "75", whole(1, 100), "quality of a camera's JPEGs, 1 to 100"
    )
    screen_quality: int = variable(
        "AGENT_SCREEN_QUALITY", "85", whole(1, 100), "that of a shared screen and of a closer look"
    )
    media_resolution: str = variable(
        "AGENT_MEDIA_RESOLUTION",
        "",
        choice("low", "medium", "high", ""),
        "detail the model reads in a picture: low, medium, high; empty: its default",
    )
    compression_trigger: int = variable(
        "AGENT_COMPRESSION_TRIGGER",
        "104857",
        _TOKENS,
        "tokens in the context at which the oldest turns go; 0: never",
    )
    """80 % of the 131072 tokens a Live model takes in, the service's own default."""
    compression_target: int = variable(
        "AGENT_COMPRESSION_TARGET",
        "0",
        whole(1000, 10_000_000, unit="tokens", zero="half of the trigger"),
        "tokens that stay when they go; 0: half of the trigger",
    )
    """In a finished `Settings` the number itself, and 0 only where compression is off."""
    setup_timeout: float = variable(
        "AGENT_SETUP_TIMEOUT",
        "10",
        number(above=0, up_to=120, unit="seconds"),
        "seconds that Gemini Live may take to set up a connection",
    )
    patience: float = variable(
        "AGENT_PATIENCE",
        "300",
        number(above=0, up_to=3600, unit="seconds"),
        "seconds without Gemini Live after which the agent says goodbye",
    )
    greeting: bool = variable(
        "AGENT_GREETING", "on", switch, "on or off: whether the agent speaks first"
    )
    silence_ms: int | None = variable(
        "AGENT_SILENCE_MS",
        "",
        maybe(whole(50, 10_000, unit="milliseconds"), "the persona's"),
        "milliseconds of silence that end a turn; empty: the persona's",
    )
    budget_usd: float | None = variable(
        "BUDGET_USD",
        "",
        maybe(number(above=0, up_to=10_000, unit="US dollars"), "no limit"),
        "US dollars that a call may cost; the agent then says goodbye; empty: no limit",
    )
    budget_minutes: float | None = variable(
        "BUDGET_MINUTES",
        "",
        maybe(number(above=0, up_to=10_000, unit="minutes"), "no limit"),
        "minutes that a call may last; the agent then says goodbye; empty: no limit",
    )
    weather_url: str = variable(
        "AGENT_WEATHER_URL",
        "https://api.open-meteo.com",
        _WEB,
        "where Open-Meteo's forecast answers, without /v1/forecast",
    )
    geocoding_url: str = variable(
        "AGENT_GEOCODING_URL",
        "https://geocoding-api.open-meteo.com",
        _WEB,
        "where Open-Meteo's search for places answers, without /v1/search",
    )

    @property
    def livekit(self) -> tuple[str, str, str]:
        """What LiveKit's API is reached with: address, key, secret."""
        return self.livekit_url, self.livekit_api_key, self.livekit_api_secret

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read and check all variables.

        Raises:
            SettingsError: One line a problem, all of them at once, none with a value in it.
        """
        values, problems = parse(cls, env)
        problems += missing(env, vertex=values.get("vertex", False))
        problems += contradictions(values)
        if problems:
            raise SettingsError(problems)
        if not values["compression_target"]:
            values["compression_target"] = values["compression_trigger"] // 2
        return cls(**values)
