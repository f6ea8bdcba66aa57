"""The least that the environment must say."""

from __future__ import annotations

ENVIRONMENT = {
    "LIVEKIT_URL": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
    "GOOGLE_API_KEY": "AIza" + "x" * 35,
}
