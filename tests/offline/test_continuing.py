"""How the stand-in goes on after a connection broke off, asked as the worker asks."""

from __future__ import annotations

import pytest

from offline.gemini.continuing import OVER, reminded, rest_of
from offline.gemini.mind import STORY, think
from offline.gemini.prompting import Request
from offline.gemini.thought import Prompt, Say
from worker.gemini.history import continuation, told_result

CUT = STORY[:120]


def test_a_story_goes_on_from_the_words_heard_last() -> None:
    assert think(Prompt(text=continuation(CUT), typed=True)) == (Say(text=STORY[120:].strip()),)


def test_any_reply_goes_on_where_the_talk_is_remembered() -> None:
    meant = 'I see a wide picture. Something is moving. There is a QR code that says "A-42".'
    asked = continuation("I see a wide picture. Something is moving.")
    rest = Say(text='There is a QR code that says "A-42".')
    assert think(Prompt(text=asked, typed=True, meant=meant)) == (rest,)


def test_only_the_end_of_what_was_said_need_be_known() -> None:
    assert rest_of("I was asked for it. " + CUT, [STORY]) == STORY[120:].strip()


@pytest.mark.parametrize("words", ["something else altogether", STORY, STORY[-40:]])
def test_what_is_over_or_unknown_is_not_begun_again(words: str) -> None:
    assert think(Prompt(text=continuation(words), typed=True)) == (Say(text=OVER),)


def test_a_result_told_as_text_is_passed_on() -> None:
    told = think(Prompt(text=told_result("get_time", "noon"), typed=True))
    assert told == (Say(text="The clock says: noon."),)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ([("user", "what time is it"), ("model", "It"), ("user", "and where?")], "and where?"),
        ([("user", "hello"), ("user", continuation(""))], "hello"),
        ([], ""),
    ],
)
def test_an_answer_that_is_owed_is_about_what_was_asked_last(
    said: list[tuple[str, str]], question: str
) -> None:
    assert reminded(Request(text=continuation("")), said) == Request(text=question)


def test_any_other_request_is_what_it_is() -> None:
    assert reminded(Request(text="what time is it"), [("user", "hello")]) is None
