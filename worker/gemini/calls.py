"""Calls of tools: whose results the present service waits for, and whose nobody wants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.genai import types


class Calls:
    """Ids of calls, from the call to its result; each id is the service's own and new."""

    def __init__(self) -> None:
        self._running: set[str] = set()
        self._orphaned: set[str] = set()
        """Their service knows nothing of them any more: the model is told the result as text."""
        self._withdrawn: set[str] = set()

    def make(self, ids: Iterable[str]) -> None:
        """The service calls."""
        self._running.update(ids)

    def withdraw(self, ids: Iterable[str]) -> None:
        """The service cancels calls: late results are dropped."""
        cancelled = self._running.intersection(ids)
        self._running -= cancelled
        self._withdrawn |= cancelled

    def orphan(self) -> None:
        """A fresh connection knows of no call."""
        self._orphaned |= self._running
        self._running.clear()

    def sort(
        self, responses: Iterable[types.FunctionResponse]
    ) -> tuple[list[types.FunctionResponse], list[types.FunctionResponse]]:
        """Tell results that the service waits for from those it must be told as text.

        Results of cancelled calls are in neither; a call nobody has heard of counts as waited for.
        """
        wanted: list[types.FunctionResponse] = []
        told: list[types.FunctionResponse] = []
        for response in responses:
            name = response.id or ""
            if name in self._withdrawn:
                self._withdrawn.discard(name)
                continue
            (told if name in self._orphaned else wanted).append(response)
            self._running.discard(name)
            self._orphaned.discard(name)
        return wanted, told
