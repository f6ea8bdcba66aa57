"""Settings for tests of the page's server, and what is planted in them."""

from __future__ import annotations

from frontend.settings import Settings

SECRET = "kR9vWq2LxTz7PmB4nHs6YdC1gJf8Ea3U"
JWT_SECRET = "bN5xQe8RwYz3LmV7tKc2HfP9uJd4Sa6G"
CODE = "open-sesame-42"
ENV = {
    "LIVEKIT_URL": "wss://live.example.org",
    "LIVEKIT_API_KEY": "APIkey1",
    "LIVEKIT_API_SECRET": SECRET,
}


def settings(**changed: str) -> Settings:
    return Settings.from_env(ENV | changed)
