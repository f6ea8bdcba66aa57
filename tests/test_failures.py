"""Why a connection failed: kinds, and words that hold no secret."""

from __future__ import annotations

import ssl

import pytest
from google.genai.errors import APIError

from worker.gemini.failures import Kind, backoff, classify

SECRET = "AIzaSyPlantedSecret"


def closed(code: int, reason: str) -> APIError:
    return APIError(code, reason, None)


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (1007, "API key not valid. Please pass a valid API key.", Kind.CONFIGURATION),
        (1007, "API key expired. Please renew the API key.", Kind.CONFIGURATION),
        (1007, "User location is not supported for the API use.", Kind.CONFIGURATION),
        (1007, "Invalid session handle", Kind.REFUSED_HANDLE),
        (1008, "BidiGenerateContent session not found", Kind.REFUSED_HANDLE),
        (1008, "Requested entity was not found.", Kind.REFUSED_HANDLE),
        (1007, "Request contains an invalid argument.", Kind.CONTEXT_FULL),
        (1007, "Cannot extract voices from a non-audio request", Kind.CONFIGURATION),
        (1008, "models/x is not found for API version v1beta, or is not supp", Kind.CONFIGURATION),
        (1008, "Publisher model `projects/p/x` was not found", Kind.CONFIGURATION),
        (1008, "Operation is not implemented, or supported, or enabled.", Kind.POLICY),
        (1011, "Internal error encountered.", Kind.PASSING),
        (1011, "Deadline expired before operation could complete.", Kind.PASSING),
        (1011, "The service is currently unavailable.", Kind.PASSING),
        (1011, "You exceeded your current quota, please check your plan", Kind.PASSING),
        (1006, "abnormal closure [internal]", Kind.PASSING),
        (1000, "", Kind.PASSING),
    ],
)
def test_a_close_code_and_its_reason_have_a_kind(code: int, reason: str, kind: Kind) -> None:
    failure = classify(closed(code, reason))
    assert failure.kind is kind
    assert failure.operator
    assert failure.room


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.CONFIGURATION),
        (401, Kind.CONFIGURATION),
        (403, Kind.CONFIGURATION),
        (404, Kind.CONFIGURATION),
        (429, Kind.PASSING),
        (500, Kind.PASSING),
        (503, Kind.PASSING),
    ],
)
def test_an_http_status_at_the_upgrade_has_a_kind(status: int, kind: Kind) -> None:
    error = ConnectionError(f"server rejected WebSocket connection: HTTP {status}")
    assert classify(error).kind is kind


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionRefusedError(), OSError(101, "no")])
def test_a_network_that_fails_is_tried_again(error: Exception) -> None:
    assert classify(error).passing


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    assert classify(error).kind is Kind.CONFIGURATION


def test_no_sentence_repeats_what_the_service_said() -> None:
    failure = classify(closed(1007, f"API key not valid: {SECRET}"))
    assert SECRET not in failure.operator + failure.room


def test_the_room_never_hears_of_settings() -> None:
    failure = classify(closed(1007, "API key not valid."))
    assert "GOOGLE_API_KEY" in failure.operator
    assert "KEY" not in failure.room


@pytest.mark.parametrize(("attempt", "longest"), [(0, 0.5), (1, 1.0), (3, 4.0), (20, 15.0)])
def test_waits_double_up_to_a_quarter_of_a_minute(attempt: int, longest: float) -> None:
    assert backoff(attempt, 0.0) == longest / 2
    assert longest * 0.99 < backoff(attempt, 0.999) < longest
