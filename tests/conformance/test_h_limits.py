"""Section H, its limits: how long a connection, a session and its context last, items 87 to 91."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offline.gemini.temper import INSTANT, Temper
from tests.conformance.clients import (
    INVALID,
    Script,
    picture,
)
from tests.conformance.test_h_lifetime import COMPRESSED, DEADLINE, Life


@pytest.mark.parametrize(("lifetime", "time_left"), [(540.0, 50.0), (20.0, 2.5)])
def test_item_87_the_end_is_announced_and_comes(
    script: Script, lifetime: float, time_left: float
) -> None:
    life = Life(script, replace(INSTANT, lifetime=lifetime, time_left=time_left))
    life.run(lifetime + time_left / 2)
    assert life.times("goAway") == [lifetime]
    assert {"goAway": {"timeLeft": f"{time_left:g}s"}} in [one for _, one in life.sent]
    life.say("hello")
    life.run(time_left)
    assert life.times("modelTurn")
    assert life.closed == (lifetime + time_left, *DEADLINE)


@pytest.mark.parametrize(
    ("film_at", "compression", "ends"),
    [(None, {}, 900.0), (30.0, {}, 150.0), (30.0, {"slidingWindow": {}}, None)],
    ids=["audio only", "with video", "compressed"],
)
def test_item_88_sessions_without_compression_are_capped(
    script: Script, film_at: float | None, compression: dict[str, object], ends: float | None
) -> None:
    asked = {"contextWindowCompression": compression} if compression else {}
    life = Life(script, replace(INSTANT, lifetime=0), setup=asked)
    if film_at is not None:
        life.run(film_at)
        life.film(picture())
    life.run(1000)
    assert life.closed == (None if ends is None else (ends, *DEADLINE))


def test_item_88_a_cap_counts_from_the_sessions_first_connection(script: Script) -> None:
    temper = replace(INSTANT, lifetime=0)
    first = Life(script, temper)
    first.film(picture())
    first.run(100)
    second = Life(script, temper, after=first.leave())
    second.run(30)
    assert second.closed == (120.0, *DEADLINE)


def fill(life: Life, turns: int) -> list[int]:
    """Hold a conversation of long questions; return the prompt tokens of each turn."""
    counts = []
    for number in range(turns):
        if life.closed is None:
            life.say(f"question {number} " + "of many words " * 30)
            life.run(1)
            counts.append(int(str(life.usage()["promptTokenCount"])))
    return counts


def test_item_89_a_full_context_ends_the_session(script: Script) -> None:
    life = Life(script, replace(INSTANT, context_window=1000))
    fill(life, 20)
    assert life.closed is not None
    assert life.closed[1:] == INVALID
    assert life.account.at("context_exhausted")


def test_item_90_compression_cuts_the_oldest_turns(script: Script) -> None:
    asked = {"triggerTokens": "800", "slidingWindow": {"targetTokens": "400"}}
    setup = {"contextWindowCompression": asked}
    life = Life(script, replace(INSTANT, context_window=1000), setup=setup)
    counts = fill(life, 20)
    assert life.closed is None
    assert max(counts) < 1000
    drops = [after for before, after in zip(counts, counts[1:], strict=False) if after < before]
    assert drops
    assert max(drops) <= 400 + 120


def test_item_90_by_default_at_80_percent_to_half_of_that(script: Script) -> None:
    life = Life(script, replace(INSTANT, context_window=1000), setup=COMPRESSED)
    fill(life, 20)
    [first, *_] = [event for event in life.account.events if event["kind"] == "compressed"]
    assert int(str(first["before"])) >= 800
    assert int(str(first["after"])) <= 400


def test_item_91_nothing_is_sent_while_nothing_happens(script: Script) -> None:
    life = Life(script, Temper())
    life.run(1)
    life.say("hello")
    life.run(30)
    count = len(life.sent)
    life.run(400)
    assert len(life.sent) == count
    assert life.closed is None
