"""What can go wrong in the offline world, each with a sentence fit for a terminal.

OfflineError
├── InstallError     livekit-server could not be found or built
├── ProgramError     a program we started did not start, or ended too early
└── DemoError        the demo's conversation did not happen as it should
"""

from __future__ import annotations


class OfflineError(Exception):
    """One line that says what failed and what would help; never a secret."""


class InstallError(OfflineError):
    """livekit-server could not be found or built."""


class ProgramError(OfflineError):
    """A program did not start, did not answer in time, or ended on its own."""


class DemoError(OfflineError):
    """The demo's conversation did not happen as it should."""
