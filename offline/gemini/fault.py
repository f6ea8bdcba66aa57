"""What all scripted faults have in common: words, a number, parameters that can be read back."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

FOR_GOOD = 0.0
"""A duration that does not end."""


class FaultError(ValueError):
    """One line: which word or parameter does not fit, and what would."""

    def __init__(self, message: str, key: str = "do") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What all faults have."""

    words: ClassVar[str]
    number: ClassVar[int] = 0
    only: ClassVar[tuple[str, ...]] = ()
    """Moments at which alone it can be done; () is any."""

    def facts(self) -> dict[str, object]:
        """Return the fault as a scenario would write it, for the account."""
        found: dict[str, object] = {"number": self.number, "do": self.words}
        return found | {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
