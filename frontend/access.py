"""Who is let in: everybody, those who know the access code, or bearers of the operator's JWT."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

import jwt

from frontend.errors import Refusal
from frontend.settings import Settings

_MAX_SUBJECT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who was let in."""

    user: str = ""
    """Who it is, to count their requests; empty where that is not known."""
    shown: str = field(default="", repr=False)
    """The code they know, or the secret that signed their token; empty: nothing is asked for."""
    until: int | None = None
    """Unix seconds when their token ends; a code has no end of its own."""


def authenticate(authorization: str, settings: Settings) -> Guest:
    """Return who asks.

    Args:
        authorization: the header, `Bearer` and the access code or a token of the operator's.

    Raises:
        Refusal: 401.
    """
    if not settings.is_guarded:
        return Guest()
    scheme, _, credential = authorization.partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        raise Refusal(401, "no credential")
    if settings.access_code and _same(credential, settings.access_code):
        return Guest(shown=settings.access_code)
    if settings.jwt_secret:
        return _bearer(credential, settings)
    raise Refusal(401, "wrong access code")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _bearer(credential: str, settings: Settings) -> Guest:
    try:
        claims = jwt.decode(
            credential,
            settings.jwt_secret,
            # Named here and not read from the token, which might say "none".
            algorithms=["HS256"],
            audience=settings.jwt_audience or None,
            options={"require": ["exp", "sub"], "verify_aud": bool(settings.jwt_audience)},
        )
    except jwt.PyJWTError:
        raise Refusal(401, "not a token of the operator's") from None
    user = str(claims["sub"])[:_MAX_SUBJECT]
    return Guest(user=user, shown=settings.jwt_secret, until=int(claims["exp"]))
