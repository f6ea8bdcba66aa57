"""What each family of Gemini Live models accepts, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.errors import SightlineError

Behavior = Literal["BLOCKING", "NON_BLOCKING"]

VOICES = (
    *("Achernar", "Achird", "Algenib", "Algieba", "Alnilam", "Aoede", "Autonoe", "Callirrhoe"),
    *("Charon", "Despina", "Enceladus", "Erinome", "Fenrir", "Gacrux", "Iapetus", "Kore"),
    *("Laomedeia", "Leda", "Orus", "Puck", "Pulcherrima", "Rasalgethi", "Sadachbia"),
    *("Sadaltager", "Schedar", "Sulafat", "Umbriel", "Vindemiatrix", "Zephyr", "Zubenelgenubi"),
)
"""The voices of native audio, which every family here has (Google's guide to voices, 2026-09)."""


class UnknownModel(SightlineError):
    """No family of models has this name."""

    def __str__(self) -> str:
        return f"unknown model; known are {', '.join(known_models())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """US dollars for a million tokens, and for a thousand of Google's own searches.

    Source: https://ai.google.dev/gemini-api/docs/pricing, paid tier, as it stood at `as_of`; what
    Vertex AI, batches and caches cost is not in it. Every turn pays for the whole context once
    more. What counts as a search: https://ai.google.dev/gemini-api/docs/google-search. The searches
    that are free (5,000 a month for the 3 family, 1,500 a day for 2.5) are shared by all that a
    project does, so nothing is taken off for them.
    """

    as_of: str
    """Year and month."""
    text_in: float
    audio_in: float
    picture_in: float
    """Images and video."""
    text_out: float
    audio_out: float
    """Thinking too."""
    search: float
    """For a thousand. The 2.5 family's is that of its other models: the Live rows name none."""
    search_unit: Literal["query", "prompt"]
    """What is billed: each query that the model makes, or each answer that rests on any."""


PRICES_3 = Prices(
    as_of="2026-09",
    text_in=0.75,
    audio_in=3.0,
    picture_in=1.0,
    text_out=4.5,
    audio_out=12.0,
    search=14.0,
    search_unit="query",
)
PRICES_25 = Prices(
    as_of="2026-09",
    text_in=0.5,
    audio_in=3.0,
    picture_in=3.0,
    text_out=2.0,
    audio_out=12.0,
    search=35.0,
    search_unit="prompt",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of Live models and the rules its service enforces at setup."""

    name: str
    models: tuple[str, ...]
    """Names on the Gemini API, without ``models/``; the newest first."""
    vertex_models: tuple[str, ...] = ()
    """Names on Vertex AI."""
    context_window: int = 131_072
    """Input tokens. Source: model pages of 2026-09."""
    frame_tokens: int
    """Tokens of one video frame at medium or unspecified media resolution."""
    frame_tokens_low: int
    """The same at low media resolution. Source of all three: Google's page on media resolution."""
    frame_tokens_high: int
    """The same at high media resolution."""
    forgets_pictures: bool = False
    """Whether a turn holds only the pictures that came while somebody spoke; else all since the
    turn before (the service's ``turnCoverage`` unless it is set)."""
    tool_behavior: Behavior | None
    """What a function declaration says; ``None`` leaves it to the service."""
    voice_activity: bool
    """Whether the service tells when speech starts and ends (``voiceActivity``), and writes a line
    down whole when it ends."""
    prices: Prices

    def tokens_per_frame(self, resolution: str = "") -> int:
        """Tokens that one frame costs at `low`, `medium`, `high` or unspecified resolution."""
        if resolution == "low":
            return self.frame_tokens_low
        return self.frame_tokens_high if resolution == "high" else self.frame_tokens


FAMILIES: tuple[Family, ...] = (
    Family(
        name="3.8",
        models=("gemini-3.8-live",),
        vertex_models=("gemini-3.8-live",),
        frame_tokens=70,
        frame_tokens_low=70,
        frame_tokens_high=280,
        tool_behavior="NON_BLOCKING",
        voice_activity=True,
        prices=PRICES_3,
    ),
    Family(
        name="3.8-extended-thinking",
        models=("gemini-3.8-live-extended-thinking",),
        frame_tokens=70,
        frame_tokens_low=70,
        frame_tokens_high=280,
        tool_behavior="NON_BLOCKING",
        voice_activity=True,
        prices=PRICES_3,
    ),
    Family(
        name="3.1",
        models=("gemini-3.1-flash-live-preview",),
        frame_tokens=70,
        frame_tokens_low=70,
        frame_tokens_high=280,
        tool_behavior=None,
        voice_activity=False,
        prices=PRICES_3,
    ),
    Family(
        name="2.5",
        models=(
            "gemini-2.5-flash-native-audio-preview-12-2025",
            "gemini-2.5-flash-native-audio-preview-09-2025",
        ),
        vertex_models=("gemini-live-2.5-flash-native-audio",),
        frame_tokens=258,
        frame_tokens_low=64,
        frame_tokens_high=258,
        forgets_pictures=True,
        tool_behavior=None,
        voice_activity=False,
        prices=PRICES_25,
    ),
)


def known_models() -> tuple[str, ...]:
    """Every model name that a setting may hold."""
    named = (model for family in FAMILIES for model in (*family.models, *family.vertex_models))
    return tuple(dict.fromkeys(named))


def family_of(model: str) -> Family:
    """The family of a model name, with or without ``models/``.

    Raises:
        UnknownModel: no family knows the name.
    """
    name = model.removeprefix("models/")
    for family in FAMILIES:
        if name in family.models or name in family.vertex_models:
            return family
    raise UnknownModel(model)
