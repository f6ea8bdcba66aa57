"""What is said, where the service does not tell what it has heard of it; our own ear does."""

from __future__ import annotations

from dataclasses import dataclass

from worker.gemini.outbound import Outbound
from worker.gemini.talk import Talk


@dataclass(slots=True)
class Earshot:
    """Keeps what somebody says from its beginning until the model replies (`Talk.deaf`).

    Any new connection gets it whole: nobody knows what a service that tells nothing has kept of it.
    What it did keep is heard twice, which costs less than a question that is lost.
    """

    talk: Talk
    outbound: Outbound

    def on_edge(self, began: bool) -> None:
        """Our own ear is about to be believed: somebody begins to speak, or ends."""
        if self.talk.deaf and began and not self.talk.unanswered:
            self.outbound.trim()

    def follow(self) -> None:
        """Keep what is said while there is somebody, or a reply that is owed to them."""
        if self.talk.deaf:
            self.outbound.hold(self.talk.unanswered)

    def replied(self) -> None:
        """The model begins to reply: it has heard it all."""
        if self.talk.deaf:
            self.outbound.hold(False)

    def forget(self) -> None:
        """A fresh connection is to hear nothing that was said long ago."""
        if self.talk.deaf and not self.talk.unanswered:
            self.outbound.trim()

    def connect(self, *, afresh: bool) -> None:
        """Another connection is up; a fresh one has been given what was kept."""
        if self.talk.deaf and self.talk.unanswered:
            if not afresh:
                self.outbound.again()
            self.outbound.hold(True)
