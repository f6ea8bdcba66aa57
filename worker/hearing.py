"""Whether our own ear is to be believed that somebody speaks: not where a button says so; pure."""

from __future__ import annotations

from collections.abc import Callable

BUTTON = "Push-to-talk is on: the agent hears what is said while the button is held."
OPEN = "Push-to-talk is off: the agent hears whatever is said."


class Hearing:
    """Passes on what our ear hears, so that what began has its end whichever way turns are found.

    A beginning whose end nobody tells would keep the eyes wide open for as long as the button is
    there.
    """

    def __init__(self, on_edge: Callable[[bool], None], *, tell: Callable[[str], None]) -> None:
        """Prepare to listen.

        Args:
            on_edge: Told True at a beginning and False at an end, in turns.
            tell: Takes a sentence for the room and the record.
        """
        self._on_edge, self._tell = on_edge, tell
        self._hears = self._told = self._manual = False

    def hear(self, began: bool) -> None:
        """Our ear hears somebody begin, or end."""
        self._hears = began
        self._pass_on()

    def on_manual(self, manual: bool) -> None:
        """From now on a button marks the user's turns, or does not any more."""
        self._manual = manual
        self._pass_on()
        self._tell(BUTTON if manual else OPEN)

    def _pass_on(self) -> None:
        heard = self._hears and not self._manual
        if heard is not self._told:
            self._told = heard
            self._on_edge(heard)
