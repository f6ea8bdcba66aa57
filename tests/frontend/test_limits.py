"""How often one address may ask."""

from __future__ import annotations

import pytest

from frontend import limits
from frontend.limits import RateLimit, network
from tests.clock import Clock


def test_takes_a_burst_then_one_an_interval() -> None:
    clock = Clock()
    limit = RateLimit(burst=3, interval=10.0, clock=clock)
    assert [limit.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 10.0]
    clock.now = 9.0
    assert limit.take("a") == pytest.approx(1.0)
    clock.now = 10.5
    assert limit.take("a") == 0.0


def test_one_address_does_not_use_up_anothers() -> None:
    limit = RateLimit(burst=1, interval=10.0, clock=Clock())
    assert [limit.take("a"), limit.take("b")] == [0.0, 0.0]
    assert limit.take("a") > 0


def test_rest_does_not_save_up_more_than_a_burst() -> None:
    clock = Clock()
    limit = RateLimit(burst=2, interval=1.0, clock=clock)
    limit.take("a")
    clock.now = 1e6
    assert [limit.take("a") > 0 for _ in range(3)] == [False, False, True]


def test_remembers_a_bounded_number_of_addresses() -> None:
    limit = RateLimit(burst=1, interval=1e9, clock=Clock())
    limit.take("first")
    for number in range(limits.MAX_KEYS):
        limit.take(str(number))
    assert limit.take("first") == 0.0
    assert limit.take(str(limits.MAX_KEYS - 1)) > 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1:4711", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("unknown", "unknown"),
        ("x" * 100, "x" * 64),
    ],
)
def test_one_line_into_the_net_is_counted_as_one(address: str, counted: str) -> None:
    assert network(address) == counted
