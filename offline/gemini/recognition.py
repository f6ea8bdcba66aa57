"""Words out of 16 kHz speech with pocketsphinx: the known sentences first, then any English.

Run as `python -m offline.gemini.recognition` it answers utterances from standard input until that
ends. It has a process of its own because pocketsphinx keeps Python's global lock for as long as it
searches, a third of the utterance's length: in a thread it would stop the whole service.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from offline.gemini import grammar

HEARING_RATE = 16_000

SURE, POSSIBLE = 9.0, -8.0
"""Score a frame, in the decoder's log units, by which a known sentence leads the best string of
sounds. Above SURE it was said, below POSSIBLE it was not: measured over offline/speech.py's voice,
long known sentences lead by 9 to 28 and other speech stays behind by 3 to 40."""

RIVAL = -12.0
"""Between the two any other English may beat it, by this score a frame: short known sentences stay
above -9, what merely sounds like one ("set the alarm for tomorrow") falls to -15 and below."""

LONGEST = 12.0
"""Seconds of an utterance that are listened to; the search takes up to half of that."""

FLOOR = 33.0
"""Noise laid under every utterance, as the deviation of 16-bit samples (-60 dBFS): in the digital
silence of a synthetic caller the model takes anything for a known sentence."""

LENGTH_BYTES = 4
"""An utterance arrives as its length, little endian, and its samples."""

VOWELS = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
)
"""Sounds without which nothing is a word: noise and tones are heard as hisses or nothing."""

_SILENCE = ("SIL", "<", "+", "[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The best path of one search through an utterance."""

    words: str
    score: int
    """Logarithm of its likelihood in the decoder's units."""

    frames: int
    """Frames of 10 ms that are not silence."""


class Recognizer:
    """Three searches over one utterance: sounds, known sentences, any English."""

    def __init__(self) -> None:
        """Load the American English model that the pocketsphinx wheel carries.

        Raises:
            ImportError: pocketsphinx is not installed.
        """
        import pocketsphinx

        # Only with all senones computed are the scores of two searches comparable.
        self._near = pocketsphinx.Decoder(lm=None, compallsen=True, loglevel="FATAL")
        model = pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin")
        self._near.add_allphone_file("sounds", model)
        known = grammar.jsgf(lambda word: self._near.lookup_word(word) is not None)
        self._near.add_jsgf_string("asked", known)
        self._far = pocketsphinx.Decoder(loglevel="FATAL")

    def transcribe(self, pcm16k: bytes) -> str:
        """Return the words in `pcm16k` (s16le mono, 16 kHz), "" where none are heard."""
        pcm = _floored(pcm16k[: int(LONGEST * HEARING_RATE) * 2])
        sounds = self._search("sounds", pcm)
        if not VOWELS.intersection(sounds.words.split()):
            return ""
        asked = self._search("asked", pcm)
        lead = asked.score - sounds.score if grammar.is_sentence(asked.words) else -math.inf
        if lead >= SURE * sounds.frames:
            return asked.words
        english = _decode(self._far, pcm)
        beaten = asked.score - english.score < RIVAL * sounds.frames
        return english.words if beaten or lead < POSSIBLE * sounds.frames else asked.words

    def _search(self, name: str, pcm: bytes) -> Heard:
        self._near.activate_search(name)
        return _decode(self._near, pcm)


def _floored(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")
    noise = np.random.default_rng(0).normal(0.0, FLOOR, samples.size)
    return np.clip(samples + noise, -32768, 32767).astype("<i2").tobytes()


def _decode(decoder: Any, pcm: bytes) -> Heard:
    if len(pcm) < 2:
        return Heard(words="", score=0, frames=1)
    with warnings.catch_warnings():
        # Called deprecated; but it alone forgets the noise of the utterance before.
        warnings.simplefilter("ignore", DeprecationWarning)
        decoder.start_stream()
    decoder.start_utt()
    decoder.process_raw(pcm, no_search=False, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    if found is None:
        return Heard(words="", score=0, frames=1)
    spoken = sum(
        segment.end_frame - segment.start_frame + 1
        for segment in decoder.seg()
        if not segment.word.startswith(_SILENCE)
    )
    score = int(decoder.logmath.log(found.score))
    return Heard(words=found.hypstr, score=score, frames=max(1, spoken))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer each utterance from `source` with a line of JSON in `sink`, until `source` ends."""
    recognizer = Recognizer()
    while len(length := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        text = recognizer.transcribe(source.read(int.from_bytes(length, "little")))
        sink.write(json.dumps(text).encode() + b"\n")
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
