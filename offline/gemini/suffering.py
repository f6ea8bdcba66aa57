"""Carries out the faults that happen within a conversation: what is said, called and cut."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping

from offline.gemini import calls, outputs, slips
from offline.gemini.delivery import chunks
from offline.gemini.fault import FOR_GOOD, Fault
from offline.gemini.floor import Floor, Whim
from offline.gemini.lifetime import Lifetime
from offline.gemini.line import Line
from offline.gemini.outages import GoAway
from offline.gemini.outputs import OUTPUT_RATE, content
from offline.gemini.thought import Call

EVER = 1e7
"""Seconds; longer than anyone waits."""
UNKNOWN = "no_such_function"


class Suffering:
    """Acts on one conversation; faults it does not know are none of its business."""

    def __init__(self, line: Line, floor: Floor, lifetime: Lifetime) -> None:
        self._line, self._floor, self._lifetime = line, floor, lifetime

    def suffer(self, fault: Fault, now: float) -> None:
        """Do what the fault says."""
        if isinstance(fault, GoAway):
            self._go_away(fault, now)
        elif isinstance(fault, slips.SlowStart):
            self._floor.whim(Whim(late=fault.seconds), now, turns=fault.turns)
        elif isinstance(fault, slips.Stall):
            until = now + (EVER if fault.seconds == FOR_GOOD else fault.seconds)
            self._floor.stall(until)
        elif isinstance(fault, slips.Burst):
            self._floor.pour(hum(fault.seconds), now)
        elif isinstance(fault, slips.Interrupt):
            self._interrupt(fault.times, now)
        elif (whim := _whim(fault)) is not None:
            self._floor.whim(whim, now)
        elif isinstance(fault, slips.CancelCalls | slips.RepeatCall | slips.OddCall):
            self._call(fault, now)
        else:
            for message in _messages(fault, vertex=self._line.vertex):
                self._line.send(message)

    def _go_away(self, fault: GoAway, now: float) -> None:
        closes = {"close on time": fault.time_left, "close early": fault.time_left / 2}
        self._lifetime.go_away(fault.time_left, closes.get(fault.then), now)

    def _interrupt(self, times: int, now: float) -> None:
        # A turnComplete that is not to be sent is taken out on its way.
        stray = self._floor.quiet
        self._floor.interrupt(now)
        for _ in range(times if stray else times - 1):
            self._line.send(content(interrupted=True))
        if stray:
            self._line.send(content(turnComplete=True))

    def _call(self, fault: Fault, now: float) -> None:
        line = self._line
        made = line.account.tool_calls
        last = [one for one in made if one["at"] == made[-1]["at"]]
        if isinstance(fault, slips.CancelCalls):
            ids = list(line.memory.calls) or [str(one["id"]) for one in last]
            line.memory.calls.clear()
            line.send(outputs.tool_call_cancellation(ids))
        elif isinstance(fault, slips.RepeatCall):
            line.send({"toolCall": {"functionCalls": [_bare(one) for one in last]}})
        elif isinstance(fault, slips.OddCall):
            self._odd_call(fault.what, now)

    def _odd_call(self, what: str, now: float) -> None:
        line = self._line
        known = [declared.name for declared in line.memory.declarations] or [UNKNOWN]
        if what == "without an id":
            line.send({"toolCall": {"functionCalls": [{"name": known[0], "args": {}}]}})
            return
        call = Call(name=UNKNOWN, args={})
        if what == "wrong arguments":
            call = Call(name=known[0], args={"no_such_argument": [None, {"deep": True}]})
        calls.issue(line, [call], text="", typed=True, now=now)


def hum(seconds: float) -> bytes:
    """Return a soft hum, s16le mono at 24 kHz."""
    period = OUTPUT_RATE // 120
    wave = (round(2000 * math.sin(at / period * 2 * math.pi)) for at in range(period))
    return array("h", wave).tobytes() * math.ceil(seconds * OUTPUT_RATE / period)


def _whim(fault: Fault) -> Whim | None:
    if isinstance(fault, slips.EmptyTurn):
        return Whim(actions=(), bare=True)
    if isinstance(fault, slips.NoReply):
        return Whim(silent=True)
    if isinstance(fault, slips.MalformedCall):
        # A function that nobody declared: the model fails to call it.
        return Whim(actions=(Call(name=UNKNOWN, args={}),))
    return None


def _messages(fault: Fault, *, vertex: bool) -> list[Mapping[str, object]]:
    if isinstance(fault, slips.SpeakOn):
        return [_audio(piece, vertex=vertex) for piece in _pieces(fault.seconds)]
    if isinstance(fault, slips.OddSamples):
        return [_audio(hum(0.12)[:-1], vertex=vertex)]
    if isinstance(fault, slips.BadBase64):
        part = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "@@not base64@@"}}
        return [content(modelTurn={"parts": [part]})]
    if isinstance(fault, slips.HugeFrame):
        return [content(modelTurn={"parts": [{"text": "x" * fault.bytes, "thought": True}]})]
    if isinstance(fault, slips.Transcripts) and fault.how == "empty":
        name = "inputTranscription" if fault.whose == "user" else "outputTranscription"
        return [content(**{name: {"text": ""}}), content(**{name: {}})]
    if isinstance(fault, slips.UsageAlone):
        return [{"usageMetadata": outputs.usage({"TEXT": 100}, {"AUDIO": 25}, vertex=vertex)}]
    return []


def _pieces(seconds: float) -> list[bytes]:
    return chunks(hum(seconds), first_ms=320, later_ms=320)


def _audio(pcm: bytes, *, vertex: bool) -> Mapping[str, object]:
    parts = [outputs.audio_part(pcm, vertex=vertex)]
    return content(modelTurn=outputs.model_turn(parts, vertex=vertex))


def _bare(made: Mapping[str, object]) -> dict[str, object]:
    return {name: made[name] for name in ("id", "name", "args")}
