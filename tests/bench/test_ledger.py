"""What a call comes to, of made-up accounts."""

from __future__ import annotations

from typing import Any

import pytest

from offline.scene import STAMP_BITS
from tests.bench.ledger import BargeIn, Ledger, Turn, age, newest, renewed
from tests.e2e.account import Account

TURN = Turn(
    began=10.0, first_loud=10.5, last_loud=13.0, first_sound=14.0, last_sound=15.0, ended=17.0
)
WRAP = 1 << STAMP_BITS


def ledger(**more: Any) -> Ledger:
    """Return a ledger of one connection."""
    report: dict[str, Any] = {"number": 0, "opened": 1.0, "closed": None, "frames": []}
    report |= {"events": [], "utterances": [], "tool_calls": [], "tool_responses": []}
    return Ledger([Account(report | more)])


def event(kind: str, at: float) -> dict[str, Any]:
    return {"kind": kind, "at": at}


def test_the_way_in_ends_where_the_service_has_the_last_loud_sample() -> None:
    utterances = [{"last_loud": 9.0}, {"last_loud": 13.07}, {"last_loud": 20.0}]
    assert ledger(utterances=utterances).way_in(TURN) == pytest.approx(0.07)


def test_the_way_out_begins_with_the_services_first_audio() -> None:
    events = [event("first_audio", 8.0), event("first_audio", 13.9), event("first_audio", 16.0)]
    assert ledger(events=events).way_out(TURN) == pytest.approx(0.1)


def test_a_turn_that_the_service_missed_has_no_ways() -> None:
    assert ledger().way_in(TURN) is None
    assert ledger().way_out(TURN) is None


def test_the_quiet_after_a_cut_leaves_the_next_reply_out() -> None:
    cut = BargeIn(story=5.0, first_loud=8.0, sounds=[8.0, 8.1, 8.2, 9.9])
    found = ledger(events=[event("interrupted", 8.1)])
    assert found.cut(cut) == 8.1
    assert found.quiet_after(cut) == pytest.approx(0.1)


def test_a_cut_that_the_service_did_not_notice_has_no_times() -> None:
    cut = BargeIn(story=5.0, first_loud=8.0, sounds=[8.0])
    assert ledger(events=[event("interrupted", 12.0)]).quiet_after(cut) is None


def test_tool_times_are_matched_by_id() -> None:
    calls = [{"id": "a", "at": 1.0}, {"id": "b", "at": 2.0}, {"id": "c", "at": 3.0}]
    responses = [{"id": "c", "at": 3.5}, {"id": "b", "at": 2.25}]
    assert ledger(tool_calls=calls, tool_responses=responses).tools(1.5) == [0.25, 0.5]


def test_pictures_of_all_connections_come_in_their_order() -> None:
    frames = [{"at": at, "width": 4, "height": 4} for at in (1.0, 3.0)]
    both = Ledger([*ledger(frames=frames[1:]).accounts, *ledger(frames=frames[:1]).accounts])
    assert [frame.at for frame in both.frames(0.0, 3.0)] == [1.0, 3.0]


@pytest.mark.parametrize(
    ("stamp", "at", "behind"),
    [(1000, 1.5, 500), (2000, 1.5, -500), (WRAP - 100, WRAP / 1000 + 0.2, 300), (50, 0.0, -50)],
)
def test_the_age_of_a_stamp_heeds_that_stamps_begin_again(
    stamp: int, at: float, behind: float
) -> None:
    assert age(stamp, at) == pytest.approx(behind)


def test_the_newest_picture_is_the_one_drawn_last_of_those_that_arrived() -> None:
    stamps = {1.0: 900, 2.0: 1900, 2.1: 800, 3.0: 2900}
    assert newest(stamps, 2.5) == pytest.approx(600)
    assert newest(stamps, 0.5) is None


def test_a_picture_that_shows_an_earlier_moment_again_is_not_new() -> None:
    stamps = {1.0: 900, 2.0: 900, 3.0: 2900, 4.0: 2800, 5.0: 4900}
    assert renewed(stamps, 1.5, 4.5) == 1
    assert renewed(stamps, 0.0, 5.0) == 3
