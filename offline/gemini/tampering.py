"""Changes the stream of server messages on its way out: drops, delays, repeats, reorders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from offline.gemini import slips
from offline.gemini.fault import Fault
from offline.gemini.outages import GoAway, NoHandle
from offline.gemini.wire import Json


@dataclass(frozen=True, slots=True)
class Later:
    """A message that goes out on its own, `seconds` from now."""

    seconds: float
    message: Json


Passed = Json | Later


class Filter(ABC):
    """What is done with each message until `spent`."""

    spent = False

    @abstractmethod
    def take(self, message: Json) -> list[Passed]:
        """Return what goes out instead of the message."""


class Tampering:
    """The filters in force, in the order they were added."""

    def __init__(self) -> None:
        self._filters: list[Filter] = []

    def add(self, fault: Fault) -> None:
        """Put the fault's filter in force, if it has one."""
        found = _filter(fault)
        if found is not None:
            self._filters.append(found)

    def take(self, message: Json) -> list[Passed]:
        """Return what goes out instead of the message."""
        if not self._filters:
            return [message]
        passed: list[Passed] = [message]
        for one in self._filters:
            passed = [
                after
                for before in passed
                for after in ([before] if isinstance(before, Later) else one.take(before))
            ]
        self._filters = [one for one in self._filters if not one.spent]
        return passed


def _filter(fault: Fault) -> Filter | None:
    if isinstance(fault, slips.Withhold):
        return _Marks(fault.what, fault.turns, None)
    if isinstance(fault, slips.Delay):
        return _Marks(fault.what, fault.turns, fault.seconds)
    if isinstance(fault, slips.Interrupt) and not fault.completes:
        return _Marks("turnComplete", 1, None)
    if isinstance(fault, slips.Transcripts) and fault.how != "empty":
        return _Transcripts(fault)
    if isinstance(fault, slips.WordsFirst):
        return _WordsFirst()
    if isinstance(fault, NoHandle):
        return _NoHandle(say_so=fault.say_so)
    if isinstance(fault, GoAway) and fault.then == "fall silent":
        return _Silence()
    return None


def _content(message: Json) -> Mapping[str, object]:
    found = message.get("serverContent")
    return found if isinstance(found, Mapping) else {}


class _Marks(Filter):
    """Leaves out the marks that end a turn, or sends them late; for some turns, 0 for ever."""

    def __init__(self, what: str, turns: int, late: float | None) -> None:
        self._names = ("generationComplete", "turnComplete") if what == "both" else (what,)
        self._left, self._late = turns, late

    def take(self, message: Json) -> list[Passed]:
        content = _content(message)
        if self.spent or not any(name in content for name in self._names):
            return [message]
        if self._names[-1] in content and self._left:
            self._left -= 1
            self.spent = self._left == 0
        return [] if self._late is None else [Later(self._late, message)]


class _Transcripts(Filter):
    """Sends the next transcription twice or late."""

    def __init__(self, fault: slips.Transcripts) -> None:
        self._fault = fault
        self._name = "inputTranscription" if fault.whose == "user" else "outputTranscription"

    def take(self, message: Json) -> list[Passed]:
        if self.spent or self._name not in _content(message):
            return [message]
        self.spent = True
        if self._fault.how == "twice":
            return [message, message]
        return [Later(self._fault.seconds, message)]


class _WordsFirst(Filter):
    """Holds a turn's audio back until its first words have gone."""

    def __init__(self) -> None:
        self._held: list[Passed] = []
        self._said = False

    def take(self, message: Json) -> list[Passed]:
        content = _content(message)
        if "turnComplete" in content:
            self._said = False
        if "modelTurn" in content and not self._said:
            self._held.append(message)
            return []
        if "outputTranscription" in content or self._held:
            self._said = "turnComplete" not in content
            held, self._held = self._held, []
            # Only words may overtake the audio; any other message comes after it.
            return [message, *held] if "outputTranscription" in content else [*held, message]
        return [message]


class _NoHandle(Filter):
    def __init__(self, *, say_so: bool) -> None:
        self._instead: list[Passed] = []
        if say_so:
            self._instead = [{"sessionResumptionUpdate": {"resumable": False}}]

    def take(self, message: Json) -> list[Passed]:
        return self._instead if "sessionResumptionUpdate" in message else [message]


class _Silence(Filter):
    """Lets the goAway pass that it comes with, and nothing after it."""

    def __init__(self) -> None:
        self._announced = False

    def take(self, message: Json) -> list[Passed]:
        if not self._announced and "goAway" in message:
            self._announced = True
            return [message]
        return [] if self._announced else [message]
