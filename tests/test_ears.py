"""The local ear, on real speech in noise and on a judge that says what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from offline.speech import CALLER_WPM, resample, speak
from worker.ears import HANGOVER, PATIENCE, UNASKED, WINDOW, Ears

RATE = 16_000
LEAD = 1.0
"""Seconds of noise before and after the speech."""
LOUD = 5_000
"""One sample, of 32767."""
LEVEL = 0.05
"""RMS of the speech, of full scale: -26 dBFS."""
SENTENCES = ("What do you see on the table?", "Stop.", "Please tell me the time in Paris.")
NOISES = {"quiet": 60.0, "a fan": 20.0, "a street": 10.0}
"""How far the noise lies below the speech, in dB."""


@dataclass
class Listener:
    """Notes each edge and the seconds of sound at which it came."""

    edges: list[tuple[float, bool]] = field(default_factory=list)
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, began: bool) -> None:
        self.edges.append((self.seconds, began))

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.timers.append((seconds, call))

    def listen(self, ears: Ears, samples: NDArray[np.int16]) -> None:
        for start in range(0, len(samples) - 159, 160):
            self.seconds = (start + 160) / RATE
            ears.hear(samples[start : start + 160].tobytes())

    def pass_time(self) -> None:
        timers, self.timers = self.timers, []
        for _, call in timers:
            call()


@dataclass
class Script:
    """Judges one window after the other as it was told to, then hears nothing."""

    windows: str

    def predict(self, pcm: NDArray[np.int16]) -> float:
        now, self.windows = self.windows[:1], self.windows[1:]
        return 0.9 if now == "x" else 0.1


def in_noise(sentence: str, below: float) -> tuple[NDArray[np.int16], float]:
    """A sentence with noise around and under it, and the second in which it ends."""
    spoken = resample(speak(sentence, words_per_minute=CALLER_WPM), rate_from=24_000, rate_to=RATE)
    voice = np.frombuffer(spoken, np.int16) / 32768
    voice *= LEVEL / np.sqrt(np.mean(voice**2))
    lead = np.zeros(round(RATE * LEAD))
    sound = np.concatenate([lead, voice, lead])
    noise = np.random.default_rng(7).standard_normal(sound.size) * LEVEL * 10 ** (-below / 20)
    return np.clip((sound + noise) * 32768, -32768, 32767).astype(np.int16), LEAD + len(
        voice
    ) / RATE


@pytest.mark.parametrize("below", NOISES.values(), ids=NOISES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_begins_once_and_ends_once_soon_after_it_did(
    sentence: str, below: float
) -> None:
    listener = Listener()
    sound, end = in_noise(sentence, below)
    listener.listen(Ears(listener.note, later=listener.later), sound)
    (began, _), (ended, _) = listener.edges
    assert [edge for _, edge in listener.edges] == [True, False]
    assert 0.0 <= began - LEAD <= 0.2
    assert 0.0 <= ended - end <= 0.45


@pytest.mark.parametrize("below", NOISES.values(), ids=NOISES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_knows_how_long_it_has_been_silent_when_a_sentence_ends(
    sentence: str, below: float
) -> None:
    listener = Listener()
    sound, _ = in_noise(sentence, below)
    quiet, _ = in_noise(sentence, 90.0)
    last_loud = float(np.flatnonzero(np.abs(quiet / 32768) > 0.003)[-1]) / RATE
    ears = Ears(listener.note, later=listener.later)
    listener.listen(ears, sound)
    silent = listener.edges[-1][0] - last_loud
    assert silent - 0.04 <= ears.silence <= silent + 0.13


def test_a_silent_room_is_not_judged_and_speech_in_it_is() -> None:
    script = Script("." * UNASKED + "xx")
    listener = Listener()
    ears = Ears(listener.note, later=listener.later, judge=script)
    ears.hear(bytes(WINDOW * (UNASKED + 40)))
    assert script.windows == "xx"
    ears.hear(np.full(WINDOW, LOUD, np.int16).tobytes())
    assert [edge for _, edge in listener.edges] == [True]


@pytest.mark.parametrize("below", [60.0, 20.0, 0.0])
def test_noise_is_no_speech(below: float) -> None:
    listener = Listener()
    noise = np.random.default_rng(3).standard_normal(RATE * 5) * LEVEL * 10 ** (-below / 20)
    listener.listen(Ears(listener.note, later=listener.later), (noise * 32768).astype(np.int16))
    assert listener.edges == []


@pytest.mark.parametrize(
    ("windows", "edges"),
    [
        ("....", []),
        (".x..x..x", []),
        ("xx", [True]),
        ("x.x", [True]),
        ("xx...xx...x", [True]),
        ("xx....", [True, False]),
        ("xx....x..x..", [True, False]),
        ("xx....xx....", [True, False, True, False]),
    ],
)
def test_edges_do_not_chatter(windows: str, edges: list[bool]) -> None:
    listener = Listener()
    ears = Ears(listener.note, later=listener.later, judge=Script(windows))
    ears.hear(bytes(WINDOW * len(windows)))
    assert [edge for _, edge in listener.edges] == edges
    assert HANGOVER == 4


def test_who_loses_the_microphone_speaks_no_longer() -> None:
    listener = Listener()
    ears = Ears(listener.note, later=listener.later, judge=Script("xxx"))
    ears.hear(bytes(WINDOW * 2))
    ears.hear(bytes(WINDOW))
    listener.pass_time()
    assert ears.speaking
    listener.pass_time()
    assert [edge for _, edge in listener.edges] == [True, False]
    assert ears.silence == PATIENCE
    assert listener.timers == []


def test_only_the_newest_beginning_is_watched() -> None:
    listener = Listener()
    ears = Ears(listener.note, later=listener.later, judge=Script("xx....xx"))
    ears.hear(bytes(WINDOW * 8))
    ears.hear(b"")
    listener.pass_time()
    assert [edge for _, edge in listener.edges] == [True, False, True]
    assert [seconds for seconds, _ in listener.timers] == [PATIENCE]
