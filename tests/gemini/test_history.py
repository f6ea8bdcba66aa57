"""What a fresh connection is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.gemini.history import (
    COMPACT,
    LONGEST,
    WHOLE,
    Extent,
    History,
    Role,
    Said,
    continuation,
    told_result,
)


def talk(*lines: tuple[Role, str], extent: Extent = WHOLE, compact: Extent = COMPACT) -> History:
    history = History(extent=extent, compact=compact)
    for number, (role, text) in enumerate(lines):
        history.add(f"item-{number}", role, text)
    return history


def test_a_fresh_connection_is_told_what_was_said_in_order() -> None:
    told = talk(("model", "Hello."), ("user", "Hi."), ("model", "Yes?")).recall()
    assert told.turns == (Said("model", "Hello."), Said("user", "Hi."), Said("model", "Yes?"))
    assert told.lost == 0


def test_turns_of_one_role_in_a_row_are_one_turn() -> None:
    history = talk(("user", "Hi."), ("user", "Are you there?"), ("model", "Yes."))
    assert history.recall().turns == (Said("user", "Hi.\nAre you there?"), Said("model", "Yes."))


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_nothing_said_is_no_turn(text: str) -> None:
    assert talk(("user", text)).recall().turns == ()


def test_a_line_that_grows_keeps_its_place() -> None:
    history = talk(("user", "What"), ("model", "Noon."))
    history.add("item-0", "user", "What time is it?")
    assert history.recall().turns[0] == Said("user", "What time is it?")


def test_a_line_that_loses_its_text_is_gone() -> None:
    history = talk(("user", "What"), ("model", "Noon."))
    history.add("item-0", "user", "")
    assert history.recall().turns == (Said("model", "Noon."),)


def test_the_first_turns_go_first() -> None:
    lines: list[tuple[Role, str]] = [("user" if n % 2 else "model", f"line {n}") for n in range(9)]
    told = talk(*lines, extent=Extent(characters=1000, turns=3)).recall()
    assert [said.text for said in told.turns] == ["line 6", "line 7", "line 8"]
    assert told.lost == 6


def test_characters_bound_what_is_told_too() -> None:
    told = talk(
        ("user", "a" * 40), ("model", "b" * 40), ("user", "c" * 40),
        extent=Extent(characters=100, turns=80),
    ).recall()  # fmt: skip
    assert [said.text[0] for said in told.turns] == ["b", "c"]
    assert told.lost == 1


def test_the_compact_form_is_smaller() -> None:
    lines: list[tuple[Role, str]] = [("user" if n % 2 else "model", "x" * 300) for n in range(60)]
    history = talk(*lines)
    whole, compact = history.recall(), history.recall(compact=True)
    assert len(compact.turns) < len(whole.turns)
    assert compact.lost > whole.lost == 0
    assert compact.turns == whole.turns[-len(compact.turns) :]


def test_one_item_longer_than_all_is_cut_and_told() -> None:
    (said,) = talk(("user", "y" * 100_000)).recall(compact=True).turns
    assert len(said.text) <= LONGEST
    assert said.text.endswith("…")


def test_what_was_forgotten_long_ago_is_still_counted() -> None:
    lines: list[tuple[Role, str]] = [("user", "z" * 3000)] * 20
    history = talk(*lines)
    assert len(history) == 8
    assert history.recall().lost == 13


def test_a_tools_result_is_told_as_text() -> None:
    assert told_result("get_time", '{"time": "12:00"}') == (
        '[The tool get_time returned: {"time": "12:00"}]'
    )
    assert told_result("set_timer", " ") == "[The tool set_timer returned: nothing]"


def test_what_is_told_in_another_way_is_left_out() -> None:
    history = talk(("user", "Hi."), ("model", "Yes?"))
    assert history.recall(without={"item-0"}).turns == (Said("model", "Yes?"),)


def test_a_lone_surrogate_does_not_break_the_frame() -> None:
    (said,) = talk(("user", "a\ud800b")).recall().turns
    assert said.text.encode() == b"a?b"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("and then the\n dragon", "“and then the dragon”"), ("", "Answer now"), (" \n", "Answer now")],
)
def test_a_cut_reply_is_asked_for_from_its_last_words(words: str, wanted: str) -> None:
    assert wanted in continuation(words)


@pytest.mark.parametrize(("words", "first"), [("", "begins with another word"), ("So", "“So”")])
def test_a_reply_of_which_a_first_sound_was_heard_is_not_begun_with_it_again(
    words: str, first: str
) -> None:
    assert first in continuation(words, begun=True)


LINES = st.tuples(st.integers(0, 12), st.sampled_from(["user", "model"]), st.text(max_size=60))


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(st.lists(LINES), st.booleans())
def test_whatever_was_said_is_told_within_bounds(
    lines: list[tuple[int, Role, str]], compact: bool
) -> None:
    extent = Extent(characters=200, turns=5)
    history = History(extent=extent, compact=Extent(characters=80, turns=3))
    for number, role, text in lines:
        history.add(f"{number}", role, text)
    told = history.recall(compact=compact)
    roles = [said.role for said in told.turns]
    assert all(one != other for one, other in zip(roles, roles[1:], strict=False))
    assert all(said.text.strip() for said in told.turns)
    assert len(told.turns) <= (3 if compact else 5)
    assert sum(len(said.text) for said in told.turns) <= (80 if compact else 200)
    assert (not told.turns) == (len(history) == 0)
