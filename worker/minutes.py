"""All that a call tells of itself: to the room, to the record, to whoever comes late."""

from __future__ import annotations

import time
from collections.abc import Callable

from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.record.talks import Talk, talk_of
from worker.room.history import History
from worker.room.messages import Message
from worker.room.outbox import Outbox


class Minutes:
    """Hands each message on, and remembers it, bounded, whether the call is recorded or not.

    `history` has the messages as they were sent; a ledger of its own, which nobody empties, has
    them as the record would.
    """

    def __init__(
        self,
        *,
        call: str,
        outbox: Outbox,
        socket: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nothing said.

        Args:
            call: Id of the call.
            socket: Where the record is written; empty: it is not.
        """
        self.history = History()
        self._outbox, self._journal = outbox, Journal(Ledger(call=call, clock=clock), socket)
        self._ledger = Ledger(call=call, clock=clock)
        self._clock = clock
        self._began = clock()
        self.started = time.time()
        """When the call began, Unix seconds."""

    @property
    def seconds(self) -> float:
        """How long the call has lasted."""
        return self._clock() - self._began

    def open(self, *, room: str, persona: str, model: str) -> None:
        """The conversation begins."""
        self._began, self.started = self._clock(), time.time()
        self._journal.open(room=room, persona=persona, model=model)
        self._ledger.open(room=room, persona=persona, model=model, at=self.started)

    def put(self, message: Message) -> None:
        """Tell the room; never blocks, never raises."""
        told = self._outbox.put(message)
        self.history.note(told)
        self._ledger.note(told)
        self._journal.put(told)

    def hear(self, began: bool) -> None:
        """The user begins or ends to speak."""
        self._ledger.hear(began)
        self._journal.hear(began)

    def talk(self) -> Talk:
        """The conversation up to now, as the record would give it back."""
        return talk_of(self._ledger.waiting, lasted=self.seconds)

    async def aclose(self, reason: str) -> None:
        """Write down what waits."""
        await self._journal.aclose(reason)
