"""What the service remembers of a conversation, and what of it outlives a connection."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from offline.gemini.admission import Declaration
from offline.gemini.vad import Sounds, Vad

AUDIO_TOKENS = 25
"""Tokens of one second of audio, both ways."""

CONTEXT_FRAMES = 3
"""Newest pictures of the context that are really looked at."""

MOST_HANDLES = 2000
"""Handles that are kept."""

SYSTEM = 0
"""The exchange that holds the system instruction and the tools; it is never cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    number: int
    """Counts all turns of the conversation, over all its connections."""
    role: str
    text: str
    """For the model: only what was delivered."""
    at: float
    connection: int
    exchange: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCall:
    id: str
    name: str
    args: Mapping[str, object]
    blocking: bool
    text: str
    """What the user had said or typed when the function was called."""
    typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """Speech in whose middle a connection ended."""

    vad: Vad
    sounds: Sounds
    pcm: bytes
    """s16le mono 16 kHz."""
    committed: bool
    """ACTIVITY_START has been sent, or the client itself has said that speech began."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """One session; several connections may share it, one after the other."""

    model: str
    number: int = 0
    """Of the conversation, in the order they began."""
    system: str = ""
    declarations: tuple[Declaration, ...] = ()
    history: deque[Turn] = field(default_factory=lambda: deque(maxlen=1000))
    exchanges: dict[int, Counter[str]] = field(default_factory=lambda: {SYSTEM: Counter()})
    """Tokens by modality of each exchange that is still in the context, oldest first."""
    samples: int = 0
    """The audio clock: samples received at 16 kHz."""
    calls: dict[str, PendingCall] = field(default_factory=dict)
    frames: deque[bytes] = field(default_factory=lambda: deque(maxlen=CONTEXT_FRAMES))
    turns: int = 0
    said: int = 0
    """Turns that ever entered the history."""
    began: float | None = None
    """When it was first set up."""
    filmed: float | None = None
    """When its first picture came."""
    unfinished: Unfinished | None = None
    meant: str = ""
    """All that the reply begun last was to say, however far it came."""
    open: set[int] = field(default_factory=set)
    """Numbers of the connections that hold it now."""
    left: float = 0.0
    """When the last connection ended."""
    left_idle: bool = False
    """Nobody was speaking at that moment."""

    @property
    def context(self) -> Counter[str]:
        """Tokens of the whole context by modality."""
        return sum(self.exchanges.values(), Counter())

    def remember(self, role: str, text: str, now: float, *, connection: int = 0) -> Turn:
        """Append a turn and return it; its tokens are counted elsewhere."""
        self.said += 1
        turn = Turn(
            number=self.said,
            role=role,
            text=text,
            at=now,
            connection=connection,
            exchange=max(self.exchanges),
        )
        self.history.append(turn)
        return turn

    def count(self, modality: str, tokens: int) -> None:
        """Add tokens to the newest exchange."""
        self.exchanges[max(self.exchanges)][modality] += tokens

    def next_exchange(self) -> None:
        """Let what comes now belong to a new exchange."""
        self.exchanges[max(self.exchanges) + 1] = Counter()

    def compress(self, target: int) -> None:
        """Cut the oldest exchanges until `target` tokens are left, or only the newest one."""
        newest = max(self.exchanges)
        for number in list(self.exchanges):
            if number in (SYSTEM, newest):
                continue
            if self.context.total() <= target:
                break
            del self.exchanges[number]
            while self.history and self.history[0].exchange <= number:
                self.history.popleft()


class Shelf:
    """Sessions that can be resumed, by handle; the oldest handles go first."""

    def __init__(self) -> None:
        self._sessions: dict[str, Memory] = {}
        self._begun = 0

    def begin(self, model: str) -> Memory:
        """Return the memory of a new conversation."""
        self._begun += 1
        return Memory(model=model, number=self._begun)

    def put(self, handle: str, memory: Memory) -> None:
        """Let `memory` be found by `handle`."""
        self._sessions[handle] = memory
        while len(self._sessions) > MOST_HANDLES:
            del self._sessions[next(iter(self._sessions))]

    def find(self, handle: str) -> Memory | None:
        """Return the session of a handle: its latest state, not that of the handle's time."""
        return self._sessions.get(handle)


def text_tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // 4)
