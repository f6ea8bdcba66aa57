from __future__ import annotations

import io
import json
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from offline.gemini import grammar
from offline.gemini.recognition import HEARING_RATE, LENGTH_BYTES, Recognizer, serve
from tests.channel import through_room

KNOWN = [
    "hello",
    "stop",
    "thank you",
    "what time is it",
    "what time is it in tokyo",
    "what is the weather in paris",
    "what do you see",
    "look closer at the code",
    "set a timer for five seconds",
    "set a timer for twenty five minutes",
    "tell me a long story",
    "no",
]

FREE = {
    "can you hear me now": "hear me",
    "she opened the window and looked outside": "window",
    "the weather is very nice today": "weather is very nice",
}
"""Sentences outside the grammar, and what of them must arrive."""

UNRELATED = [
    "he set the table for dinner",
    "what time did you get up",
    "set the alarm for tomorrow",
    "good night",
]
"""Sentences that sound like known ones."""

SECOND = np.arange(HEARING_RATE)
TWO = np.arange(2 * HEARING_RATE)
MELODY = np.array([262, 330, 392, 523, 440, 392, 294, 262]) * 2 * np.pi / HEARING_RATE


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer()


def pcm(samples: NDArray[np.floating]) -> bytes:
    clipped: NDArray[np.int16] = np.clip(samples, -32_768, 32_767).astype("<i2")
    return clipped.tobytes()


def noise(level: float) -> NDArray[np.float64]:
    return np.random.default_rng(1).normal(0.0, level, HEARING_RATE)


@pytest.mark.parametrize("text", KNOWN)
def test_understands_a_known_sentence(recognizer: Recognizer, text: str) -> None:
    assert recognizer.transcribe(through_room(text)) == text


@pytest.mark.parametrize("level", [0.0, 0.004])
def test_understands_in_digital_silence_and_in_noise(recognizer: Recognizer, level: float) -> None:
    assert recognizer.transcribe(through_room("what time is it", noise=level)) == "what time is it"


def test_understands_a_quiet_voice(recognizer: Recognizer) -> None:
    assert recognizer.transcribe(through_room("what do you see", gain=0.25)) == "what do you see"


@pytest.mark.parametrize(("text", "kept"), FREE.items())
def test_follows_free_speech(recognizer: Recognizer, text: str, kept: str) -> None:
    assert kept in recognizer.transcribe(through_room(text))


@pytest.mark.parametrize("text", UNRELATED)
def test_takes_no_other_speech_for_a_known_sentence(recognizer: Recognizer, text: str) -> None:
    heard = recognizer.transcribe(through_room(text))
    assert heard
    assert not grammar.is_sentence(heard)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(HEARING_RATE), id="silence"),
        pytest.param(noise(30), id="quiet noise"),
        pytest.param(noise(3_000), id="loud noise"),
        pytest.param(noise(5_000) * (np.sin(SECOND / 1_500) > 0), id="bursts"),
        pytest.param(8_000 * np.sin(SECOND * 0.17), id="tone"),
        pytest.param(5_000 * np.sign(np.sin(SECOND * 0.02)), id="hum"),
        pytest.param(9_000 * np.sin(TWO * 0.079) * (np.sin(TWO / 2_500) > 0), id="beeps"),
        pytest.param(noise(9_000)[:160], id="click"),
        pytest.param(np.zeros(0), id="nothing"),
        pytest.param(np.zeros(1), id="one sample"),
    ],
)
def test_hears_no_words_in_noise(recognizer: Recognizer, samples: NDArray[np.float64]) -> None:
    assert recognizer.transcribe(pcm(samples)) == ""


def test_takes_no_melody_for_a_known_sentence(recognizer: Recognizer) -> None:
    melody = 6_000 * np.sin(np.cumsum(np.repeat(MELODY, 4_000)))
    assert not grammar.is_sentence(recognizer.transcribe(pcm(melody)))


def test_hears_the_same_whatever_came_before(recognizer: Recognizer) -> None:
    utterance = through_room("good night")
    first = recognizer.transcribe(utterance)
    recognizer.transcribe(pcm(noise(6_000)))
    assert recognizer.transcribe(utterance) == first


def test_knows_a_sentence_in_less_than_half_its_length(recognizer: Recognizer) -> None:
    utterance = through_room("set a timer for five seconds")
    began = time.thread_time()
    recognizer.transcribe(utterance)
    assert time.thread_time() - began < len(utterance) / 2 / HEARING_RATE / 2


def test_answers_each_utterance_with_a_line_until_its_input_ends() -> None:
    utterances = [through_room("thank you"), b"", through_room("look closer")]
    source = b"".join(len(u).to_bytes(LENGTH_BYTES, "little") + u for u in utterances)
    sink = io.BytesIO()
    serve(io.BytesIO(source + b"\1"), sink)
    heard = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert heard == ["thank you", "", "look closer"]
