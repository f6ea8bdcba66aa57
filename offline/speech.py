"""A voice without a network: espeak-ng from its wheel, as 24 kHz samples."""

from __future__ import annotations

import ctypes
import functools
import importlib
import tempfile
import threading
from collections.abc import Callable
from math import gcd
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from offline.errors import OfflineError

Samples = NDArray[np.float32]

VOICE_RATE = 24_000
"""Samples a second that the Gemini Live service speaks with."""

AGENT_WPM = 170
"""Words a minute of the stand-in's voice."""

CALLER_WPM = 165
"""Words a minute at which `offline.gemini.hearing` understands this voice best."""

PEAK = 0.6
"""Loudest sample of an utterance, of full scale: -4.4 dBFS."""

EDGE = 0.003
"""Seconds kept before the first and after the last audible sample, faded in and out."""

AUDIBLE = 0.01
"""Below this share of full scale, -40 dBFS, an utterance has not begun or has ended."""

VOICE = """\
name sightline
language en-us 2
language en 3
phonemes en-us
dictrules 3 6
stressLength 140 120 190 170 0 0 255 300
stressAmp 17 16 19 19 19 19 21 19
replace 03 I i
replace 03 I2 i
klatt 3
formant 1 100 100 130
consonants 60 60
pitch 110 160
flutter 0
roughness 0
"""
"""An American voice in espeak's own format. The Klatt synthesizer and the softened consonants are
what the recognizer understands best; without flutter and roughness the same words give the same
samples."""

CLEARING = b"a"
"""Spoken and thrown away before each text: espeak keeps state from the utterance before."""

_RETRIEVAL = 1
_DONT_EXIT = 0x8000
_UTF8 = 1
_CHARACTER = 1
_RATE = 1
_FILTER_REACH = 24
_FILTER_BAND = 0.92
_FILTER_BETA = 8.6
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class VoiceMissing(OfflineError):
    """espeak-ng cannot speak here; the message says what to install."""


def find_espeak(
    load: Callable[[str], ModuleType] = importlib.import_module,
) -> tuple[ctypes.CDLL, str]:
    """Return espeak-ng's library and the path of its data, from the wheel that `load` imports.

    Raises:
        VoiceMissing: the wheel is not installed, or not for this machine.
    """
    try:
        wheel = load("espeakng_loader")
        return ctypes.CDLL(wheel.get_library_path()), str(wheel.get_data_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise VoiceMissing(
            "no voice: install the 'offline' extra, its espeakng-loader carries espeak-ng"
        ) from error


class _Espeak:
    """The one copy of libespeak-ng in this process; its state is global, so is its lock."""

    def __init__(self) -> None:
        self._library, data = find_espeak()
        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._callback = _CALLBACK(self._collect)
        started = self._library.espeak_Initialize(_RETRIEVAL, 0, data.encode(), _DONT_EXIT)
        self.rate = int(started)
        if self.rate <= 0:
            raise VoiceMissing("no voice: espeak-ng did not start with its own data folder")
        self._library.espeak_SetSynthCallback(self._callback)
        self._load_voice()

    def synthesize(self, text: str, words_per_minute: int) -> Samples:
        """Return `text` as samples of -1..1 at espeak's own rate."""
        words = text.replace("\0", " ").encode()
        with self._lock:
            self._synthesize(CLEARING, AGENT_WPM)
            pcm = self._synthesize(words, words_per_minute)
        return np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32768)

    def _synthesize(self, words: bytes, words_per_minute: int) -> bytes:
        self._chunks.clear()
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_Synth(
            words, ctypes.c_size_t(len(words) + 1), 0, _CHARACTER, 0, _UTF8, None, None
        )
        self._library.espeak_Synchronize()
        return b"".join(self._chunks)

    def _load_voice(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "voice")
            path.write_text(VOICE)
            if self._library.espeak_SetVoiceByFile(str(path).encode()) != 0:
                raise VoiceMissing("no voice: espeak-ng refused the voice file")

    def _collect(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if samples and count > 0:
            self._chunks.append(ctypes.string_at(samples, count * 2))
        return 0


@functools.cache
def _espeak() -> _Espeak:
    return _Espeak()


_start = threading.Lock()


def speak(text: str, *, words_per_minute: int = AGENT_WPM) -> bytes:
    """Return `text` spoken: s16le mono at 24 kHz; empty when nothing in it can be spoken.

    Blocking (about 3 ms for each second of speech), callable from any thread. The same text gives
    the same bytes. Sound begins and ends within 3 ms of the edges; the peak is -4.4 dBFS.

    Raises:
        VoiceMissing: the wheel with espeak-ng is not installed.
    """
    with _start:
        espeak = _espeak()
    samples = _trim(espeak.synthesize(text, words_per_minute), espeak.rate)
    if not samples.size:
        return b""
    return _to_pcm(_convert(samples, espeak.rate, VOICE_RATE))


def resample(pcm: bytes, *, rate_from: int, rate_to: int) -> bytes:
    """Return s16le mono `pcm` of `rate_from` samples a second at `rate_to`.

    Windowed-sinc, about 90 dB down beyond the band, without delay: sample 0 stays sample 0.
    """
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16).astype(np.float32) / np.float32(
        32768
    )
    return _to_pcm(_convert(samples, rate_from, rate_to))


def _to_pcm(samples: Samples) -> bytes:
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def _trim(samples: Samples, rate: int) -> Samples:
    """Cut the quiet edges, level the peak and fade what is left of the edges."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return samples[:0]
    levelled = samples * np.float32(PEAK / peak)
    loud = np.flatnonzero(np.abs(levelled) >= AUDIBLE)
    edge = round(rate * EDGE)
    cut = levelled[max(0, int(loud[0]) - edge) : int(loud[-1]) + 1 + edge]
    ramp = np.linspace(0.0, 1.0, min(edge, cut.size // 2), dtype=np.float32)
    if ramp.size:
        cut[: ramp.size] *= ramp
        cut[-ramp.size :] *= ramp[::-1]
    return cut


def _convert(samples: Samples, rate_from: int, rate_to: int) -> Samples:
    if rate_from == rate_to or not samples.size:
        return samples
    common = gcd(rate_from, rate_to)
    up, down = rate_to // common, rate_from // common
    bank = _filters(up, down)
    reach = bank.shape[1] // 2
    padded = np.concatenate(
        [np.zeros(reach - 1, np.float32), samples, np.zeros(reach + down, np.float32)]
    )
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach)
    converted = np.empty(-(-samples.size * up // down), np.float32)
    for phase in range(min(up, converted.size)):
        first, branch = divmod(phase * down, up)
        part = converted[phase::up]
        part[:] = windows[first : first + (part.size - 1) * down + 1 : down] @ bank[branch]
    return converted


@functools.cache
def _filters(up: int, down: int) -> Samples:
    """One row of a Kaiser-windowed sinc for each of the `up` places between two input samples."""
    band = min(1.0, up / down)
    reach = int(np.ceil(_FILTER_REACH / band))
    distance = np.arange(up)[:, None] / up - np.arange(1 - reach, reach + 1)[None, :]
    window = np.i0(_FILTER_BETA * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, 1)))
    bank = np.sinc(_FILTER_BAND * band * distance) * window
    scaled: Samples = (bank / bank.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
