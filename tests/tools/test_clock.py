"""Time anywhere, and timers that outlive the turn in which they were set."""

from __future__ import annotations

import zoneinfo
from collections.abc import AsyncIterator

import pytest

from tests.fakes.calls import Call, settle
from tools import clock
from tools.clock import find_zone, in_words


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    call = Call()
    yield call
    await call.aclose()


@pytest.mark.parametrize(
    ("timezone", "wanted"),
    [
        ("UTC", "It is 13:05 on Saturday, 21 November 2026 in the time zone UTC."),
        ("Asia/Tokyo", "It is 22:05 on Saturday"),
        ("asia/tokyo", "It is 22:05 on Saturday"),
        ("Tokyo", "It is 22:05 on Saturday"),
        ("new york", "It is 08:05 on Saturday"),
        ("Pacific/Kiritimati", "It is 03:05 on Sunday, 22 November"),
        ("UTC+5:30", "It is 18:35"),
        ("GMT-3", "It is 10:05"),
        ("", "in the time zone UTC"),
    ],
)
async def test_tells_the_time_anywhere(call: Call, timezone: str, wanted: str) -> None:
    failed, answer = await call.answer("get_time", timezone=timezone)
    assert not failed
    assert wanted in answer


async def test_tells_the_time_in_utc_when_no_zone_is_named(call: Call) -> None:
    assert "in the time zone UTC" in (await call.answer("get_time"))[1]


@pytest.mark.parametrize(
    "timezone",
    ["Atlantis", "Europe", "Europe/", "../../etc/passwd", "/etc/localtime", "UTC+99", "a\0b", "é"],
)
async def test_says_so_when_there_is_no_such_zone(call: Call, timezone: str) -> None:
    failed, answer = await call.answer("get_time", timezone=timezone)
    assert failed
    assert answer.startswith("I know no time zone called ")


def test_knows_utc_on_a_machine_without_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: set())
    clock._zones.cache_clear()
    try:
        assert str(find_zone("utc")) == "UTC"
        assert str(find_zone("+02:00")) == "UTC+02:00"
        assert find_zone("Europe/Berlin") is None
    finally:
        clock._zones.cache_clear()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (1.4, "1 second"),
        (59.6, "1 minute"),
        (90, "1 minute 30 seconds"),
        (3600, "1 hour"),
        (7322, "2 hours 2 minutes 2 seconds"),
        (86400, "24 hours"),
    ],
)
def test_says_a_duration_as_people_do(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


async def test_timer_answers_at_once_and_speaks_up_when_it_is_due(call: Call) -> None:
    answer = await call.answer("set_timer", seconds=600, label="pasta")
    assert answer == (False, "The pasta timer is set for 10 minutes.")
    await call.clock.pass_by(599)
    assert call.announced == []
    await call.clock.pass_by(1)
    assert call.announced == ["The pasta timer, set for 10 minutes, is due. Say so."]
    assert call.context.timers == {}


async def test_timer_is_a_task_of_the_call_not_of_the_turn(call: Call) -> None:
    await call.answer("set_timer", seconds=5)
    (task,) = call.tasks
    assert task.get_name() == "timer"
    task.cancel()  # as the end of the call does
    await settle()
    assert call.announced == []


async def test_several_timers_run_side_by_side(call: Call) -> None:
    for seconds in (30, 10, 20):
        await call.answer("set_timer", seconds=seconds)
    assert list(call.context.timers) == ["timer", "timer 2", "timer 3"]
    await call.clock.pass_by(20)
    assert [line.partition(",")[0] for line in call.announced] == ["The timer 2", "The timer 3"]
    assert list(call.context.timers) == ["timer"]


async def test_timer_with_a_label_in_use_starts_again(call: Call) -> None:
    await call.answer("set_timer", seconds=10, label="Tea")
    _, answer = await call.answer("set_timer", seconds=60, label="tea")
    await call.clock.pass_by(10)
    assert answer == "The tea timer starts again with 1 minute."
    assert call.announced == []
    await call.clock.pass_by(50)
    assert len(call.announced) == 1


@pytest.mark.parametrize("label", ["pasta", " PASTA ", None])
async def test_cancelled_timer_stays_silent(call: Call, label: str | None) -> None:
    await call.answer("set_timer", seconds=10, label="pasta")
    answer = await call.answer("cancel_timer", label=label)
    await call.clock.pass_by(100)
    assert answer == (False, "The pasta timer is cancelled.")
    assert call.announced == []


async def test_asks_which_timer_is_meant_and_how_long_each_has(call: Call) -> None:
    await call.answer("set_timer", seconds=300, label="pasta")
    await call.answer("set_timer", seconds=60)
    await call.clock.pass_by(30)
    for label in ("", "cake"):
        failed, answer = await call.answer("cancel_timer", label=label)
        assert failed
        assert answer == (
            "Which timer? Running are: timer with 30 seconds left,"
            " pasta timer with 4 minutes 30 seconds left."
        )


async def test_says_so_when_no_timer_is_running(call: Call) -> None:
    assert await call.answer("cancel_timer") == (True, "No timer is running.")


@pytest.mark.parametrize("seconds", [0, 0.99, -1, 86_401, 1e308, float("inf"), float("nan")])
async def test_refuses_a_duration_that_makes_no_sense(call: Call, seconds: float) -> None:
    answer = await call.answer("set_timer", seconds=seconds)
    assert answer == (True, "A timer can run from one second to one day.")
    assert call.tasks == []


async def test_keeps_the_number_of_timers_within_bounds(call: Call) -> None:
    for _ in range(10):
        assert not (await call.answer("set_timer", seconds=10))[0]
    failed, answer = await call.answer("set_timer", seconds=10)
    assert failed
    assert answer.startswith("10 timers are running already.")
    assert not (await call.answer("set_timer", seconds=20, label="timer"))[0]


async def test_label_is_cut_to_a_short_line(call: Call) -> None:
    _, answer = await call.answer("set_timer", seconds=1, label="a\n\u202eb" + "x" * 1_000)
    assert answer == f"The a b{'x' * 37} timer is set for 1 second."
