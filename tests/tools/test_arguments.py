"""What the model hears when it calls a tool with arguments that do not fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from livekit.agents import RunContext, function_tool
from livekit.agents.llm import ToolError
from livekit.agents.llm.utils import prepare_function_arguments

from tests.fakes.calls import Call
from tools import TOOLS
from tools.arguments import MAX_TEXT, plain
from tools.context import ToolContext
from tools.speakable import speakable


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    call = Call()
    yield call
    await call.aclose()


@function_tool
async def repeat(ctx: RunContext[ToolContext], words: str, times: int = 1) -> str:
    """Say something again.

    Args:
        words: What to say,
            in full.
        times: How often.
    """
    return " ".join([words] * times)


def test_livekit_alone_tells_the_model_in_pydantics_words() -> None:
    with pytest.raises(ToolError) as caught:
        prepare_function_arguments(fnc=repeat, json_arguments={})
    assert "errors.pydantic.dev" in caught.value.message


def test_keeps_name_description_and_schema() -> None:
    schema = speakable(repeat).info.raw_schema
    assert (schema["name"], schema["description"]) == ("repeat", "Say something again.")
    assert schema["parameters"]["required"] == ["words"]
    assert schema["parameters"]["properties"]["words"]["description"] == "What to say, in full."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "I still need the words. What to say, in full."),
        ({"words": None}, "I still need the words. What to say, in full."),
        ({"words": 7}, "I cannot use what was given as the words. What to say, in full."),
        ({"words": "a", "times": "x"}, "I cannot use what was given as the times. How often."),
        ({"words": "a", "times": True}, "I cannot use what was given as the times. How often."),
        ({"words": "a", "times": 1.5}, "I cannot use what was given as the times. How often."),
        ({"words": "a", "times": 1e308}, "I cannot use what was given as the times. How often."),
        ({"words": "x" * (MAX_TEXT + 1)}, "What was given as the words is too long."),
        (None, "I still need the words. What to say, in full."),
        (["a"], "I still need the words. What to say, in full."),
    ],
)
async def test_complains_in_a_sentence(arguments: Any, sentence: str) -> None:
    tool = speakable(repeat)
    with pytest.raises(ToolError) as caught:
        await tool(None, arguments)
    assert caught.value.message == sentence


@pytest.mark.parametrize(
    "arguments",
    [{"words": "a"}, {"words": "a", "times": None}, {"words": "a", "times": "1", "loud": True}],
)
async def test_takes_what_fits_and_leaves_the_rest(arguments: dict[str, object]) -> None:
    assert await speakable(repeat)(None, arguments) == "a"


async def test_complaint_reaches_the_model_as_the_error_of_the_call(call: Call) -> None:
    assert await call.answer("set_timer") == (
        True,
        "I still need the seconds. How long until it is due, in seconds, from 1 to 86400.",
    )
    assert TOOLS["set_timer"].info.name == "set_timer"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  pasta \n timer ", "pasta timer"),
        ("a\u202eb\0c\ud800d", "a b c d"),
        ("x" * 100, "x" * 20),
        ("\0" * 1_000_000, ""),
    ],
)
def test_plain_text_is_one_short_line_without_hidden_signs(text: str, shown: str) -> None:
    assert plain(text, longest=20) == shown
