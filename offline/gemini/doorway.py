"""Who comes in: the paths of the two APIs, their keys and tokens, and how they are turned away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from offline.gemini.admission import Dialect
from offline.gemini.session import Constrain
from offline.gemini.tokens import PREFIX, Tokens, spend

KEY_INVALID = "API key not valid. Please pass a valid API key."
UNREGISTERED = (
    "Method doesn't allow unregistered callers (callers without established identity). Please use"
    " API Key or other form of API consumer identity to call this API."
)

_DEV = re.compile(
    r"/+ws/google\.ai\.generativelanguage\.(v1|v1beta|v1alpha)"
    r"\.GenerativeService\.BidiGenerateContent(Constrained)?"
)
_VERTEX = re.compile(
    r"/+ws/google\.cloud\.aiplatform\.(v1|v1beta1)\.LlmBidiService/BidiGenerateContent"
)
TOKEN_PATH = re.compile(r"/+(v1|v1beta|v1alpha)/auth_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Turned away before the upgrade, with an HTTP status."""

    status: int
    name: str
    """Google's word for the status, such as NOT_FOUND."""
    message: str

    def body(self) -> dict[str, object]:
        """Return Google's JSON error body."""
        return {"error": {"code": self.status, "message": self.message, "status": self.name}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Let through the upgrade; `refusal` closes the connection at its first message."""

    dialect: Dialect
    refusal: tuple[int, str] | None = None
    constrain: Constrain | None = None
    expires: datetime | None = None


_STATUSES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    404: ("NOT_FOUND", "Requested entity was not found."),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
}


def turned_away(status: int) -> Turned:
    """Return Google's words for an HTTP status."""
    name, message = _STATUSES.get(status, ("UNKNOWN", "Unknown error."))
    return Turned(status=status, name=name, message=message)


NOT_FOUND = turned_away(404)


def enter(
    path: str,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    *,
    tokens: Tokens,
    api_key: str,
    now: datetime,
) -> Entry | Turned:
    """Decide on a WebSocket request; `headers` are looked up in lower case."""
    if found := _VERTEX.fullmatch(path):
        dialect = Dialect(vertex=True, version=found[1])
        known = headers.get("authorization", "").startswith("Bearer ") or _key(headers, query)
        return Entry(dialect=dialect, refusal=None if known else (1008, UNREGISTERED))
    if not (found := _DEV.fullmatch(path)):
        return NOT_FOUND
    dialect = Dialect(version=found[1])
    token = _token(headers, query)
    if found[2]:
        return _constrained(dialect, token, tokens, now)
    key = _key(headers, query)
    if token and not key:
        return Entry(dialect=dialect, refusal=(1008, UNREGISTERED))
    if not accepts(key, api_key):
        return Entry(dialect=dialect, refusal=(1007, KEY_INVALID))
    return Entry(dialect=dialect)


def accepts(key: str, api_key: str) -> bool:
    """Return whether a long-lived key is let in: any, unless one is set; never a token."""
    return bool(key) and not key.startswith(PREFIX) and api_key in ("", key)


def _constrained(dialect: Dialect, name: str, tokens: Tokens, now: datetime) -> Entry | Turned:
    token = tokens.find(name)
    if token is None:
        return Turned(status=401, name="UNAUTHENTICATED", message="Invalid authentication token.")
    return Entry(dialect=dialect, constrain=partial(spend, token, now=now), expires=token.expires)


def _key(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    return headers.get("x-goog-api-key", "") or query.get("key", "")


def _token(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme == "Token" else query.get("access_token", "")
