"""Seats: identities that prove themselves to the browser they were made for, for reloads."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Self

COOKIE = "sightline_browser"
"""Holds 32 random hexadecimal digits that no script can read, and ends with the browser."""
PREFIX = "user-"
LASTS = 12 * 3600
"""Seconds for which a browser may come back to a seat."""
_IDENTITY = re.compile(rf"{PREFIX}([0-9a-f]{{8}})([0-9a-f]{{8}})([0-9a-f]{{32}})")
_BROWSER = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """The seats of one browser; nothing is kept: an identity is time, a number and their seal."""

    now: float
    """Unix seconds."""
    _key: bytes = field(repr=False)

    @classmethod
    def of(cls, browser: str, *, secret: str, now: float) -> Self:
        """Return the seats of the browser that sent this cookie."""
        key = hmac.digest(secret.encode(), b"sightline seat " + browser.encode(), "sha256")
        return cls(now=now, _key=key)

    def give(self, room: str, number: str) -> str:
        """Return an identity for a room; `number` has eight random hexadecimal digits or more."""
        began, number = f"{int(self.now):08x}", number[:8]
        return f"{PREFIX}{began}{number}{self._seal(room, began + number)}"

    def holds(self, identity: str, room: str) -> bool:
        """Tell whether this browser was given this identity in this room, not too long ago."""
        match = _IDENTITY.fullmatch(identity)
        if match is None or not 0 <= self.now - int(match[1], 16) <= LASTS:
            return False
        return hmac.compare_digest(match[3], self._seal(room, match[1] + match[2]))

    def _seal(self, room: str, what: str) -> str:
        return hmac.digest(self._key, f"{room} {what}".encode(), "sha256").hex()[:32]


def known(cookie: str) -> str:
    """Return the cookie if it can be one of ours, else nothing."""
    return cookie if _BROWSER.fullmatch(cookie) else ""
