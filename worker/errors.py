"""The errors of the worker, each carrying what a caller needs to decide and words for people.

SightlineError
├── SettingsError       a variable is missing, malformed or contradicts another
├── PersonaError        a persona's file is missing or wrong
├── UnknownModel        no family of models has this name (worker/gemini/families.py)
├── PictureError        a frame that no picture can be made of
├── ControlError        a call of an app that is not done
├── MessageError        bytes that are no message of ours
├── RecordError         the record cannot be read, or what was asked for is not in it
└── ConnectionRefused   the model's service will not talk to us
"""

from __future__ import annotations

from collections.abc import Iterable


class SightlineError(Exception):
    """The root of everything the worker raises on purpose."""


class SettingsError(SightlineError):
    """The environment cannot be worked with; says everything that is wrong at once."""

    lines: tuple[str, ...]
    """One sentence a problem, each naming its variable; never the value of one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__(self.lines)

    def __str__(self) -> str:
        return "\n".join(self.lines)


class PersonaError(SightlineError):
    """A persona's file is missing or wrong."""

    file: str
    key: str
    """The key at fault, such as `voice` or `tools[2]`; empty when it is the file as a whole."""
    line: int
    """Of the file, from 1; 0 where no line is to blame."""

    def __init__(self, file: str, key: str, wanted: str, *, line: int = 0) -> None:
        self.file, self.key, self.wanted, self.line = file, key, wanted, line
        super().__init__(file, key, wanted)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.wanted) if part)


class PictureError(SightlineError):
    """A frame that no picture can be made of; the sentence says why."""


class ControlError(SightlineError):
    """A call of an app that is not done; the sentence says why."""

    code: int
    """What the caller's RpcError gets, beyond the 1001 to 1999 that are LiveKit's own."""

    def __init__(self, code: int, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)

    @classmethod
    def malformed(cls, sentence: str) -> ControlError:
        """The request is not what it should be."""
        return cls(4400, sentence)

    @classmethod
    def refused(cls) -> ControlError:
        """The caller may not ask this."""
        return cls(4403, "only the participant who is served may ask this")

    @classmethod
    def unknown(cls, sentence: str) -> ControlError:
        """There is nothing of that name."""
        return cls(4404, sentence)

    @classmethod
    def impossible(cls, sentence: str) -> ControlError:
        """Not as things stand."""
        return cls(4409, sentence)

    @classmethod
    def busy(cls, sentence: str) -> ControlError:
        """Too much at once."""
        return cls(4429, sentence)


class MessageError(SightlineError):
    """Bytes that are no message of ours; the sentence says what would have been right."""


class RecordError(SightlineError):
    """The record cannot be read, or what was asked for is not in it; the sentence says which."""


class ConnectionRefused(SightlineError):
    """The model's service will not talk to us, and trying again as we are is no help."""

    kind: str
    """What went wrong, as a short word such as `key` or `model`."""
    operator: str
    """A sentence for whoever runs the worker: what to change and where."""
    room: str
    """A sentence for the people in the room: no addresses, keys or names of settings."""

    def __init__(self, kind: str, operator: str, room: str) -> None:
        self.kind, self.operator, self.room = kind, operator, room
        super().__init__(kind, operator, room)

    def __str__(self) -> str:
        return f"{self.kind}: {self.operator}"
