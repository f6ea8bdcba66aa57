"""Why a Live connection failed: what kind of failure, what to do, words for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

CONFIGURATION_ROOM = "I can't reach my model because of a configuration error."
PASSING_ROOM = "I can't reach my model right now. I keep trying."


class Kind(Enum):
    """What a failure asks for."""

    PASSING = "passing"
    """Try again, with back-off."""
    REFUSED_HANDLE = "refused-handle"
    """Start afresh, without the resumption handle."""
    CONTEXT_FULL = "context-full"
    """Start afresh with a shorter history."""
    CONFIGURATION = "configuration"
    """Stop at once: somebody must change a setting."""
    POLICY = "policy"
    """Stop at once: the service will not serve this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure, explained."""

    kind: Kind
    operator: str
    """A sentence for the log: what happened and what to change."""
    room: str
    """A sentence for the people in the room."""

    @property
    def passing(self) -> bool:
        """Whether trying the same again can help."""
        return self.kind is Kind.PASSING


@dataclass(frozen=True, slots=True)
class _Row:
    codes: tuple[int, ...]
    """Close codes or HTTP statuses; empty for any."""
    pattern: str
    kind: Kind
    operator: str
    room: str


_C, _P = Kind.CONFIGURATION, Kind.PASSING

# Close codes, statuses and reasons: reference table of the protocol (§7 of the service's facts).
# The first row that fits wins.
_ROWS: tuple[_Row, ...] = (
    _Row((), "API key not valid|API key expired|unregistered callers", _C,
         "Google refused GOOGLE_API_KEY: create a valid key and set it", CONFIGURATION_ROOM),
    _Row((), "User location is not supported", _C,
         "Google does not serve the Gemini API from this location: run the worker in a supported "
         "region, or use Vertex AI", CONFIGURATION_ROOM),
    _Row((), "is not found for API version|Publisher model .* not found|not supported for bidi", _C,
         "the model does not exist for this API version or region: check AGENT_MODEL, "
         "AGENT_API_VERSION and GOOGLE_CLOUD_LOCATION", CONFIGURATION_ROOM),
    _Row((), "exceeded your current quota|billing details", _P,
         "the project's Gemini quota is used up: check plan and billing, or lower "
         "AGENT_MAX_SESSIONS",
         "My model's quota is used up at the moment. I keep trying."),
    _Row((), "Invalid session handle|session not found|Precondition check failed|entity was not "
         "found", Kind.REFUSED_HANDLE,
         "Google refused to resume the session",
         "I had to start afresh and may have lost a little."),
    _Row((), "Unknown name|Explicit activity control|response modalities|media_chunks|voices from "
         "a non-audio", _C,
         "the model does not accept the setup it was sent: check AGENT_MODEL and "
         "AGENT_API_VERSION", CONFIGURATION_ROOM),
    _Row((), "not implemented, or supported, or enabled", Kind.POLICY,
         "the service closed the connection: operation not supported by this model",
         "My model ended the conversation."),
    _Row((1007,), "invalid argument", Kind.CONTEXT_FULL,
         "the service refused an argument: the context is full, or the model does not accept the "
         "setup", CONFIGURATION_ROOM),
    _Row((400, 404), "", _C, "the service does not know this address: check GOOGLE_GEMINI_BASE_URL "
         "and AGENT_API_VERSION", CONFIGURATION_ROOM),
    _Row((401, 403), "", _C, "Google refused the credentials: check GOOGLE_API_KEY, or the Vertex "
         "project and service account", CONFIGURATION_ROOM),
    _Row((429,), "", _P, "Google limits the rate of connections",
         "My model is busy at the moment. I keep trying."),
    _Row((1008,), "", Kind.POLICY, "the service closed the connection for a policy reason",
         "My model ended the conversation."),
    _Row((1007,), "", _C, "the service refused what it was sent", CONFIGURATION_ROOM),
)  # fmt: skip

_HTTP_STATUS = re.compile(r"HTTP (\d{3})")
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed", re.IGNORECASE)


def classify(error: BaseException) -> Failure:
    """Explain an exception of google-genai, websockets or the network.

    The text of the error never reaches the sentences, so no key can.
    """
    text = str(error)
    if isinstance(error, TimeoutError):
        return Failure(kind=_P, operator="no setupComplete in time", room=PASSING_ROOM)
    if _CERTIFICATE.search(text):
        return Failure(
            kind=_C,
            operator="the service's TLS certificate is not trusted: check SSL_CERT_FILE and "
            "GOOGLE_GEMINI_BASE_URL",
            room=CONFIGURATION_ROOM,
        )
    code = _code_of(error, text)
    for row in _ROWS:
        if (not row.codes or code in row.codes) and re.search(row.pattern, text, re.IGNORECASE):
            return Failure(kind=row.kind, operator=row.operator, room=row.room)
    what = code if code is not None else type(error).__name__
    return Failure(kind=_P, operator=f"connection failed ({what})", room=PASSING_ROOM)


def _code_of(error: BaseException, text: str) -> int | None:
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return code
    status = _HTTP_STATUS.search(text)
    return int(status.group(1)) if status else None


def backoff(attempt: int, jitter: float) -> float:
    """Seconds to wait before try ``attempt`` (0 for the first retry).

    Doubles from 0.5 s up to 15 s and is spread by ``jitter`` in [0, 1) over its upper half, so
    that a thousand rooms do not knock at once.
    """
    ceiling = min(15.0, 0.5 * 2.0 ** min(attempt, 10))
    return ceiling * (0.5 + 0.5 * jitter)
