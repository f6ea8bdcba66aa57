"""Received audio to utterances: the audio clock, where speech begins and ends, its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offline.gemini.inputs import Audio
from offline.gemini.line import Hear, Line
from offline.gemini.memory import Unfinished
from offline.gemini.vad import (
    END_HIGH,
    END_LOW,
    RATE,
    START_HIGH,
    START_LOW,
    Found,
    Resampler,
    Sounds,
    Vad,
)

PREROLL = RATE  # bytes: half a second before speech is committed belongs to the utterance
LONGEST = 120 * RATE  # bytes: of a longer utterance only the last minute is heard


@dataclass(slots=True, kw_only=True)
class Utterance:
    number: int
    sounds: Sounds
    """Where it was loud."""
    samples: int = 0
    """Received samples from its first loud one to its last."""
    text: str | None = None
    """None until someone has listened to it."""
    superseded: bool = False
    """The user went on speaking before the words were there."""


class Listening:
    """The ears of one connection.

    `on_start(utterance, now)` when speech is committed; `on_end(utterance, now)` when its end is
    committed and its words are there, or when a new one supersedes it; `on_late(utterance, now)`
    with the words of a superseded one.
    """

    def __init__(
        self,
        line: Line,
        *,
        on_start: Callable[[Utterance, float], None],
        on_end: Callable[[Utterance, float], None],
        on_late: Callable[[Utterance, float], None],
    ) -> None:
        self._line = line
        self._on_start, self._on_end, self._on_late = on_start, on_end, on_late
        self._vad = _detector(line)
        self._resampler = Resampler()
        self._buffer = bytearray()
        self._number = 0
        self._current: Utterance | None = None
        self._unheard: dict[int, Utterance] = {}
        self._activity = False
        self._asked_number = 0
        unfinished, line.memory.unfinished = line.memory.unfinished, None
        if unfinished is not None and line.profile.carries_speech:
            self._go_on(unfinished)

    @property
    def speaking(self) -> bool:
        """Whether the user is in the middle of an utterance."""
        return self._current is not None

    @property
    def next_due(self) -> float | None:
        """When `tick` has something to do."""
        return self._vad.ending_at

    def leave(self) -> None:
        """Leave speech that is not over to the connection that resumes the session."""
        current = self._current
        if current is not None or self._vad.pending:
            self._line.memory.unfinished = Unfinished(
                vad=self._vad,
                sounds=self._vad.sounds if current is None else current.sounds,
                pcm=bytes(self._buffer),
                committed=current is not None,
            )

    def audio(self, audio: Audio, now: float) -> None:
        """Take a chunk in; its samples are what moves the audio clock."""
        samples = self._resampler.to_16k(audio.pcm, audio.rate)
        memory, clock = self._line.memory, self._line.memory.samples
        memory.samples += len(samples)
        self._line.account.hear(samples.tobytes())
        self._line.account.clock = (self._line.account.clock[0], memory.samples)
        if not self._line.config.detection.auto:
            if self._activity:
                self._keep(samples.tobytes())
            return
        self._keep(samples.tobytes())
        self._tune()
        self._found(self._vad.feed(samples, clock, now), now)
        if self._current is None and not self._vad.pending:
            del self._buffer[:-PREROLL]

    def tick(self, now: float) -> None:
        """Commit an end whose time has come."""
        self._found(self._vad.tick(now), now)

    def stream_end(self, now: float) -> None:
        """End a pending utterance at once."""
        self._found(self._vad.flush(), now)

    def activity_start(self, now: float) -> None:
        """The client says that speech begins."""
        self._activity = True
        self._buffer.clear()
        clock = self._line.memory.samples
        self._begin(Sounds(first=clock, last=clock, first_at=now, last_at=now), now)

    def activity_end(self, now: float) -> None:
        """The client says that speech ends."""
        if self._current is not None:
            self._activity = False
            sounds = self._current.sounds
            sounds.last, sounds.last_at = self._line.memory.samples, now
            self._finish(now)

    def heard(self, number: int, text: str, now: float) -> None:
        """Take the words of an utterance."""
        if self._current is not None and self._current.number == number:
            self._current.text = text
        elif (utterance := self._unheard.pop(number, None)) is not None:
            utterance.text = text
            (self._on_late if utterance.superseded else self._on_end)(utterance, now)

    def _go_on(self, unfinished: Unfinished) -> None:
        self._buffer += unfinished.pcm
        if self._line.config.detection.auto:
            self._vad = unfinished.vad
        if unfinished.committed:
            self._number = 1
            self._current = Utterance(number=1, sounds=unfinished.sounds)
            self._activity = not self._line.config.detection.auto

    def _found(self, found: list[Found], now: float) -> None:
        for one in found:
            if one is Found.STARTED:
                self._begin(self._vad.sounds, now)
            elif one is Found.PAUSED:
                self._listen()
            elif one is Found.RESUMED and self._current is not None:
                # What was heard so far is not all of it: a new number makes the old words stale.
                self._number += 1
                self._current.number, self._current.text = self._number, None
            elif one is Found.ENDED:
                self._finish(now)

    def _begin(self, sounds: Sounds, now: float) -> None:
        for utterance in self._unheard.values():
            if not utterance.superseded:
                utterance.superseded = True
                self._on_end(utterance, now)
        self._number += 1
        self._current = Utterance(number=self._number, sounds=sounds)
        self._on_start(self._current, now)

    def _finish(self, now: float) -> None:
        utterance = self._current
        if utterance is None:
            return
        if not self._asked:
            self._listen()
        self._current = None
        self._buffer.clear()
        utterance.samples = utterance.sounds.last - utterance.sounds.first
        if utterance.text is None:
            self._unheard[utterance.number] = utterance
        else:
            self._on_end(utterance, now)

    def _listen(self) -> None:
        # Asked for at the silence already, so that the words are there when the end is committed.
        assert self._current is not None
        self._asked_number = self._current.number
        self._line.effects.append(Hear(self._current.number, bytes(self._buffer)))

    @property
    def _asked(self) -> bool:
        return self._current is not None and self._asked_number == self._current.number

    def _keep(self, pcm: bytes) -> None:
        self._buffer += pcm
        del self._buffer[:-LONGEST]

    def _tune(self) -> None:
        temper, asked = self._line.temper, self._line.config.detection
        self._vad.start_delay = round(temper.vad_start_ms * RATE / 1000)
        self._vad.end_extra = temper.vad_end_extra_ms / 1000
        silence = temper.silence_ms if asked.silence_ms is None else asked.silence_ms
        self._vad.silence = round(silence * RATE / 1000)


def _detector(line: Line) -> Vad:
    asked = line.config.detection
    return Vad(
        start_level=START_HIGH if asked.start_high else START_LOW,
        end_level=END_HIGH if asked.end_high else END_LOW,
        prefix=round(asked.prefix_ms * RATE / 1000),
    )
