"""Where a conversation's connection stands, what it is told, what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

from worker.gemini.failures import LOST, Failure


class State(Enum):
    """Where a conversation stands with the service; the course's table has a column for each."""

    NEW = 0
    DIALLING = 1
    WAITING = 2
    """No socket; the next dial is a matter of time."""
    UP = 3
    LEAVING = 4
    """Up, to be left at the first turn boundary or when its time is over."""
    CLOSING = 5
    """Hung up; nothing is dialled before the socket is reported gone."""
    OVER = 6


class Step(Enum):
    """One step of the talk, as service, ears and keyboard report it."""

    USER_BEGAN = auto()
    USER_ENDED = auto()
    ASKED = auto()
    """Typed text or a request for a reply: the model owes an answer."""
    ANSWERED = auto()
    """The result of one tool goes out: the running reply goes on with it, or another is owed."""
    REPLYING = auto()
    """The reply begins or goes on; `Turn.words` are its words, if these brought any."""
    CALLED = auto()
    """The reply calls one tool."""
    WITHDRAWN = auto()
    """One call is cancelled: its result is of no use any more."""
    REPLIED = auto()
    """``generationComplete``: all of it is here, though it may still be playing."""
    WAITS = auto()
    """``waitingForInput``: there is nothing to answer, or not yet; a cough is heard as speech."""
    DONE = auto()
    """``turnComplete``, after an interruption too; not before ``interactionStatus`` is idle."""


SPOKEN = frozenset({Step.USER_BEGAN, Step.USER_ENDED})
"""What the service's ear tells."""
GIVEN = frozenset({Step.ASKED, Step.ANSWERED})
"""What we give the service, or will when there is a connection."""


class Event:
    """Something that happened; times are those of `Course.feed`."""


class Action:
    """Something to do, in the order given."""


@dataclass(frozen=True, slots=True)
class Open(Event):
    """The conversation begins."""


@dataclass(frozen=True, slots=True)
class SetUp(Event):
    """``setupComplete`` came."""


@dataclass(frozen=True, slots=True)
class Gone(Event):
    """The socket is no more: the last report of every `Dial`, whoever ended it and how."""

    failure: Failure = LOST


@dataclass(frozen=True, slots=True)
class Alive(Event):
    """Any message or pong of the service."""


@dataclass(frozen=True, slots=True)
class Resumable(Event):
    """A ``sessionResumptionUpdate``; None when it says that now is no time to resume."""

    handle: str | None


@dataclass(frozen=True, slots=True)
class GoAway(Event):
    """The service will close the connection in `time_left` seconds."""

    time_left: float


@dataclass(frozen=True, slots=True)
class Reconfigured(Event):
    """Voice, tools or instructions changed: a new setup is wanted."""


@dataclass(frozen=True, slots=True)
class Turn(Event):
    """The talk went on by one step."""

    step: Step
    words: str = ""


@dataclass(frozen=True, slots=True)
class Voice(Event):
    """Our own ear hears somebody begin to speak, or end; the service's is the better one."""

    began: bool


@dataclass(frozen=True, slots=True)
class Recalled(Event):
    """`SendHistory` was done; `lost` turns had no room in it."""

    lost: int


@dataclass(frozen=True, slots=True)
class Woken(Event):
    """The time of the last `Wake` has come."""


@dataclass(frozen=True, slots=True)
class Close(Event):
    """The conversation ends."""


@dataclass(frozen=True, slots=True)
class Dial(Action):
    """Open a socket with the newest setup; report `SetUp` or not, and `Gone` in the end."""

    handle: str | None


@dataclass(frozen=True, slots=True)
class HangUp(Action):
    """Stop reading, close the socket or the dial; `abort`: drop it without a handshake."""

    abort: bool


@dataclass(frozen=True, slots=True)
class Wake(Action):
    """Feed `Woken` at this time; replaces the wake before it."""

    at: float


@dataclass(frozen=True, slots=True)
class CloseReply(Action):
    """End the plugin's generation; `cut`: mark its transcript, words are missing."""

    cut: bool


@dataclass(frozen=True, slots=True)
class SendHistory(Action):
    """Tell the fresh connection what was said (no reply wanted), then feed `Recalled`."""

    compact: bool


@dataclass(frozen=True, slots=True)
class ContinueReply(Action):
    """Ask the model to go on after these words; empty: to answer what was asked last."""

    words: str
    begun: bool = False
    """Whether something of that answer was heard already, though its words are not known."""


@dataclass(frozen=True, slots=True)
class SendBacklog(Action):
    """Send what waited, in order, and from now on what comes."""


@dataclass(frozen=True, slots=True)
class RefreshPicture(Action):
    """Drop the pictures that wait, they no longer show now; ask for a new one."""


@dataclass(frozen=True, slots=True)
class Tell(Action):
    """A sentence for the room."""

    level: Literal["info", "warning"]
    text: str


@dataclass(frozen=True, slots=True)
class GiveUp(Action):
    """Nothing more will be tried: say goodbye and end the job."""

    failure: Failure
