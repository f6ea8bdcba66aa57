from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from offline.speech import AUDIBLE, PEAK, VOICE_RATE, VoiceMissing, find_espeak, resample, speak

TEXT = "What time is it in Tokyo?"


def samples(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32_768


def tone(frequency: float, rate: int) -> bytes:
    wave = 0.5 * np.sin(2 * np.pi * frequency * np.arange(rate) / rate)
    return np.rint(wave * 32_768).astype("<i2").tobytes()


def difference(pcm: bytes, wanted: bytes) -> float:
    inner = slice(400, -400)
    return float(np.abs(samples(pcm)[inner] - samples(wanted)[inner]).max())


def test_speaks_at_a_pace_people_speak_at() -> None:
    seconds = samples(speak(TEXT)).size / VOICE_RATE
    assert 1.0 < seconds < 2.0


def test_speaks_slower_when_asked_to() -> None:
    assert len(speak(TEXT, words_per_minute=120)) > 1.2 * len(speak(TEXT, words_per_minute=190))


def test_speaks_as_loud_whatever_it_says() -> None:
    peaks = [np.abs(samples(speak(text))).max() for text in ("stop", TEXT, "hmm")]
    assert peaks == pytest.approx([PEAK] * 3, abs=0.02)


@pytest.mark.parametrize("text", ["hello", TEXT, "stop", "She sells sea shells."])
def test_begins_and_ends_within_four_milliseconds_without_a_click(text: str) -> None:
    voice = samples(speak(text))
    loud = np.flatnonzero(np.abs(voice) >= AUDIBLE) / VOICE_RATE
    assert loud[0] < 0.004
    assert voice.size / VOICE_RATE - loud[-1] < 0.004
    assert max(abs(voice[0]), abs(voice[-1])) < 0.002


def test_says_the_same_text_in_the_same_bytes_whatever_came_before() -> None:
    texts = [TEXT, "a", "Hello! Stop? Now, please: go.", "the lazy dog", TEXT]
    said = {(text, speak(text)) for _ in range(3) for text in texts}
    assert len(said) == len(set(texts))


def test_says_the_same_in_another_process() -> None:
    program = (
        "import hashlib, offline.speech as s;"
        f"s.speak('warm up', words_per_minute=200); voice = s.speak({TEXT!r});"
        "print(hashlib.sha256(voice).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=15
    )
    assert other.stdout.strip() == hashlib.sha256(speak(TEXT)).hexdigest()


def test_speaks_from_several_threads_at_once() -> None:
    texts = [f"number {number}" for number in range(8)]
    alone = [speak(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(speak, texts)) == alone


@pytest.mark.parametrize("text", ["", "   ", "\n", "...", "\0"])
def test_says_nothing_when_there_is_nothing_to_say(text: str) -> None:
    assert speak(text) == b""


def test_speaks_what_is_not_english_too() -> None:
    assert len(speak("Grüße aus München, 東京 & <b>42</b>")) > VOICE_RATE


def test_names_the_extra_to_install_when_the_wheel_is_missing() -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    with pytest.raises(VoiceMissing, match="'offline' extra"):
        find_espeak(missing)


@pytest.mark.parametrize(
    ("rate_from", "rate_to"),
    [(22_050, 24_000), (24_000, 48_000), (48_000, 16_000), (24_000, 16_000), (16_000, 24_000)],
)
@pytest.mark.parametrize("frequency", [300, 1_000, 5_000])
def test_keeps_a_tone_in_pitch_level_and_place(
    rate_from: int, rate_to: int, frequency: float
) -> None:
    converted = resample(tone(frequency, rate_from), rate_from=rate_from, rate_to=rate_to)
    assert len(converted) == 2 * rate_to
    assert difference(converted, tone(frequency, rate_to)) < 0.0005


def test_lets_nothing_through_that_the_lower_rate_cannot_carry() -> None:
    converted = resample(tone(10_000, 48_000), rate_from=48_000, rate_to=16_000)
    assert np.abs(samples(converted)[400:-400]).max() < 0.0005


@pytest.mark.parametrize("count", [0, 1, 2, 3, 161])
def test_resamples_the_shortest_of_sounds(count: int) -> None:
    converted = resample(bytes(2 * count), rate_from=24_000, rate_to=16_000)
    assert len(converted) == 2 * -(-count * 2 // 3)


def test_clips_instead_of_wrapping_around() -> None:
    square = np.repeat(np.tile([32_767, -32_768], 100), 40).astype("<i2").tobytes()
    converted = samples(resample(square, rate_from=24_000, rate_to=48_000))
    assert np.abs(np.diff(converted)).max() < 1.9
