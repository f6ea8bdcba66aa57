"""Pictures are paid for: in tokens of any minute, and in seconds of one picture each."""

from __future__ import annotations

import pytest

from worker.eyes.allowance import MINUTE, Allowance, Rank


def spent(allowance: Allowance, count: int, every: float, rank: Rank = Rank.CARD) -> float:
    """Spend so many, and return when the last was."""
    for number in range(count):
        assert allowance.spend(number * every, rank)
    return (count - 1) * every


@pytest.mark.parametrize(
    ("rank", "pictures"), [(Rank.IDLE, 10), (Rank.TURN, 15), (Rank.ASKED, 19), (Rank.CARD, 20)]
)
def test_each_rank_leaves_something_to_those_above(rank: Rank, pictures: int) -> None:
    allowance = Allowance(tokens=20 * 70, each=70)
    now = spent(allowance, pictures, 1.5, rank)
    assert not allowance.spend(now + 2, rank)
    assert allowance.wait(now + 2, rank) == pytest.approx(MINUTE - now - 2, abs=1e-3)


def test_the_oldest_picture_makes_room_after_a_minute() -> None:
    allowance = Allowance(tokens=280, each=140)
    spent(allowance, 2, 5)
    assert not allowance.spend(MINUTE, Rank.CARD)
    assert allowance.spend(MINUTE + 1e-3, Rank.CARD)
    assert not allowance.spend(MINUTE + 2, Rank.CARD)


@pytest.mark.parametrize(
    ("rank", "wait"), [(Rank.TURN, 0.9), (Rank.EDGE, 0.5), (Rank.ASKED, 0), (Rank.CARD, 0)]
)
def test_what_is_asked_for_may_come_sooner_than_the_next_second(rank: Rank, wait: float) -> None:
    allowance = Allowance()
    allowance.spend(0, Rank.TURN)
    assert allowance.wait(0, rank) == pytest.approx(wait)


def test_a_picture_that_was_not_sent_is_paid_back() -> None:
    allowance = Allowance(tokens=70, each=70)
    allowance.spend(0, Rank.CARD)
    allowance.refund()
    assert allowance.spend(0, Rank.TURN)
    Allowance().refund()


def test_every_rank_gets_something_of_the_smallest_budget() -> None:
    for rank in Rank:
        assert Allowance(tokens=300, each=280).spend(0, rank)


def test_no_tokens_is_no_limit() -> None:
    allowance = Allowance()
    spent(allowance, 600, 1)
    assert allowance.gap(600) == 0


@pytest.mark.parametrize(("tokens", "each"), [(-1, 70), (69, 70), (100, 0)])
def test_refuses_what_buys_nothing(tokens: int, each: int) -> None:
    with pytest.raises(ValueError, match="enough for one picture"):
        Allowance(tokens=tokens, each=each)
