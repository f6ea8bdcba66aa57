"""The model families the stand-in can be: a table of what differs between them on the wire."""

from __future__ import annotations

from dataclasses import dataclass, replace

ONLY_ACTIVITY = "TURN_INCLUDES_ONLY_ACTIVITY"
ALL_INPUT = "TURN_INCLUDES_ALL_INPUT"
ALL_VIDEO = "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"
COVERAGES = frozenset({ONLY_ACTIVITY, ALL_INPUT, ALL_VIDEO})

BLOCKING = "BLOCKING"
NON_BLOCKING = "NON_BLOCKING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one model family accepts and how its messages look."""

    name: str
    dev: bool = True
    """Served on the Developer API."""
    vertex: bool = False
    """Served on Vertex AI."""
    modalities: frozenset[str] = frozenset({"AUDIO"})
    behaviors: frozenset[str] = frozenset({BLOCKING, NON_BLOCKING})
    default_behavior: str = BLOCKING
    scheduling: bool = True
    """Honours a response's scheduling; else every NON_BLOCKING response is WHEN_IDLE."""
    thinking_levels: frozenset[str] = frozenset()
    proactive: bool = False
    """May leave noise without an answer."""
    proactive_off: bool = True
    """`proactiveAudio: false` is accepted."""
    affective: bool = False
    explicit_roles: bool = False
    """Content without a role is refused."""
    dot_is_empty: bool = False
    """A lone "." from the user gets an empty turn instead of a reply."""
    handle_once: bool = False
    """One resumption handle a connection; else one a turn and `{}` while busy."""
    carries_speech: bool = False
    """A connection that resumes goes on with the utterance in whose middle the last one ended."""
    voice_activity: bool = False
    whole_transcript: bool = False
    """The user's words come in one message; else in fragments, the first with a leading space."""
    multipart: bool = False
    """May put several kinds of content in one message."""
    cancels_calls: bool = False
    """Says toolCallCancellation when an interruption drops pending calls."""
    coverage: str = ONLY_ACTIVITY
    coverages: frozenset[str] = COVERAGES
    interaction_status: bool = False
    """Fills the time it thinks and says IN_PROGRESS or IDLE with every turnComplete."""
    frame_tokens: int = 256
    context_window: int = 131_072
    """Tokens."""
    call_id: str = "function-call-{}"
    blocking_call_id: str = "function-call-{}"


_LEVELS = frozenset({"LOW", "MEDIUM", "HIGH"})

LIVE_38 = Profile(
    name="gemini-3.8-live",
    vertex=True,
    default_behavior=NON_BLOCKING,
    proactive=True,
    proactive_off=False,
    explicit_roles=True,
    dot_is_empty=True,
    handle_once=True,
    carries_speech=True,
    voice_activity=True,
    whole_transcript=True,
    multipart=True,
    coverage=ALL_VIDEO,
    frame_tokens=70,
    call_id="call_{:06d}",
    blocking_call_id="fc_{}",
)

LIVE_38_EXTENDED = replace(
    LIVE_38,
    name="gemini-3.8-live-extended-thinking",
    vertex=False,
    behaviors=frozenset({NON_BLOCKING}),
    scheduling=False,
    thinking_levels=_LEVELS,
    interaction_status=True,
)

LIVE_31 = Profile(
    name="gemini-3.1-flash-live-preview",
    behaviors=frozenset({BLOCKING}),
    scheduling=False,
    thinking_levels=_LEVELS | {"MINIMAL"},
    explicit_roles=True,
    dot_is_empty=True,
    multipart=True,
    cancels_calls=True,
    coverage=ALL_VIDEO,
    frame_tokens=70,
)
"""What nobody has recorded of it, handles and ears, is as on 2.5: the less that is promised."""

LIVE_25 = Profile(
    name="gemini-2.5-flash-native-audio-preview-12-2025",
    proactive=True,
    affective=True,
    cancels_calls=True,
)

LIVE_25_VERTEX = Profile(
    name="gemini-live-2.5-flash-native-audio",
    dev=False,
    vertex=True,
    scheduling=False,
    proactive=True,
    affective=True,
    cancels_calls=True,
    coverages=COVERAGES - {ALL_VIDEO},
)

HALF_CASCADE = Profile(
    name="gemini-live-2.5-flash-preview",
    modalities=frozenset({"TEXT", "AUDIO"}),
    cancels_calls=True,
    context_window=32_768,
)
"""The last family that could answer in text; shut down in 2025 and kept here for its wire form."""

PROFILES = {
    profile.name: profile
    for profile in (LIVE_38, LIVE_38_EXTENDED, LIVE_31, LIVE_25, LIVE_25_VERTEX, HALF_CASCADE)
} | {"gemini-2.5-flash-native-audio-preview-09-2025": LIVE_25}


def profile_of(model: str, *, vertex: bool) -> Profile | None:
    """Return the profile of a model by its API name, None if that API does not serve it."""
    profile = PROFILES.get(model.rsplit("/", 1)[-1])
    if profile is None or not (profile.vertex if vertex else profile.dev):
        return None
    return profile
