"""What a browser that was let in keeps of it."""

from __future__ import annotations

import jwt
import pytest

from frontend import passes
from frontend.access import Guest
from frontend.settings import Settings
from tests.frontend.settings import CODE, JWT_SECRET, settings

BROWSER = "a" * 32
BOTH = settings(PAGE_ACCESS_CODE=CODE, PAGE_JWT_SECRET=JWT_SECRET)
KNOWER = Guest(shown=CODE)
ANN = Guest(user="ann", shown=JWT_SECRET, until=100)


@pytest.mark.parametrize("guest", [KNOWER, ANN])
def test_says_who_was_let_in(guest: Guest) -> None:
    assert passes.read(passes.give(guest, BROWSER, BOTH), BROWSER, BOTH, now=99.0) == guest


@pytest.mark.parametrize(
    ("guest", "browser", "now_asked"),
    [
        (KNOWER, "b" * 32, BOTH),
        (KNOWER, BROWSER, settings(PAGE_ACCESS_CODE="another-code-43")),
        (KNOWER, BROWSER, settings(PAGE_JWT_SECRET=JWT_SECRET)),
        (KNOWER, BROWSER, settings(PAGE_ACCESS_CODE=CODE, LIVEKIT_API_SECRET="t" * 32)),
        (ANN, BROWSER, settings(PAGE_JWT_SECRET="another secret of thirty-two letters")),
        (ANN, BROWSER, settings()),
    ],
)
def test_is_worth_nothing_elsewhere_or_later(
    guest: Guest, browser: str, now_asked: Settings
) -> None:
    assert passes.read(passes.give(guest, BROWSER, BOTH), browser, now_asked, now=0.0) is None


def test_ends_with_the_token_that_was_shown() -> None:
    assert passes.read(passes.give(ANN, BROWSER, BOTH), BROWSER, BOTH, now=100.0) is None


def test_there_is_none_where_nothing_is_asked_for() -> None:
    assert passes.give(Guest(), BROWSER, settings()) == ""


@pytest.mark.parametrize("kept", ["", "garbage", "a.b.c", jwt.encode({}, CODE * 3)])
def test_cannot_be_made_up(kept: str) -> None:
    assert passes.read(kept, BROWSER, BOTH, now=0.0) is None


def test_does_not_tell_the_code() -> None:
    claims = jwt.decode(passes.give(KNOWER, BROWSER, BOTH), options={"verify_signature": False})
    assert claims == {"browser": BROWSER, "user": "", "until": None}
