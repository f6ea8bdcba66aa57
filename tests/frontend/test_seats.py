"""Who may come back to a seat, and who may not."""

from __future__ import annotations

import pytest

from frontend.seats import LASTS, Seats, known

ROOM, NUMBER, NOW = "room-1", "0123456789abcdef", 1_763_712_000.5


def seats(browser: str = "a" * 32, *, secret: str = "s", now: float = NOW) -> Seats:
    return Seats.of(browser, secret=secret, now=now)


def test_the_browser_that_was_given_an_identity_holds_it() -> None:
    assert seats().holds(seats().give(ROOM, NUMBER), ROOM)


def test_an_identity_passes_for_one_and_says_nothing_of_the_browser() -> None:
    identity = seats().give(ROOM, NUMBER)
    assert identity.startswith("user-")
    assert len(identity) <= 64
    assert "a" * 8 not in identity


@pytest.mark.parametrize(
    ("other", "room"),
    [
        (seats("b" * 32), ROOM),
        (seats(secret="t"), ROOM),
        (seats(), "room-2"),
        (seats(now=NOW + LASTS + 1), ROOM),
        (seats(now=NOW - 1), ROOM),
    ],
    ids=["another browser", "another server", "another room", "too late", "from the future"],
)
def test_nobody_else_does_nor_anywhere_else_nor_for_ever(other: Seats, room: str) -> None:
    assert not other.holds(seats().give(ROOM, NUMBER), room)


@pytest.mark.parametrize("identity", ["", "ann", "user-", "user-" + "0" * 48, "agent-" + "0" * 48])
def test_an_identity_cannot_be_made_up(identity: str) -> None:
    assert not seats().holds(identity, ROOM)


def test_a_changed_sign_breaks_the_seal() -> None:
    identity = seats().give(ROOM, NUMBER)
    last = "0" if identity[-1] != "0" else "1"
    assert not seats().holds(identity[:-1] + last, ROOM)


@pytest.mark.parametrize(
    ("cookie", "kept"), [("0af" * 10 + "00", "0af" * 10 + "00"), ("x" * 32, ""), ("", "")]
)
def test_a_cookie_that_is_not_ours_is_none(cookie: str, kept: str) -> None:
    assert known(cookie) == kept
