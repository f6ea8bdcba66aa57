"""Which sound may wait: lasting silence, a little; nothing on which a turn may be ending."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from worker.gemini.hush import FAINT, LASTED, TOGETHER, Hush

SILENCE = bytes(320)


def frame(level: int) -> bytes:
    """Ten milliseconds with one sample of that level in it."""
    samples = np.zeros(160, np.int16)
    samples[80] = level
    return samples.tobytes()


def hushed() -> Hush:
    hush = Hush()
    assert not any(hush.may_wait(SILENCE) for _ in range(LASTED // len(SILENCE)))
    return hush


def test_silence_waits_only_once_it_has_lasted_and_never_long() -> None:
    hush = hushed()
    each = TOGETHER // len(SILENCE)
    waited = [hush.may_wait(SILENCE) for _ in range(3 * each)]
    assert waited == ([True] * (each - 1) + [False]) * 3


@given(st.integers(FAINT + 1, 32767), st.integers(0, 5))
def test_sound_never_waits_however_long_it_was_silent(level: int, more: int) -> None:
    hush = hushed()
    for _ in range(more):
        hush.may_wait(SILENCE)
    assert not hush.may_wait(frame(level))
    assert not hush.may_wait(SILENCE)


def test_a_quiet_room_is_silent() -> None:
    hush = hushed()
    assert hush.may_wait(frame(FAINT))


def test_a_deep_tone_is_sound_within_half_its_wave() -> None:
    hush = hushed()
    at = np.arange(320) / 16_000
    wave = (-500 * np.sin(2 * np.pi * 50 * at)).astype(np.int16).tobytes()
    assert not all(hush.may_wait(wave[start : start + 320]) for start in (0, 320))


def test_silence_in_one_long_frame_does_not_wait() -> None:
    assert not hushed().may_wait(bytes(TOGETHER))


def test_nothing_at_all_is_no_sound() -> None:
    hush = hushed()
    assert hush.may_wait(SILENCE)
    assert hush.may_wait(b"")
