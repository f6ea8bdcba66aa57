"""The messages the service sends, as the API they came through writes them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from offline.gemini.wire import Json

OUTPUT_RATE = 24_000


def content(**fields: object) -> dict[str, object]:
    """Return a serverContent message; fields that are None or False are left out."""
    kept = {
        name: value for name, value in fields.items() if value is not None and value is not False
    }
    return {"serverContent": kept}


def model_turn(parts: Sequence[Json], *, vertex: bool) -> dict[str, object]:
    """Return the modelTurn of some parts; only Vertex names the role."""
    return {"role": "model", "parts": list(parts)} if vertex else {"parts": list(parts)}


def audio_part(pcm: bytes, *, vertex: bool) -> dict[str, object]:
    mime = "audio/pcm" if vertex else f"audio/pcm;rate={OUTPUT_RATE}"
    return {"inlineData": {"mimeType": mime, "data": base64.b64encode(pcm).decode()}}


def setup_complete(session_id: str | None) -> dict[str, object]:
    return {"setupComplete": {"sessionId": session_id} if session_id else {}}


def resumption_update(handle: str | None) -> dict[str, object]:
    """Return a handle to resume from, or the empty update of a busy session."""
    update = {"newHandle": handle, "resumable": True} if handle else {}
    return {"sessionResumptionUpdate": update}


def go_away(time_left: float) -> dict[str, object]:
    return {"goAway": {"timeLeft": f"{round(time_left, 3):g}s"}}


def voice_activity(kind: str, samples: int) -> dict[str, object]:
    """Return an activity mark at a position of the audio clock (16 kHz), in steps of 40 ms."""
    steps = samples // 640
    whole, rest = divmod(steps * 40, 1000)
    offset = f"{whole}.{rest:03d}s" if rest else f"{whole}s"
    return {"voiceActivity": {"type": kind, "audioOffset": offset}}


def tool_call(calls: Sequence[tuple[str, str, Mapping[str, object]]]) -> dict[str, object]:
    listed = [{"id": id_, "name": name, "args": dict(args)} for id_, name, args in calls]
    return {"toolCall": {"functionCalls": listed}}


def tool_call_cancellation(ids: Sequence[str]) -> dict[str, object]:
    return {"toolCallCancellation": {"ids": list(ids)}}


def usage(
    prompt: Mapping[str, int], response: Mapping[str, int], *, vertex: bool
) -> dict[str, object]:
    """Return usageMetadata: tokens by modality of the whole context and of this reply."""
    word = "candidates" if vertex else "response"
    asked, answered = sum(prompt.values()), sum(response.values())
    return {
        "promptTokenCount": asked,
        f"{word}TokenCount": answered,
        "totalTokenCount": asked + answered,
        "promptTokensDetails": _details(prompt),
        f"{word}TokensDetails": _details(response),
    }


def _details(counts: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"modality": name, "tokenCount": count} for name, count in counts.items() if count]
