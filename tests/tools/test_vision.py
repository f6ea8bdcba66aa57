"""A closer look, whole or in part."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from livekit.agents.llm import ToolError

from tests.fakes.calls import Call
from tools.context import Region, Shown
from tools.vision import parse_region


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    call = Call()
    yield call
    await call.aclose()


def part(left: float, top: float, right: float, bottom: float) -> Region:
    return Region(left=left, top=top, right=right, bottom=bottom)


async def test_has_a_sharp_picture_sent_and_says_so(call: Call) -> None:
    failed, answer = await call.answer("look", question="What does the label say?")
    assert not failed
    assert "1280 by 720 pixels and 0.2 seconds old" in answer
    assert call.looked == [("What does the label say?", None, "")]


async def test_looks_at_the_part_that_was_asked_for(call: Call) -> None:
    await call.answer("look", question="the label", region="top left")
    assert call.looked == [("the label", part(0, 0, 0.5, 0.5), "")]


@pytest.mark.parametrize(
    ("said", "source"),
    [("", ""), ("camera", "camera"), ("The Webcam", "camera"), ("shared screen", "screen")],
)
async def test_looks_at_the_one_that_was_asked_for(call: Call, said: str, source: Shown) -> None:
    failed, answer = await call.answer("look", question="the label", source=said)
    assert not failed
    assert call.looked == [("the label", None, source)]
    assert f"of the {source or 'screen and camera'}," in answer


async def test_says_what_there_is_to_look_at(call: Call) -> None:
    failed, answer = await call.answer("look", question="the label", source="the window")
    assert (failed, call.looked) == (True, [])
    assert "camera or screen" in answer


async def test_marks_a_place_for_the_people_in_the_call(call: Call) -> None:
    failed, answer = await call.answer("point_at", box="0.4,0.2,0.5,0.3", label=" the\nscrew ")
    assert (failed, call.pointed) == (False, [(part(0.4, 0.2, 0.5, 0.3), "the screw")])
    assert "they see it" in answer


async def test_says_why_it_cannot_point(call: Call) -> None:
    call.blind = "I can't mark that: there is nothing in view there."
    assert await call.answer("point_at", box="top left", label="it") == (False, call.blind)


@pytest.mark.parametrize(
    ("box", "label", "complaint"),
    [
        ("", "it", "which part"),
        ("everything", "it", "which part"),
        ("left", " ", "what to call it"),
    ],
)
async def test_wants_to_know_what_to_mark_and_where(
    call: Call, box: str, label: str, complaint: str
) -> None:
    failed, answer = await call.answer("point_at", box=box, label=label)
    assert failed
    assert complaint in answer
    assert call.pointed == []


async def test_says_why_it_cannot_see(call: Call) -> None:
    call.blind = "I cannot see anything: the camera is off."
    assert await call.answer("look", question="x") == (False, call.blind)


@pytest.mark.parametrize("question", ["", "  ", "\u202e\0"])
async def test_wants_to_know_what_to_look_for(call: Call, question: str) -> None:
    assert await call.answer("look", question=question) == (
        True,
        "I need to know what to look for.",
    )


async def test_passes_on_no_more_of_a_question_than_makes_sense(call: Call) -> None:
    await call.answer("look", question="why " * 1_000)
    assert len(call.looked[0][0]) <= 300


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("", None),
        ("the whole picture", None),
        ("everything", None),
        ("left", part(0, 0, 0.5, 1)),
        ("Right half", part(0.5, 0, 1, 1)),
        ("top", part(0, 0, 1, 0.5)),
        ("lower part", part(0, 0.5, 1, 1)),
        ("upper right corner", part(0.5, 0, 1, 0.5)),
        ("bottom-left", part(0, 0.5, 0.5, 1)),
        ("center", part(0.25, 0.25, 0.75, 0.75)),
        ("bottom centre", part(0.25, 0.5, 0.75, 1)),
        ("middle left", part(0, 0.25, 0.5, 0.75)),
        ("0.25,0.5,0.75,1", part(0.25, 0.5, 0.75, 1)),
        ("0, 0, 1, 1", part(0, 0, 1, 1)),
        ("[0.1 0.2 0.3 0.4]", part(0.1, 0.2, 0.3, 0.4)),
    ],
)
def test_reads_a_region_in_words_or_in_fractions(text: str, region: Region | None) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("left right", "left, right, top, bottom or centre"),
        ("behind the sofa", "left, right, top, bottom or centre"),
        ("0.1,0.2,0.3", "left, top, right, bottom, from 0 to 1"),
        ("0.1;x;0.3;1", "left, top, right, bottom, from 0 to 1"),
        ("1,2,3,4", "from left to right and from top to bottom"),
        ("-0.1,0,1,1", "from left to right and from top to bottom"),
        ("0.5,0,0.4,1", "from left to right and from top to bottom"),
        ("0.5,0,0.51,1", "from left to right and from top to bottom"),
        ("0,0,1e308,1", "from left to right and from top to bottom"),
        ("nan,0,1,1", "from left to right and from top to bottom"),
        ("0,nan,1,1", "from left to right and from top to bottom"),
    ],
)
def test_says_what_a_region_is_when_it_is_none(text: str, wanted: str) -> None:
    with pytest.raises(ToolError) as caught:
        parse_region(text)
    assert wanted in caught.value.message
