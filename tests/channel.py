"""What a room does to a voice on its way: another rate, silence around it, light noise."""

from __future__ import annotations

import numpy as np

from offline.speech import CALLER_WPM, VOICE_RATE, resample, speak


def through_room(text: str, *, noise: float = 0.001, gain: float = 1.0) -> bytes:
    """Return `text` in the caller's voice as s16le mono 16 kHz; `noise` in shares of full scale."""
    voice = speak(text, words_per_minute=CALLER_WPM)
    captured = resample(voice, rate_from=VOICE_RATE, rate_to=48_000)
    heard = np.frombuffer(resample(captured, rate_from=48_000, rate_to=16_000), "<i2")
    spoken = np.pad(heard.astype(np.float64) * gain, (3_200, 8_000))
    spoken += np.random.default_rng(1).normal(0.0, noise * 32_768, spoken.size)
    return np.clip(spoken, -32_768, 32_767).astype("<i2").tobytes()
