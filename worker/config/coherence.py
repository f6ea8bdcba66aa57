"""What the variables of the environment say together: what is missing, what contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from worker.gemini.families import FAMILIES, Family, family_of

SECRET_LENGTH = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
    problems += _weak_secret(values)
    problems += _model_contradictions(values, trigger)
    if values.get("vertex") and values.get("gemini_base_url"):
        problems.append(
            "GOOGLE_GEMINI_BASE_URL must be empty while GOOGLE_GENAI_USE_VERTEXAI is on:"
            " Vertex AI would not use it."
        )
    return problems


def _weak_secret(values: Mapping[str, Any]) -> list[str]:
    """A short secret will do for a server on this machine: `livekit-server --dev` has one."""
    secret, url = values.get("livekit_api_secret"), values.get("livekit_url", "")
    host = urlsplit(url).hostname or ""
    if not secret or len(secret) >= SECRET_LENGTH or host in LOOPBACK:
        return []
    return [f"LIVEKIT_API_SECRET must be at least {SECRET_LENGTH} characters long."]


def _model_contradictions(values: Mapping[str, Any], trigger: int | None) -> list[str]:
    if "model" not in values or "vertex" not in values:
        return []
    family, problems = family_of(values["model"]), []
    served, where = (
        (family.vertex_models, "Vertex AI") if values["vertex"] else (family.models, "Gemini API")
    )
    if values["model"].removeprefix("models/") not in served:
        others = sorted({m for f in FAMILIES for m in _served(f, vertex=values["vertex"])})
        problems.append(f"AGENT_MODEL is not served by the {where}; it has {', '.join(others)}.")
    if trigger and trigger > family.context_window:
        window = family.context_window
        problems.append(f"AGENT_COMPRESSION_TRIGGER must be at most the model's window, {window}.")
    return problems


def _served(family: Family, *, vertex: bool) -> tuple[str, ...]:
    return family.vertex_models if vertex else family.models
