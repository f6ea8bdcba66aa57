"""The handle of a conversation: whether there is one to resume with, and whether it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from worker.gemini.failures import Failure, Kind


@dataclass(slots=True)
class Resumption:
    """The newest handle, and what came of dialling with it."""

    handle: str | None = None
    resuming: bool = False
    """Whether the present socket was dialled with it and has not proved sound yet."""
    usable: bool = False
    """Whether the service says that now is a time to resume."""
    _distrust: bool = False
    """It was refused for too long, as if the old socket lived: the next try goes without it."""
    _overlap: float = inf
    """Since when it is refused because of the old socket."""

    @property
    def possible(self) -> bool:
        """Whether a connection that ends now loses nothing: it can be resumed, or never could."""
        return self.usable or self.handle is None

    def offer(self) -> str | None:
        """What to dial with: the handle, or none for a fresh start."""
        handle = self.handle if self.usable and not self._distrust else None
        self.resuming = handle is not None
        return handle

    def hold(self, handle: str | None) -> None:
        """The service has sent a new handle, or none as now is no time to resume."""
        self.usable = handle is not None
        self.handle = handle or self.handle

    def forget(self) -> None:
        """It is of no use any more."""
        self.handle, self.usable = None, False

    def settle(self) -> None:
        """A connection is set up: a handle is good for this one or for none."""
        self._overlap = inf
        if not self.resuming:
            self.forget()

    def refused_by(self, failure: Failure) -> bool:
        """Whether a failure says that the handle this connection was dialled with is no good."""
        refusal = failure.kind is Kind.REFUSED_HANDLE or failure.code in (1007, 1008)
        return self.resuming and refusal

    def locked_out(self, now: float, patience: float) -> bool:
        """Note a refusal because of the old socket: whether they have lasted `patience` seconds."""
        self._overlap = min(self._overlap, now)
        self._distrust = now - self._overlap >= patience
        return self._distrust

    def trust(self) -> None:
        """A try failed for another reason: the next one is with the handle."""
        self._distrust = False

    def prove_sound(self) -> None:
        """The connection works."""
        self.resuming = self._distrust = False
