"""Why a Live connection failed: what kind of failure, what to do, words for people."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

CONFIGURATION_ROOM = "I can't reach my model because of a configuration error."
PASSING_ROOM = "I can't reach my model right now. I keep trying."
BUSY_ROOM = "My model is busy at the moment. I keep trying."
AFRESH_ROOM = "I had to start afresh and may have lost a little."
ENDED_ROOM = "My model ended the conversation."
GIVEN_UP_ROOM = "I could not reach my model for a long time, so I have to end here."


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
    code: int | None = None
    """Close code or HTTP status, when there was one."""
    overlap: bool = False
    """When resuming: perhaps the old connection still counts, and the next try in a moment works.
    The service answers so for 0.5–1.6 s after a drop."""
    unexplained: bool = False
    """The service ended a conversation that worked without a reason that would come again, as it
    does for sound during a call of a tool: worth one fresh start."""

    @property
    def passing(self) -> bool:
        """Whether trying the same again can help."""
        return self.kind is Kind.PASSING

    def final(self) -> Failure:
        """The failure as it reads when nothing more will be tried.

        A handle refused or a context full where there was none to refuse or to fill is a setup
        that the model does not take; what did not pass in time has other words for the room.
        """
        if self.kind in (Kind.REFUSED_HANDLE, Kind.CONTEXT_FULL):
            words = f"{self.operator}; not for the first time, so check AGENT_MODEL and the setup"
            return replace(self, kind=Kind.CONFIGURATION, operator=words, room=CONFIGURATION_ROOM)
        return replace(self, room=GIVEN_UP_ROOM) if self.passing else self


LOST = Failure(kind=Kind.PASSING, operator="the connection was lost", room=PASSING_ROOM)
SILENT = replace(LOST, operator="the service was silent for too long while it was spoken to")
NO_SETUP = replace(LOST, operator="no setupComplete in time")


@dataclass(frozen=True, slots=True)
class _Row:
    codes: tuple[int, ...] | range
    """Close codes or HTTP statuses; empty for any."""
    pattern: str
    kind: Kind
    operator: str
    room: str = CONFIGURATION_ROOM
    overlap: bool = False
    unexplained: bool = False

    def failure(self, code: int | None) -> Failure:
        """What this row says of a failure with this code."""
        return Failure(
            kind=self.kind,
            operator=self.operator,
            room=self.room,
            code=code,
            overlap=self.overlap,
            unexplained=self.unexplained,
        )


_C, _P, _H = Kind.CONFIGURATION, Kind.PASSING, Kind.REFUSED_HANDLE

# Close codes, statuses and reasons: reference table of the protocol (§7 of the service's facts).
# The first row that fits wins. `classify` says which rows are inferred.
_ROWS: tuple[_Row, ...] = (
    _Row((), "API.?key not valid|API.?key expired|API_KEY_INVALID|unregistered callers", _C,
         "Google refused GOOGLE_API_KEY: create a valid key and set it"),
    _Row((), "User location is not supported", _C,
         "Google does not serve the Gemini API from this location: run the worker in a supported "
         "region, or use Vertex AI"),
    _Row((), r"is not found for API version|Publisher model .*not found|not supported for bidi", _C,
         "the model does not exist for this API version or region: check AGENT_MODEL, "
         "AGENT_API_VERSION and GOOGLE_CLOUD_LOCATION"),
    _Row((), r"limit\W{1,3}0(?![\d.])|quota_limit_value\W{1,5}0(?![\d.])", _C,
         "the project has no quota at all for this model: enable billing, or choose another "
         "AGENT_MODEL"),
    _Row((), "credits are depleted", _C,
         "the project's prepaid credits are used up: add credits in Google AI Studio"),
    _Row((), "exceeded your current quota|billing details|RESOURCE_EXHAUSTED", _P,
         "the project's Gemini quota is used up: check plan and billing, or lower "
         "AGENT_MAX_SESSIONS",
         "My model's quota is used up at the moment. I keep trying."),
    _Row((), "Invalid session handle|session not found|Precondition check failed|entity was not "
         "found", _H, "Google refused to resume the session", AFRESH_ROOM),
    _Row((), "Unknown name|Invalid JSON payload|Explicit activity control|response modalities|"
         "media_chunks|voices from a non-audio", _C,
         "the model does not accept the setup it was sent: check AGENT_MODEL and "
         "AGENT_API_VERSION"),
    _Row((), "not implemented, or supported, or enabled", Kind.POLICY,
         "the service closed the connection: operation not supported by this model", ENDED_ROOM,
         unexplained=True),
    _Row((1007,), "invalid argument", Kind.CONTEXT_FULL,
         "the service refused an argument: the context is full, or the model does not accept the "
         "setup"),
    _Row((1006, 1011), "keepalive ping timeout", _P, "the service answered no ping in time",
         PASSING_ROOM),
    _Row((1011,), "Deadline expired", _P, "the connection's lifetime ended", PASSING_ROOM),
    _Row((1011,), "currently unavailable", _P, "the service is unavailable", PASSING_ROOM),
    _Row((1011,), "", _P, "the service failed (1011)", PASSING_ROOM, overlap=True),
    _Row((1000, 1001), "", _P, "the service ended the connection", PASSING_ROOM),
    _Row((1006,), "", _P, "the connection broke off", PASSING_ROOM),
    _Row((1009,), "", _P, "the service sent more at once than we take", PASSING_ROOM),
    _Row((1008,), "", Kind.POLICY, "the service closed the connection for a policy reason",
         ENDED_ROOM, unexplained=True),
    _Row((1007,), "", _C, "the service refused what it was sent", unexplained=True),
    _Row((401, 403), "", _C, "Google refused the credentials: check GOOGLE_API_KEY, or the Vertex "
         "project and service account"),
    _Row((407,), "", _C, "a proxy on the way wants credentials: check HTTPS_PROXY"),
    _Row((408, 425), "", _P, "the service asks to try again later", PASSING_ROOM),
    _Row((429,), "", _P, "Google limits the rate of connections", BUSY_ROOM),
    _Row(range(300, 500), "", _C, "the service does not know this address: check "
         "GOOGLE_GEMINI_BASE_URL and AGENT_API_VERSION"),
    _Row(range(500, 600), "", _P, "the service is out of order", PASSING_ROOM),
)  # fmt: skip

_HTTP_STATUS = re.compile(r"HTTP (\d{3})")
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed", re.IGNORECASE)

_NO_TLS = re.compile(r"SSL: (WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|HTTP_REQUEST)")
"""What OpenSSL says of somebody who answers, but not in TLS."""


def classify(error: BaseException) -> Failure:
    """Explain an exception of google-genai, websockets or the network.

    The text of the error is only searched, and only when a code says that the service wrote it;
    it is never quoted, so no key can reach a sentence.

    Measured or recorded are the reasons and statuses of the reference's table. Inferred, as nobody
    has shown them on a Live socket: the quota of zero and the depleted credits (worded as the REST
    API words them), 407, 408, 425 and the other 3xx and 4xx, 1009, the policy behind a 1008 without
    a known reason, the setup behind a 1007 without one, and that any bare or internal 1011 may be
    the old connection still counted.
    """
    if isinstance(error, TimeoutError):
        return NO_SETUP
    text, code = _text_of(error), _code_of(error)
    if _CERTIFICATE.search(text):
        operator = "the service's TLS certificate is not trusted: check SSL_CERT_FILE and "
        operator += "GOOGLE_GEMINI_BASE_URL"
        return Failure(kind=_C, operator=operator, room=CONFIGURATION_ROOM)
    if code is None and _NO_TLS.search(text):
        operator = "whoever answers at the service's address does not speak TLS: check "
        operator += "GOOGLE_GEMINI_BASE_URL"
        return Failure(kind=_C, operator=operator, room=CONFIGURATION_ROOM)
    for row in _ROWS if code is not None else ():
        if (not row.codes or code in row.codes) and re.search(row.pattern, text, re.IGNORECASE):
            return row.failure(code)
    what = code if code is not None else type(error).__name__
    return replace(LOST, operator=f"connection failed ({what})", code=code)


def _text_of(error: BaseException) -> str:
    """What to search: the error's own text and the body of the HTTP answer, when it has one."""
    body = getattr(getattr(error, "response", None), "body", None)
    return (
        f"{error} {body[:4096].decode(errors='replace')}" if isinstance(body, bytes) else f"{error}"
    )


def _code_of(error: BaseException) -> int | None:
    # First the frame of a closed websocket: its error's own `code` warns of being old.
    if hasattr(error, "rcvd"):
        return int(error.rcvd.code) if error.rcvd else 1006
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return code
    status = _HTTP_STATUS.search(str(error))
    return int(status.group(1)) if status else None
