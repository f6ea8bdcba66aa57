"""Why a connection failed: kinds, and words that hold no secret."""

from __future__ import annotations

import json
import socket
import ssl

import pytest
from google.genai.errors import APIError, ClientError, ServerError
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from worker.gemini.failures import Failure, Kind, classify

SECRET = "AIzaSyPlantedSecret"

PASSING, CONFIGURATION = Kind.PASSING, Kind.CONFIGURATION
REFUSED_HANDLE, CONTEXT_FULL, POLICY = Kind.REFUSED_HANDLE, Kind.CONTEXT_FULL, Kind.POLICY

QUOTA = "You exceeded your current quota, please check your plan and billing details."
MODALITIES = (
    "The requested combination of response modalities (TEXT) is not supported by the model."
)
UNKNOWN = (
    "Invalid JSON payload received. Unknown name \"transparent\" at 'setup.session_resumption': "
    "Cannot find field."
)
MEDIA = "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."
ACTIVITY = (
    "Explicit activity control is not supported when automatic activity detection is enabled."
)
NO_MODEL = (
    "models/X is not found for API version v1beta, or is not supported for bidiGenerateContent."
)

# The reference's table of close codes (§7), row by row; the last column is in the operator's words.
CLOSES = [
    (1000, "", PASSING, "ended"),
    (1001, "", PASSING, "ended"),
    (1006, "", PASSING, "broke off"),
    (1006, "abnormal closure [internal]", PASSING, "broke off"),
    (1009, "", PASSING, "more at once"),
    (1007, "Request contains an invalid argument.", CONTEXT_FULL, "context is full"),
    (1007, MODALITIES, CONFIGURATION, "AGENT_MODEL"),
    (1007, "Cannot extract voices from a non-audio request", CONFIGURATION, "AGENT_MODEL"),
    (1007, ACTIVITY, CONFIGURATION, "setup"),
    (1007, UNKNOWN, CONFIGURATION, "AGENT_API_VERSION"),
    (1007, MEDIA, CONFIGURATION, "setup"),
    (1007, "Invalid session handle", REFUSED_HANDLE, "resume"),
    (1007, "Precondition check failed.", REFUSED_HANDLE, "resume"),
    (1007, "API key not valid. Please pass a valid API key.", CONFIGURATION, "GOOGLE_API_KEY"),
    (1007, "API key expired. Please renew the API key.", CONFIGURATION, "GOOGLE_API_KEY"),
    (1007, "User location is not supported for the API use.", CONFIGURATION, "region"),
    (1007, "a reason nobody has seen yet", CONFIGURATION, "refused what it was sent"),
    (1008, NO_MODEL, CONFIGURATION, "AGENT_MODEL"),
    (1008, "Publisher model `projects/p/x` was not found", CONFIGURATION, "GOOGLE_CLOUD_LOCATION"),
    (1008, "Operation is not implemented, or supported, or enabled.", POLICY, "not supported"),
    (1008, "BidiGenerateContent session not found", REFUSED_HANDLE, "resume"),
    (1008, "Requested entity was not found.", REFUSED_HANDLE, "resume"),
    (1008, "Method doesn't allow unregistered callers", CONFIGURATION, "GOOGLE_API_KEY"),
    (1008, "a reason nobody has seen yet", POLICY, "policy"),
    (1011, "Internal error encountered.", PASSING, "1011"),
    (1011, "Deadline expired before operation could complete.", PASSING, "lifetime"),
    (1011, "The service is currently unavailable.", PASSING, "unavailable"),
    (1011, QUOTA, PASSING, "quota is used up"),
    (1011, f"{QUOTA} limit: 0", CONFIGURATION, "no quota at all"),
    (1011, f"{QUOTA} limit: 50", PASSING, "quota is used up"),
    (1011, "Your prepayment credits are depleted.", CONFIGURATION, "credits"),
    (1011, "keepalive ping timeout", PASSING, "ping"),
    (1011, "", PASSING, "1011"),
    (4999, "a code nobody has seen yet", PASSING, "4999"),
]

STATUSES = [
    (301, CONFIGURATION, "GOOGLE_GEMINI_BASE_URL"),
    (400, CONFIGURATION, "GOOGLE_GEMINI_BASE_URL"),
    (401, CONFIGURATION, "credentials"),
    (403, CONFIGURATION, "credentials"),
    (404, CONFIGURATION, "GOOGLE_GEMINI_BASE_URL"),
    (407, CONFIGURATION, "proxy"),
    (408, PASSING, "later"),
    (429, PASSING, "rate"),
    (500, PASSING, "out of order"),
    (502, PASSING, "out of order"),
    (503, PASSING, "out of order"),
]


def closed(code: int, reason: str) -> APIError:
    return APIError(code, reason, None)


def answered(status: int, body: object = None) -> InvalidStatus:
    return InvalidStatus(Response(status, "", Headers(), json.dumps(body).encode()))


@pytest.mark.parametrize(("code", "reason", "kind", "words"), CLOSES)
def test_a_close_code_and_its_reason_have_a_kind_and_words(
    code: int, reason: str, kind: Kind, words: str
) -> None:
    failure = classify(closed(code, reason))
    assert failure.kind is kind
    assert words in failure.operator
    assert failure.room
    assert failure.code == code


@pytest.mark.parametrize(("status", "kind", "words"), STATUSES)
def test_an_http_status_at_the_upgrade_has_a_kind_and_words(
    status: int, kind: Kind, words: str
) -> None:
    failure = classify(answered(status))
    assert failure.kind is kind
    assert words in failure.operator
    assert failure.code == status
    assert classify(ConnectionError(f"server rejected WebSocket: HTTP {status}")).kind is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "API key not valid."}}, CONFIGURATION),
        ({"error": {"message": "Quota exceeded for metric: tokens, limit: 0"}}, CONFIGURATION),
        ({"error": {"message": "Quota exceeded for metric: tokens, limit: 1500"}}, PASSING),
        ({"error": {"details": [{"quota_limit_value": "0"}]}}, CONFIGURATION),
        ({"error": {"details": [{"quota_limit_value": "60"}]}}, PASSING),
    ],
)
def test_the_body_of_a_429_tells_no_quota_from_quota_used_up(body: object, kind: Kind) -> None:
    assert classify(answered(429, body)).kind is kind


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionRefusedError(),
        ConnectionResetError(104, "reset by peer"),
        OSError(101, "no route"),
        socket.gaierror(-3, "temporary failure in name resolution"),
        ValueError("Failed to parse response: b'{'"),
        TypeError("unknown top-level key"),
        ClientError(429, {"code": 429, "message": "slow down"}),
        ServerError(503, {"code": 503, "message": "busy"}),
        ConnectionClosedError(None, None),
        ConnectionClosedError(Close(1011, "Internal error encountered."), None),
        ConnectionClosedError(None, Close(1011, "keepalive ping timeout")),
    ],
    ids=lambda error: f"{type(error).__name__}",
)
def test_what_the_network_or_a_bad_moment_does_is_tried_again(error: Exception) -> None:
    assert classify(error).passing


def test_words_inside_a_broken_message_decide_nothing() -> None:
    assert classify(ValueError("Failed to parse response: b'API key not valid'")).passing


@pytest.mark.parametrize(
    "text",
    ["certificate verify failed: self-signed certificate", "[SSL: CERTIFICATE_VERIFY_FAILED]"],
)
def test_an_untrusted_certificate_is_not_tried_again(text: str) -> None:
    failure = classify(ssl.SSLCertVerificationError(1, text))
    assert failure.kind is CONFIGURATION
    assert "SSL_CERT_FILE" in failure.operator


def test_somebody_who_does_not_speak_tls_is_not_tried_again() -> None:
    text = "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:992)"
    failure = classify(ssl.SSLError(1, text))
    assert failure.kind is CONFIGURATION
    assert "GOOGLE_GEMINI_BASE_URL" in failure.operator


@pytest.mark.parametrize(
    ("reason", "overlap"),
    [
        ("Internal error encountered.", True),
        ("", True),
        ("Deadline expired", False),
        (QUOTA, False),
    ],
)
def test_only_an_internal_1011_may_be_the_old_connection(reason: str, overlap: bool) -> None:
    assert classify(closed(1011, reason)).overlap is overlap


@pytest.mark.parametrize(
    ("code", "reason", "unexplained"),
    [
        (1008, "", True),
        (1008, "a policy", True),
        (1008, "Operation is not implemented, or supported, or enabled.", True),
        (1007, "", True),
        (1007, "API key not valid.", False),
        (1007, "Invalid session handle", False),
        (1008, "models/x is not found for API version v1", False),
        (1011, "Internal error encountered.", False),
    ],
)
def test_a_close_without_a_lasting_reason_is_worth_a_fresh_start(
    code: int, reason: str, unexplained: bool
) -> None:
    assert classify(closed(code, reason)).unexplained is unexplained


@pytest.mark.parametrize("row", [*CLOSES, (1007, "API key not valid:", CONFIGURATION, "")])
def test_no_sentence_repeats_what_the_service_said(row: tuple[int, str, Kind, str]) -> None:
    code, reason, *_ = row
    failure = classify(closed(code, f"{reason} {SECRET}"))
    assert SECRET not in repr(failure) + repr(failure.final())


@pytest.mark.parametrize("row", CLOSES)
def test_the_room_never_hears_of_settings_or_codes(row: tuple[int, str, Kind, str]) -> None:
    failure = classify(closed(row[0], row[1]))
    for words in (failure.room, failure.final().room):
        assert not {"_", "1007", "1008", "1011"} & {part for part in words.split() if part}
        assert "AGENT" not in words
        assert "KEY" not in words


@pytest.mark.parametrize(
    ("code", "reason", "kind", "room"),
    [
        (1011, "Internal error encountered.", PASSING, "for a long time"),
        (1008, "Requested entity was not found.", CONFIGURATION, "configuration error"),
        (1007, "Request contains an invalid argument.", CONFIGURATION, "configuration error"),
        (1007, "API key not valid.", CONFIGURATION, "configuration error"),
        (1008, "a policy", POLICY, "ended the conversation"),
    ],
)
def test_a_failure_that_is_final_promises_no_further_try(
    code: int, reason: str, kind: Kind, room: str
) -> None:
    final = classify(closed(code, reason)).final()
    assert final.kind is kind
    assert room in final.room
    assert "keep trying" not in final.room


def test_a_failure_can_be_made_of_words_alone() -> None:
    failure = Failure(kind=PASSING, operator="for the log", room="for the room")
    assert failure.passing
    assert not failure.overlap
