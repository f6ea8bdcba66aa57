"""The recorded sentences say what they are said to say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offline.ear import AUDIBLE_DB, level_of
from offline.speech import VOICE_RATE, speak
from worker import goodbye, holding
from worker.goodbye import load_sound

RECORDED = [(goodbye.SOUND, goodbye.SENTENCE), (holding.SOUND, holding.SENTENCE)]


@pytest.mark.parametrize(("file", "sentence"), RECORDED)
def test_the_recording_is_the_sentence_in_the_voice_that_is_said_to_have_made_it(
    file: Path, sentence: str
) -> None:
    sound = load_sound(file)
    recorded = np.frombuffer(sound.data, np.int16).astype(np.int32)
    spoken = np.frombuffer(speak(sentence), np.int16).astype(np.int32)
    assert (sound.sample_rate, sound.num_channels) == (VOICE_RATE, 1)
    assert recorded.shape == spoken.shape
    assert np.abs(recorded - spoken).max() <= 2


@pytest.mark.parametrize(("file", "_"), RECORDED)
def test_the_recording_is_loud_from_the_first_to_the_last_ten_milliseconds(
    file: Path, _: str
) -> None:
    sound = load_sound(file)
    samples, step = np.frombuffer(sound.data, np.int16), VOICE_RATE // 100
    assert level_of(samples[:step]) > AUDIBLE_DB
    assert level_of(samples[-step:]) > AUDIBLE_DB
