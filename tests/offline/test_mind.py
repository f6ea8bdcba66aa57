from __future__ import annotations

from collections.abc import Mapping

import pytest

from offline.gemini.mind import IDENTITY, STORY, think
from offline.gemini.sight import Seen
from offline.gemini.thought import Call, Declared, Prompt, Say
from offline.speech import VOICE_RATE, speak


def declared(name: str, required: tuple[str, ...], *optional: str) -> Declared:
    properties = {key: {"type": "STRING"} for key in (*required, *optional)}
    return Declared(name=name, parameters={"properties": properties, "required": list(required)})


TOOLS = (
    declared("get_time", (), "timezone"),
    declared("set_timer", ("seconds",), "label"),
    declared("cancel_timer", (), "label"),
    declared("get_weather", ("place",)),
    declared("look", ("question",), "region"),
)

SEEN = Seen(width=768, height=432, brightness=130, light="bright", qr=("SIGHT-42 aB/ü?",))


def heard(text: str, **more: object) -> Prompt:
    return Prompt(text=text, tools=TOOLS, seen=SEEN, **more)  # type: ignore[arg-type]


def said(prompt: Prompt) -> str:
    (action,) = think(prompt)
    assert isinstance(action, Say)
    return action.text


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("what time is it", "get_time", {}),
        ("What time is it in Tokyo?", "get_time", {"timezone": "Asia/Tokyo"}),
        ("tell me the time in Europe/Paris", "get_time", {"timezone": "Europe/Paris"}),
        ("set a timer for five seconds", "set_timer", {"seconds": 5}),
        ("Set a tea timer for 3 minutes!", "set_timer", {"seconds": 180, "label": "tea"}),
        ("remind me in half an hour", "set_timer", {"seconds": 1_800}),
        ("cancel the timer", "cancel_timer", {}),
        ("stop the tea timer", "cancel_timer", {"label": "tea"}),
        ("what is the weather in paris", "get_weather", {"place": "Paris"}),
        ("look closer", "look", {"question": "look closer"}),
        (
            "Zoom in on the top right",
            "look",
            {"question": "Zoom in on the top right", "region": "top right"},
        ),
    ],
)
def test_calls_the_tool_that_is_asked_for(text: str, name: str, args: Mapping[str, object]) -> None:
    assert think(heard(text)) == (Call(name=name, args=args),)


def test_gives_a_tool_what_it_must_have() -> None:
    prompt = Prompt(text="what time is it", tools=(declared("get_time", ("timezone",)),))
    assert think(prompt) == (Call(name="get_time", args={"timezone": "UTC"}),)


def test_gives_a_tool_nothing_that_it_does_not_take() -> None:
    prompt = Prompt(text="look at the left", tools=(declared("look", ()),))
    assert think(prompt) == (Call(name="look", args={}),)


@pytest.mark.parametrize("parameters", [{}, {"properties": None, "required": None}])
def test_calls_a_tool_that_declares_no_parameters(parameters: Mapping[str, object]) -> None:
    prompt = Prompt(text="look at it", tools=(Declared(name="look", parameters=parameters),))
    assert think(prompt) == (Call(name="look", args={}),)


def test_says_so_when_the_tool_was_not_declared() -> None:
    assert "get_weather" in said(Prompt(text="what is the weather in Paris"))


@pytest.mark.parametrize(
    ("text", "question"), [("set a timer", "how long"), ("how is the weather", "which place")]
)
def test_asks_for_what_is_missing(text: str, question: str) -> None:
    assert question in said(heard(text))


@pytest.mark.parametrize(
    "text", ["what do you see", "What can you see?", "what does the code say", "describe the room"]
)
def test_tells_what_it_sees_letter_by_letter(text: str) -> None:
    assert said(heard(text)) == SEEN.sentence()


def test_says_so_when_it_sees_nothing() -> None:
    assert said(Prompt(text="what do you see")).startswith("I see nothing")


@pytest.mark.parametrize(
    "text", ["who are you", "what are you", "are you a model", "what is your name", "hello", "Hi!"]
)
def test_says_plainly_that_it_is_a_stand_in(text: str) -> None:
    assert IDENTITY in said(heard(text))


@pytest.mark.parametrize("text", ['  Two  spaces, É and \n"quotes" ', "12 + 30?", "hello", "ok"])
def test_quotes_typed_text_exactly(text: str) -> None:
    assert f'You typed: "{text}".' in said(heard(text, typed=True))


def test_calls_a_tool_for_typed_text_too() -> None:
    prompt = heard("What time is it?", typed=True)
    assert think(prompt) == (Call(name="get_time", args={}),)


def test_repeats_what_it_heard_and_cannot_answer() -> None:
    answer = said(heard("my brother bought a new car"))
    assert '"my brother bought a new car"' in answer
    assert "stand-in" in answer


def test_looks_where_it_could_not_make_out_words() -> None:
    answer = said(heard("I heard you speak for 2.3 seconds."))
    assert answer.startswith("I heard you speak for 2.3 seconds.")
    assert SEEN.sentence() in answer


def test_speaks_the_results_of_its_tools() -> None:
    results: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("get_time", {"output": "It is 12:03 in Tokyo."}),
        ("get_weather", {"error": "I know no place called Atlantis."}),
    )
    assert said(heard("what time is it", results=results)) == (
        "The clock says: It is 12:03 in Tokyo. That did not work: I know no place called Atlantis."
    )


def test_tells_what_it_sees_after_a_closer_look() -> None:
    answer = said(heard("look closer", results=(("look", {"output": "Here is a picture."}),)))
    assert answer == f"I looked closer. {SEEN.sentence()}"


@pytest.mark.parametrize(
    ("instructions", "words"),
    [
        ("Greet whoever has just joined.", IDENTITY),
        ("introduce yourself", IDENTITY),
        ("Welcome them; offer to set a timer, it will be done.", IDENTITY),
        ("The tea timer, set for 5 seconds, is due. Say so.", "Your tea timer is up."),
        ("The timer, set for 5 seconds, is due. Say so.", "Your timer is up."),
        ("The timer 2, set for 1 minute, is due. Say so.", "Your timer 2 is up."),
        ("Say goodbye.", "I was asked to say this: Say goodbye."),
    ],
)
def test_follows_an_instruction_for_one_reply(instructions: str, words: str) -> None:
    assert words in said(Prompt(instructions=instructions))


def test_answers_words_before_instructions() -> None:
    assert said(Prompt(text="thank you", instructions="greet")) == "You are welcome."


@pytest.mark.parametrize("text", ["thank you", "stop", "...", "?", "\u0000", "東京"])
def test_always_has_an_answer(text: str) -> None:
    assert said(Prompt(text=text)).strip()


@pytest.mark.parametrize("text", ["", "  \n"])
def test_says_nothing_when_nothing_was_asked(text: str) -> None:
    assert think(Prompt(text=text)) == ()


def test_tells_a_story_long_enough_to_be_interrupted() -> None:
    assert said(heard("tell me a long story")) == STORY
    assert 18 < len(speak(STORY)) / 2 / VOICE_RATE < 30


@pytest.mark.parametrize(
    ("heard", "rest"),
    [
        ("Hello! I am an offline stand-in, not a model.", "Speak to me"),
        ("Here is a long story. Once there was a lamp", "on a hill above the sea."),
    ],
)
def test_goes_on_with_a_reply_that_was_cut(heard: str, rest: str) -> None:
    text = f"The connection broke off while you were speaking. You had said “{heard}”. Go on."
    assert said(Prompt(text=text, typed=True)).startswith(rest)
