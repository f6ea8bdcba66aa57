"""The recorded goodbye says what it is said to say."""

from __future__ import annotations

import numpy as np

from offline.ear import AUDIBLE_DB, level_of
from offline.speech import VOICE_RATE, speak
from worker.goodbye import SENTENCE, load_sound


def test_the_recording_is_the_sentence_in_the_voice_that_is_said_to_have_made_it() -> None:
    sound = load_sound()
    recorded = np.frombuffer(sound.data, np.int16).astype(np.int32)
    spoken = np.frombuffer(speak(SENTENCE), np.int16).astype(np.int32)
    assert (sound.sample_rate, sound.num_channels) == (VOICE_RATE, 1)
    assert recorded.shape == spoken.shape
    assert np.abs(recorded - spoken).max() <= 2


def test_the_recording_is_loud_from_the_first_to_the_last_ten_milliseconds() -> None:
    sound = load_sound()
    samples, step = np.frombuffer(sound.data, np.int16), VOICE_RATE // 100
    assert level_of(samples[:step]) > AUDIBLE_DB
    assert level_of(samples[-step:]) > AUDIBLE_DB
