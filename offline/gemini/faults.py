"""Every way in which the stand-in can be told to fail: the table of the faults F1-F26.

A fault is named by the words of its `do` line in a scenario; `number` is its place in the list of
faults, 0 for those beyond it. Durations are seconds.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Mapping
from typing import Literal

from offline.gemini import outages, slips
from offline.gemini.fault import Fault, FaultError

FAULTS: Mapping[str, type[Fault]] = {
    kind.words: kind
    for kind in (
        outages.Reset,
        outages.Close,
        outages.GoAway,
        outages.Refuse,
        outages.NoSetup,
        outages.SlowSetup,
        slips.SlowStart,
        slips.Stall,
        slips.SlowSpeech,
        slips.Burst,
        slips.Withhold,
        slips.Delay,
        slips.SpeakOn,
        slips.Hiccup,
        slips.HugeFrame,
        slips.BadBase64,
        slips.OddSamples,
        slips.CancelCalls,
        slips.RepeatCall,
        slips.OddCall,
        slips.MalformedCall,
        outages.RefuseHandle,
        outages.NoHandle,
        outages.Quota,
        outages.NoModel,
        outages.BadKey,
        outages.WrongPlace,
        slips.Interrupt,
        slips.Transcripts,
        outages.Pongs,
        slips.EmptyTurn,
        slips.NoReply,
        outages.Full,
        outages.ContextFull,
        slips.WordsFirst,
        slips.UsageAlone,
        outages.StopReading,
        outages.BlackHole,
    )
}


def build(words: object, values: Mapping[str, object]) -> Fault:
    """Return the fault of that name; FaultError names the word or parameter that does not fit."""
    kind = FAULTS.get(words) if isinstance(words, str) else None
    if kind is None:
        raise FaultError(f"unknown fault {words!r}; there are: {', '.join(FAULTS)}")
    known = {field.name: field for field in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for name in values:
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            raise FaultError(f"{kind.words!r} does not take {name!r}; it takes: {takes}", name)
    return kind(**{name: _fitted(name, value, hints[name]) for name, value in values.items()})


def _fitted(name: str, value: object, hint: object) -> object:
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        if value not in choices:
            listed = ", ".join(repr(choice) for choice in choices)
            raise FaultError(f"{name} must be one of {listed}", name)
        return value
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value) and value >= 0:
            return float(value)
    elif type(value) is hint and not (type(value) is int and value < 0):
        return value
    plain = {float: "a number >= 0", int: "a whole number >= 0", str: "text", bool: "true or false"}
    raise FaultError(f"{name} must be {plain[hint]}", name)  # type: ignore[index]
