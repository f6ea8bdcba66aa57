"""Who may ask for a token."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from frontend.access import Guest, authenticate
from frontend.errors import Refusal
from tests.frontend.settings import CODE, JWT_SECRET, settings

LATER = int(time.time()) + 24 * 3600
"""Whenever in a long run this is read."""


def bearer(secret: str = JWT_SECRET, algorithm: str = "HS256", **claims: object) -> str:
    claims = {"sub": "ann", "exp": LATER} | claims
    claims = {name: value for name, value in claims.items() if value is not None}
    return f"Bearer {jwt.encode(claims, secret, algorithm=algorithm)}"


def ours(**claims: Any) -> str:
    """Return a token that would do, but for these claims."""
    return bearer(**{"aud": "sightline"} | claims)


def test_everybody_may_where_nothing_is_asked_for() -> None:
    assert authenticate("", settings()) == Guest()


def test_the_access_code_lets_in() -> None:
    assert authenticate(f"Bearer {CODE}", settings(PAGE_ACCESS_CODE=CODE)).user == ""


def test_a_token_of_the_operators_lets_in_and_names_the_user() -> None:
    assert authenticate(bearer(), settings(PAGE_JWT_SECRET=JWT_SECRET)).user == "ann"


def test_either_will_do_where_both_are_set() -> None:
    both = settings(PAGE_JWT_SECRET=JWT_SECRET, PAGE_ACCESS_CODE=CODE)
    assert authenticate(f"bearer {CODE}", both) == Guest(shown=CODE)
    assert authenticate(bearer(), both) == Guest(user="ann", shown=JWT_SECRET, until=LATER)


@pytest.mark.parametrize("given", ["", CODE, "Bearer", "Bearer ", f"Basic {CODE}", "Bearer é"])
def test_no_other_word_lets_in(given: str) -> None:
    with pytest.raises(Refusal, match="401"):
        authenticate(given, settings(PAGE_ACCESS_CODE=CODE))


@pytest.mark.parametrize(
    "given",
    [
        ours(secret="another secret of thirty-two letters"),
        ours(exp=1),
        ours(exp=None),
        ours(sub=None),
        ours(nbf=LATER),
        ours(secret="", algorithm="none"),
        ours(aud="elsewhere"),
        ours(aud=None),
        "Bearer garbage",
        "Bearer a.b.c",
    ],
)
def test_no_other_token_lets_in(given: str) -> None:
    wanted = settings(PAGE_JWT_SECRET=JWT_SECRET, PAGE_JWT_AUDIENCE="sightline")
    with pytest.raises(Refusal, match="401"):
        authenticate(given, wanted)


def test_a_token_for_this_audience_lets_in() -> None:
    wanted = settings(PAGE_JWT_SECRET=JWT_SECRET, PAGE_JWT_AUDIENCE="sightline")
    assert authenticate(ours(), wanted).user == "ann"
