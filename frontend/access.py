"""Who is let in: everybody, those who know the access code, or bearers of the operator's JWT."""

from __future__ import annotations

import hmac

import jwt

from frontend.errors import Refusal
from frontend.settings import Settings

_MAX_SUBJECT = 256


def authenticate(authorization: str, settings: Settings) -> str:
    """Return who asks, to count their requests; empty where that is not known.

    Args:
        authorization: the header, `Bearer` and the access code or a token of the operator's.

    Raises:
        Refusal: 401.
    """
    if not settings.access_code and not settings.jwt_secret:
        return ""
    scheme, _, credential = authorization.partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential:
        raise Refusal(401, "no credential")
    if settings.access_code and _same(credential, settings.access_code):
        return ""
    if settings.jwt_secret:
        return _subject(credential, settings)
    raise Refusal(401, "wrong access code")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _subject(credential: str, settings: Settings) -> str:
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
    return str(claims["sub"])[:_MAX_SUBJECT]
