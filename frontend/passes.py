"""Passes: what a browser keeps of having been let in, good as long as that would let it in now."""

from __future__ import annotations

import hmac

import jwt

from frontend.access import Guest
from frontend.settings import Settings


def give(guest: Guest, browser: str, settings: Settings) -> str:
    """Return what goes with a browser's cookie; empty where nothing is asked for.

    It is signed with what was shown, and ends with a code or a secret that is changed.
    """
    if not guest.shown:
        return ""
    claims = {"browser": browser, "user": guest.user, "until": guest.until}
    return jwt.encode(claims, _key(guest.shown, settings), algorithm="HS256")


def read(kept: str, browser: str, settings: Settings, *, now: float) -> Guest | None:
    """Return who was let in with this browser; None if they would not be let in now.

    Args:
        now: Unix seconds.
    """
    for shown in filter(None, (settings.access_code, settings.jwt_secret)):
        try:
            claims = jwt.decode(kept, _key(shown, settings), algorithms=["HS256"])
        except jwt.PyJWTError:
            continue
        until = claims["until"]
        if claims["browser"] == browser and (until is None or now < until):
            return Guest(user=claims["user"], shown=shown, until=until)
    return None


def _key(shown: str, settings: Settings) -> bytes:
    return hmac.digest(settings.api_secret.encode(), f"sightline pass {shown}".encode(), "sha256")
