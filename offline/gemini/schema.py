"""Which fields a setup may hold: the Live API's message definitions as nested tables."""

from __future__ import annotations

from collections.abc import Mapping

from offline.gemini.wire import Json, WireError, snake, unknown_name

Fields = Mapping[str, "Fields | None"]
"""Field name to the fields below it; None where anything goes."""


def _leaves(names: str) -> dict[str, Fields | None]:
    return dict.fromkeys(names.split())


_CONTENT: Fields = _leaves("role parts")

_TRANSCRIPTION: Fields = _leaves(
    "languageCodes customVocabulary wordTimestamp diarization mode sourceText"
)

_GENERATION: Fields = _leaves(
    "responseModalities candidateCount maxOutputTokens temperature topP topK presencePenalty"
    " frequencyPenalty seed mediaResolution enableAffectiveDialog"
) | {
    "speechConfig": _leaves("languageCode")
    | {"voiceConfig": _leaves("prebuiltVoiceConfig replicatedVoiceConfig")},
    "thinkingConfig": _leaves("thinkingBudget thinkingLevel includeThoughts"),
    "translationConfig": _leaves("targetLanguageCode echoTargetLanguage"),
}

UNSUPPORTED_GENERATION = frozenset(
    {
        "responseLogprobs",
        "logprobs",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "stopSequences",
        "routingConfig",
        "audioTimestamp",
    }
)
"""Real fields of generationConfig that the Live API does not take."""

_FUNCTION: Fields = _leaves(
    "name description parameters parametersJsonSchema response responseJsonSchema behavior"
)

_TOOL: Fields = _leaves(
    "googleSearch googleSearchRetrieval codeExecution urlContext googleMaps retrieval computerUse"
    " enterpriseWebSearch"
) | {"functionDeclarations": _FUNCTION}

_REALTIME: Fields = _leaves("activityHandling turnCoverage interimTranscriptTimestampEnabled") | {
    "automaticActivityDetection": _leaves(
        "disabled startOfSpeechSensitivity endOfSpeechSensitivity prefixPaddingMs silenceDurationMs"
    )
}

DEV: Fields = _leaves("model") | {
    "generationConfig": _GENERATION,
    "systemInstruction": _CONTENT,
    "tools": _TOOL,
    "realtimeInputConfig": _REALTIME,
    "sessionResumption": _leaves("handle"),
    "contextWindowCompression": _leaves("triggerTokens")
    | {"slidingWindow": _leaves("targetTokens")},
    "inputAudioTranscription": _TRANSCRIPTION,
    "outputAudioTranscription": _TRANSCRIPTION,
    "proactivity": _leaves("proactiveAudio proactiveVideo"),
    "historyConfig": _leaves("initialHistoryInClientContent"),
}

VERTEX: Fields = (
    dict(DEV)
    | _leaves("explicitVadSignal avatarConfig safetySettings labels")
    | {"sessionResumption": _leaves("handle transparent")}
)


def check(value: Json, fields: Fields, path: str = "setup") -> None:
    """Raise WireError with the service's own words at the first unknown field."""
    for name, item in value.items():
        if name not in fields:
            raise WireError(unknown_name(snake(name), path))
        below = fields[name]
        where = f"{path}.{snake(name)}"
        if below is None:
            continue
        if isinstance(item, Mapping):
            check(item, below, where)
        elif isinstance(item, list):
            for index, member in enumerate(item):
                if isinstance(member, Mapping):
                    check(member, below, f"{where}[{index}]")
