"""Ephemeral tokens: short-lived keys that carry a part of the setup with them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offline.gemini.wire import INVALID_ARGUMENT, Json, WireError, camel, normalised

PREFIX = "auth_tokens/"
SPENT = "The token was used up or has expired."
LIFETIME = timedelta(minutes=30)
NEW_SESSION = timedelta(seconds=60)
FURTHEST = timedelta(hours=20)


@dataclass(slots=True, kw_only=True)
class Token:
    name: str
    uses: int
    """Sessions it can still begin; None when there is no limit."""
    unlimited: bool
    expires: datetime
    new_session_until: datetime
    setup: Json | None
    mask: tuple[str, ...] | None
    """Fields of `setup` that overwrite the client's; None means all of it, () as well."""

    def constrain(self, setup: Json) -> Json:
        """Return the client's setup with this token's put over it."""
        if self.setup is None:
            return setup
        if not self.mask:
            return self.setup
        result: Json = setup
        for path in self.mask:
            result = _overwritten(result, self.setup, path.split("."))
        return result


class Tokens:
    """The tokens that were handed out."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._tokens: dict[str, Token] = {}

    def create(self, body: Mapping[str, object], now: datetime) -> dict[str, object]:
        """Return a new token as the service answers; WireError for what it would refuse."""
        asked = normalised(dict(body))
        assert isinstance(asked, dict)
        expires = _moment(asked.get("expireTime"), now + LIFETIME)
        until = _moment(asked.get("newSessionExpireTime"), now + NEW_SESSION)
        uses, setup, mask = asked.get("uses", 1), asked.get("bidiGenerateContentSetup"), None
        if max(expires, until) > now + FURTHEST or not isinstance(uses, int) or uses < 0:
            raise WireError(INVALID_ARGUMENT)
        if isinstance(asked.get("fieldMask"), str):
            paths = str(asked["fieldMask"]).split(",")
            mask = tuple(
                ".".join(camel(name) for name in path.split(".")) for path in paths if path
            )
        name = f"{PREFIX}{self._rng.getrandbits(256):064x}"
        self._tokens[name] = Token(
            name=name,
            uses=uses,
            unlimited=uses == 0,
            expires=expires,
            new_session_until=until,
            setup=setup if isinstance(setup, Mapping) else None,
            mask=mask,
        )
        return {"name": name}

    def find(self, name: str) -> Token | None:
        """Return the token of that name."""
        return self._tokens.get(name)


def spend(token: Token, setup: Json, now: datetime) -> Json:
    """Begin a session with a token and return its setup; WireError when the token is spent.

    Resuming a session is no new use.
    """
    resumption = setup.get("sessionResumption")
    resuming = isinstance(resumption, Mapping) and bool(resumption.get("handle"))
    if now >= token.expires:
        raise WireError(SPENT, 1008)
    if not resuming:
        if now >= token.new_session_until or (token.uses == 0 and not token.unlimited):
            raise WireError(SPENT, 1008)
        token.uses -= 0 if token.unlimited else 1
    return token.constrain(setup)


def _overwritten(setup: Json, source: Json, path: list[str]) -> Json:
    name, rest = path[0], path[1:]
    result = dict(setup)
    if rest:
        below, above = result.get(name, {}), source.get(name, {})
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            result[name] = _overwritten(below, above, rest)
    elif name in source:
        result[name] = source[name]
    else:
        result.pop(name, None)
    return result


def _moment(value: object, default: datetime) -> datetime:
    if value is None:
        return default
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise WireError(INVALID_ARGUMENT) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
