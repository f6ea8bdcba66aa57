"""Decide whether a setup is accepted, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from offline.gemini import schema
from offline.gemini.inputs import system_text
from offline.gemini.profiles import NON_BLOCKING, Profile, profile_of
from offline.gemini.wire import INVALID_ARGUMENT, Json, WireError

TEXT_REFUSED = (
    "The requested combination of response modalities (TEXT) is not supported by the model. {}"
)
NOT_FOUND = (
    "{} is not found for API version {}, or is not supported for bidiGenerateContent. Call"
    " ListModels to see the list of available models and their supported methods."
)
NOT_FOUND_VERTEX = "Publisher model `{}` was not found or your project does not have access to it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Which API the client came to: its path tells."""

    vertex: bool = False
    version: str = "v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A function the client can run."""

    name: str
    parameters: Mapping[str, object]
    behavior: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How the client wants speech to be found."""

    auto: bool = True
    start_high: bool = True
    end_high: bool = True
    prefix_ms: int = 0
    silence_ms: int | None = None
    """None is the service's own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """When and how far the context is cut, in tokens; None is the service's own choice."""

    trigger: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """An accepted setup."""

    model: str
    profile: Profile
    dialect: Dialect
    text: bool
    """Answers in text instead of speech."""
    system: str
    declarations: tuple[Declaration, ...]
    search: bool
    code: bool
    detection: Detection
    interrupts: bool
    coverage: str
    input_transcription: bool
    output_transcription: bool
    resumption: bool
    handle: str | None
    """The handle to resume from."""
    seeded: bool
    """The first clientContent is history and asks for nothing."""
    thoughts: bool
    detailed_frames: bool
    compression: Compression | None
    """None if the context is not to be compressed."""


def admit(setup: Json, dialect: Dialect, *, strict: bool = True) -> Config:
    """Return what a setup asks for; WireError with the service's words if it is refused."""
    generation = _object(setup, "generationConfig")
    if schema.UNSUPPORTED_GENERATION & generation.keys():
        raise WireError(INVALID_ARGUMENT)
    if strict:
        schema.check(setup, schema.VERTEX if dialect.vertex else schema.DEV)
    model = _model(setup, dialect)
    profile = profile_of(model, vertex=dialect.vertex)
    if profile is None:
        reason = NOT_FOUND_VERTEX if dialect.vertex else NOT_FOUND
        raise WireError(reason.format(model, dialect.version), 1008)
    _check_generation(setup, generation, profile)
    realtime = _object(setup, "realtimeInputConfig")
    resumption = setup.get("sessionResumption")
    tools = _list(setup, "tools")
    return Config(
        model=model,
        profile=profile,
        dialect=dialect,
        text=_modality(generation, profile, model) == "TEXT",
        system=system_text(setup.get("systemInstruction", {})),
        declarations=declared(tools, profile),
        search=any("googleSearch" in tool for tool in tools),
        code=any("codeExecution" in tool for tool in tools),
        detection=_detection(_object(realtime, "automaticActivityDetection"), dialect),
        interrupts=realtime.get("activityHandling") != "NO_INTERRUPTION",
        coverage=_coverage(realtime, profile),
        input_transcription="inputAudioTranscription" in setup,
        output_transcription="outputAudioTranscription" in setup,
        resumption=resumption is not None,
        handle=_handle(resumption),
        seeded=_object(setup, "historyConfig").get("initialHistoryInClientContent") is True,
        thoughts=_object(generation, "thinkingConfig").get("includeThoughts") is True,
        detailed_frames=generation.get("mediaResolution") == "MEDIA_RESOLUTION_HIGH",
        compression=_compression(setup),
    )


def declared(tools: list[Json], profile: Profile) -> tuple[Declaration, ...]:
    """Return the functions among `tools`; WireError if the model does not take their behaviour."""
    found = []
    for function in (item for tool in tools for item in _list(tool, "functionDeclarations")):
        behavior = function.get("behavior", profile.default_behavior)
        name = function.get("name")
        if behavior not in profile.behaviors or not isinstance(name, str) or not name:
            raise WireError(INVALID_ARGUMENT)
        parameters = _object(function, "parameters") or _object(function, "parametersJsonSchema")
        found.append(Declaration(name=name, parameters=parameters, behavior=str(behavior)))
    return tuple(found)


def _model(setup: Json, dialect: Dialect) -> str:
    model = setup.get("model")
    if not isinstance(model, str) or not model:
        raise WireError(INVALID_ARGUMENT)
    if dialect.vertex or model.startswith("models/"):
        return model
    return f"models/{model}"


def _modality(generation: Json, profile: Profile, model: str) -> str:
    modalities = generation.get("responseModalities") or ["AUDIO"]
    if not isinstance(modalities, list) or len(modalities) != 1:
        raise WireError(INVALID_ARGUMENT)
    modality = str(modalities[0])
    if modality == "TEXT" and "TEXT" not in profile.modalities:
        raise WireError(TEXT_REFUSED.format(model))
    if modality not in profile.modalities:
        raise WireError(INVALID_ARGUMENT)
    return modality


def _check_generation(setup: Json, generation: Json, profile: Profile) -> None:
    thinking = _object(generation, "thinkingConfig")
    level = thinking.get("thinkingLevel")
    proactive = _object(setup, "proactivity").get("proactiveAudio")
    wrong = (
        (level is not None and level not in profile.thinking_levels)
        or (proactive is False and not profile.proactive_off)
        or ("enableAffectiveDialog" in generation and not profile.affective)
    )
    if wrong:
        raise WireError(INVALID_ARGUMENT)


def _compression(setup: Json) -> Compression | None:
    if setup.get("contextWindowCompression") is None:
        return None
    asked = _object(setup, "contextWindowCompression")
    return Compression(
        trigger=_int64(asked, "triggerTokens"),
        target=_int64(_object(asked, "slidingWindow"), "targetTokens"),
    )


def _coverage(realtime: Json, profile: Profile) -> str:
    coverage = str(realtime.get("turnCoverage", profile.coverage))
    if coverage == "TURN_COVERAGE_UNSPECIFIED":
        return profile.coverage
    if coverage not in profile.coverages:
        raise WireError(INVALID_ARGUMENT)
    return coverage


def _detection(asked: Json, dialect: Dialect) -> Detection:
    # The enterprise API is the less ready one of the two, at both ends of speech.
    default = "LOW" if dialect.vertex else "HIGH"
    return Detection(
        auto=asked.get("disabled") is not True,
        start_high=str(asked.get("startOfSpeechSensitivity", default)).endswith("HIGH"),
        end_high=str(asked.get("endOfSpeechSensitivity", default)).endswith("HIGH"),
        prefix_ms=_int64(asked, "prefixPaddingMs") or 0,
        silence_ms=_int64(asked, "silenceDurationMs"),
    )


def _handle(resumption: object) -> str | None:
    handle = resumption.get("handle") if isinstance(resumption, Mapping) else None
    return handle if isinstance(handle, str) and handle else None


def _int64(value: Json, name: str) -> int | None:
    number = value.get(name)
    if number is None:
        return None
    try:
        return int(str(number))
    except ValueError as error:
        raise WireError(INVALID_ARGUMENT) from error


def _object(value: Json, name: str) -> Json:
    found = value.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise WireError(INVALID_ARGUMENT)
    return found


def _list(value: Json, name: str) -> list[Json]:
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise WireError(INVALID_ARGUMENT)
    return found


def behaves(declarations: tuple[Declaration, ...], name: str) -> str:
    """Return how the declared function `name` behaves; NON_BLOCKING when it is not declared."""
    for declaration in declarations:
        if declaration.name == name:
            return declaration.behavior
    return NON_BLOCKING
