"""What the variables of the environment say together: what is missing, what contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def missing(env: Mapping[str, str], *, vertex: bool) -> list[str]:
    """Say of each variable that is needed and not set what to set it to."""
    needed = {
        "LIVEKIT_URL": "set it to your server, like wss://my-project.livekit.cloud",
        "LIVEKIT_API_KEY": "set it to the key of your LiveKit project",
        "LIVEKIT_API_SECRET": "set it to the secret that goes with LIVEKIT_API_KEY",
    }
    if vertex:
        needed["GOOGLE_CLOUD_PROJECT"] = (
            "GOOGLE_GENAI_USE_VERTEXAI is on and needs the project's id"
        )
    else:
        needed["GOOGLE_API_KEY"] = (
            "set it to a Gemini key from aistudio.google.com, or GOOGLE_GENAI_USE_VERTEXAI to true"
        )
    return [f"{name} is missing: {words}." for name, words in needed.items() if not env.get(name)]


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Check what was read against itself; a value that could not be read is not compared."""
    problems: list[str] = []
    trigger, target = values.get("compression_trigger"), values.get("compression_target")
    if trigger == 0 and target:
        problems.append(
            "AGENT_COMPRESSION_TARGET must be 0 or empty while AGENT_COMPRESSION_TRIGGER is 0."
        )
    elif trigger and target and target >= trigger:
        problems.append("AGENT_COMPRESSION_TARGET must be less than AGENT_COMPRESSION_TRIGGER.")
    if values.get("vertex") and values.get("gemini_base_url"):
        problems.append(
            "GOOGLE_GEMINI_BASE_URL must be empty while GOOGLE_GENAI_USE_VERTEXAI is on:"
            " Vertex AI would not use it."
        )
    return problems
