"""Adaptive pacing spends pictures where somebody asks something, and never too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.eyes.adaptive import Adaptive
from worker.eyes.allowance import Allowance, Rank
from worker.eyes.pacing import ANSWERING, IN_TIME, ON_REPLY, REPEAT, TURN_REPEAT, Change

SAME, SLIGHT, MUCH = Change.SAME, Change.SLIGHT, Change.MUCH
LATENCY = 0.04
"""Seconds from a frame that is due to one that is there: a camera of 30 fps, found on demand."""
LEFT = 0.3
"""Seconds from the ear's word that speech has ended to the service taking the turn."""
LAST = LEFT - IN_TIME + LATENCY
"""From that word to the turn's last frame."""


@dataclass
class Room:
    """Looks when a frame is due, in virtual time, and writes down what was sent."""

    pacing: Adaptive
    now: float = 100.0
    sent: list[tuple[float, str]] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)

    def pass_time(self, seconds: float, change: Change = MUCH) -> None:
        end = self.now + seconds
        while (due := self.now + self.pacing.wait(self.now)) + LATENCY <= end:
            self.now = due + LATENCY
            self.looks.append(self.now)
            if reason := self.pacing.judge(self.now, change):
                self.sent.append((self.now, reason))
        self.now = end

    def speech(self, seconds: float, change: Change = MUCH) -> None:
        self.pacing.on_speech(self.now, True)
        self.pass_time(seconds, change)
        self.pacing.on_speech(self.now, False, LEFT)

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.sent]


def quiet_room(pacing: Adaptive | None = None, after: float = 10.0) -> Room:
    """A room whose camera was seen, and in which nothing has happened since."""
    room = Room(pacing or Adaptive())
    room.pacing.ask(room.now, "source")
    room.pass_time(0.1)
    room.pass_time(after - 0.1, SAME)
    assert room.reasons == ["source"]
    room.sent.clear()
    return room


def test_a_turn_gets_a_frame_where_it_begins_one_a_second_and_one_where_it_ends() -> None:
    room = quiet_room()
    began = room.now
    room.speech(3.5)
    room.pass_time(0.5)
    times = [round(at - began, 2) for at, _ in room.sent]
    assert room.reasons == ["speech", "speech", "speech", "speech", "turn"]
    assert times == pytest.approx([0.04, 1.04, 2.04, 3.04, 3.5 + LAST], abs=0.15)


def test_somebody_who_merely_moves_is_looked_at_a_little_less_often() -> None:
    room = quiet_room()
    began = room.now
    room.speech(3.0, SLIGHT)
    room.pass_time(0.5, SLIGHT)
    times = [round(at - began, 2) for at, _ in room.sent]
    assert room.reasons == ["speech", "speech", "speech", "turn"]
    assert times == pytest.approx([0.04, 1.29, 2.54, 3.0 + LAST], abs=0.15)


def test_nothing_is_sent_unasked_while_a_turn_is_answered() -> None:
    room = quiet_room()
    room.speech(3.0)
    room.pass_time(LEFT)
    ended, (turned, reason) = len(room.sent), room.sent[-1]
    room.pacing.on_reply(room.now, True)
    room.pass_time(12)
    assert reason == "turn"
    first = room.sent[ended][0] - turned
    assert ANSWERING <= first <= ANSWERING + ON_REPLY
    assert room.reasons[ended:] == ["change"] * 4


def test_what_is_asked_for_is_sent_while_a_turn_is_answered() -> None:
    room = quiet_room()
    room.speech(3.0)
    room.pass_time(LEFT)
    ended = len(room.sent)
    room.pass_time(1)
    room.pacing.ask(room.now, "look")
    room.pass_time(1)
    assert room.reasons[ended:] == ["look"]


@pytest.mark.parametrize(("replying", "gap"), [(True, 2.0), (False, 3.0)])
def test_a_room_in_which_nobody_asks_is_looked_at_less_often(replying: bool, gap: float) -> None:
    room = quiet_room()
    room.pacing.on_reply(room.now, replying)
    room.pass_time(60)
    assert len(room.sent) == pytest.approx(60 / gap, abs=1.5)
    assert set(room.reasons) == {"change"}


@pytest.mark.parametrize("change", [SAME, SLIGHT])
def test_a_quiet_room_in_which_nothing_is_new_costs_a_picture_in_thirty_seconds(
    change: Change,
) -> None:
    room = quiet_room()
    room.pass_time(600, change)
    assert len(room.sent) == pytest.approx(600 / REPEAT, abs=2)
    assert set(room.reasons) == {"repeat"}


def test_a_camera_that_stands_still_costs_next_to_nothing_while_people_talk() -> None:
    room = quiet_room()
    for _ in range(60):
        room.speech(6, SAME)
        room.pass_time(4, SAME)
    assert len(room.sent) <= 10 * 60 / TURN_REPEAT


def test_a_service_that_forgets_gets_one_picture_a_turn_and_none_between() -> None:
    room = quiet_room(Adaptive(per_turn=True))
    for _ in range(5):
        room.speech(3, SAME)
        room.pass_time(30)
    assert room.reasons.count("turn") == 5
    assert set(room.reasons) <= {"turn", "speech"}


def test_the_same_edge_told_twice_is_one_edge() -> None:
    room = quiet_room()
    room.speech(0.5)
    room.pass_time(0.3)
    room.pacing.on_speech(room.now, False)
    room.pass_time(0.5)
    assert room.reasons == ["speech", "turn"]


@pytest.mark.parametrize("change", [SAME, MUCH])
def test_a_look_under_way_when_speech_ends_is_not_the_turns_last_picture(change: Change) -> None:
    room = quiet_room()
    room.speech(3.0)
    before = len(room.sent)
    assert room.pacing.judge(room.now + 0.02, change) == ""
    room.pass_time(LEFT)
    assert [reason for _, reason in room.sent[before:]] == ["turn"]
    assert room.sent[-1][0] >= room.now - IN_TIME


def test_a_long_wait_for_the_end_of_a_turn_hides_nothing_new() -> None:
    room = quiet_room()
    room.pacing.on_speech(room.now, True)
    room.pass_time(2.0)
    room.pacing.on_speech(room.now, False, 10.0)
    room.pass_time(10.0)
    assert "change" in room.reasons
    assert room.reasons[-1] == "turn"
    assert room.sent[-1][0] >= room.now - IN_TIME


def test_an_answer_that_has_begun_needs_no_last_picture() -> None:
    room = quiet_room()
    room.speech(3.0)
    room.pacing.on_reply(room.now, True)
    room.pass_time(1.0)
    assert "turn" not in room.reasons


def test_what_is_asked_for_is_sent_though_nothing_changed() -> None:
    room = quiet_room()
    for reason in ("question", "reconnect", "unmuted", "source"):
        room.pacing.ask(room.now, reason)
        room.pass_time(2, SAME)
    assert room.reasons == ["question", "reconnect", "unmuted", "source"]


def test_an_edge_does_not_swallow_what_was_asked_for() -> None:
    room = quiet_room()
    room.pacing.ask(room.now, "question")
    room.pacing.on_speech(room.now, True)
    room.pass_time(0.2, SAME)
    assert room.reasons == ["question"]


def test_a_long_turn_is_not_cut_off_by_the_budget_but_thinned() -> None:
    room = quiet_room(Adaptive(Allowance(tokens=6000, each=280)))
    room.speech(120)
    room.pass_time(LEFT)
    times = [at for at, _ in room.sent]
    assert max(b - a for a, b in pairwise(times)) < 3 * 60 / 15, "15 a minute, the first 8 fast"
    assert room.reasons[-1] == "turn"


def test_turns_find_something_left_after_a_busy_quiet_room() -> None:
    room = quiet_room(Adaptive(Allowance(tokens=2000, each=258)))
    room.pass_time(120)
    room.sent.clear()
    room.speech(2)
    room.pass_time(LEFT)
    assert room.reasons[0] == "speech"
    assert room.reasons[-1] == "turn"


MANY = settings(deadline=None, max_examples=500)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "end", "reply", "hush", "ask", "card", "broken", "wait"]),
        st.floats(0, 4),
        st.sampled_from(list(Change)),
    ),
    min_size=1,
    max_size=60,
)


def live(room: Room, events: Sequence[tuple[str, float, Change]]) -> list[float]:
    """Let all that happen; returns when something was paid for and sent."""
    pacing, paid = room.pacing, []
    for what, seconds, change in events:
        now = room.now
        if what in ("begin", "end"):
            pacing.on_speech(now, what == "begin")
        elif what in ("reply", "hush"):
            pacing.on_reply(now, what == "reply")
        elif what == "ask":
            pacing.ask(now, "question")
        elif what == "broken" and pacing.judge(now, change):
            pacing.refund()
            pacing.failed(now)
        elif what == "card" and pacing.charge(now, Rank.CARD) == 0:
            paid.append(now)
        room.pass_time(seconds, change)
    return sorted([*paid, *(at for at, _ in room.sent)])


@MANY
@given(EVENTS, st.integers(1, 40), st.sampled_from([70, 258, 280]))
def test_no_minute_ever_costs_more_than_its_budget(
    events: list[tuple[str, float, Change]], pictures: int, each: int
) -> None:
    tokens = pictures * each + each // 2
    times = live(Room(Adaptive(Allowance(tokens=tokens, each=each))), events)
    for at in times:
        assert each * sum(at <= time <= at + 60 for time in times) <= tokens


@MANY
@given(EVENTS, st.booleans())
def test_never_more_than_one_a_second_for_long(
    events: list[tuple[str, float, Change]], per_turn: bool
) -> None:
    times = live(Room(Adaptive(per_turn=per_turn)), events)
    for first, at in enumerate(times):
        for count, time in enumerate(times[first:], 1):
            assert count <= time - at + 4 + 1e-6


@MANY
@given(EVENTS, st.floats(0.15, 10))
def test_when_a_turn_ends_what_it_shows_was_looked_at_just_then(
    events: list[tuple[str, float, Change]], seconds: float
) -> None:
    room = Room(Adaptive())
    live(room, events)
    room.pass_time(5, SAME)
    room.speech(seconds)
    ended = room.now
    room.pass_time(LEFT)
    after = room.sent[-1][0] - ended
    assert after >= LEFT - IN_TIME - 1e-6, "as new as can be"
    assert after < LEFT, "before the service takes the turn"
