"""What a fresh connection is told of the talk that it takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from google.genai import types

from worker.gemini.history import ANSWER, BEGUN
from worker.gemini.letters import Letters
from worker.gemini.mail import Mail
from worker.gemini.outbound import Outbound


class FakeWire:
    """A connection that keeps the words it is given, each with who said them."""

    def __init__(self) -> None:
        self.words: list[tuple[str, str]] = []
        self.session: Any = self

    async def send_client_content(self, *, turns: Any, turn_complete: bool) -> None:
        for turn in turns if isinstance(turns, list) else [turns]:
            self.words.append((turn.role, turn.parts[0].text))

    def write(self, message: bytes) -> bool:
        return True

    async def send(self, message: bytes) -> None:
        pass

    async def probe(self, on_pong: Callable[[], None]) -> None:
        pass


def content(**fields: Any) -> types.LiveServerMessage:
    return types.LiveServerMessage.model_validate({"server_content": fields})


def heard(text: str) -> types.LiveServerMessage:
    return content(input_transcription={"text": text})


def said(text: str, *, done: bool = True) -> types.LiveServerMessage:
    return content(output_transcription={"text": text}, turn_complete=done)


def called(name: str) -> types.LiveServerMessage:
    call = types.FunctionCall(id=name, name=name, args={})
    return types.LiveServerMessage(tool_call=types.LiveServerToolCall(function_calls=[call]))


def result(name: str) -> types.FunctionResponse:
    return types.FunctionResponse(id=name, name=name, response={"output": "20 degrees"})


def letters_after(*messages: types.LiveServerMessage) -> Letters:
    letters = Letters(Mail(Outbound(), lambda: 0.0))
    for message in messages:
        letters.on_message(message)
    return letters


async def told_afresh(letters: Letters) -> list[tuple[str, str]]:
    letters.recall(compact=False)
    letters.go_on("")
    wire = FakeWire()
    delivering = asyncio.create_task(letters.mail.deliver(wire))
    letters.mail.open()
    for _ in range(20):
        await asyncio.sleep(0)
    delivering.cancel()
    return wire.words


FRANCE = [heard("The capital of France?"), said("Paris.")]
TOLD = [("user", "The capital of France?"), ("model", "Paris.")]
WEATHER = "[The tool get_weather returned: 20 degrees]"


async def test_a_question_that_nothing_was_said_to_yet_is_told_and_is_the_one_to_answer() -> None:
    letters = letters_after(*FRANCE, heard("And of"), heard(" Spain?"))
    assert await told_afresh(letters) == [*TOLD, ("user", "And of Spain?"), ("user", ANSWER)]


async def test_a_reply_that_was_heard_to_begin_is_not_begun_with_the_same_word() -> None:
    letters = letters_after(*FRANCE)
    letters.go_on("", begun=True)
    assert (await told_afresh(letters))[0] == ("user", BEGUN)


async def test_what_was_told_once_is_not_added_to_what_is_said_next() -> None:
    letters = letters_after(heard("The capital of France?"))
    await told_afresh(letters)
    for message in (said("Paris."), heard("And of Spain?")):
        letters.on_message(message)
    assert await told_afresh(letters) == [*TOLD, ("user", "And of Spain?"), ("user", ANSWER)]


@pytest.mark.parametrize("when", ["before the loss", "after it"])
async def test_a_question_stands_before_the_result_that_was_got_for_it(when: str) -> None:
    letters = letters_after(*FRANCE, heard("And the weather?"), called("get_weather"))
    if when == "after it":
        letters.recall(compact=False)
        letters.mail.close()
    assert list(letters.answer([result("get_weather")]))
    asked, *rest = (await told_afresh(letters))[2:]
    assert asked[1].splitlines()[0] == "And the weather?"
    assert WEATHER in "\n".join(words for _, words in (asked, *rest))


async def test_a_result_does_not_part_what_is_being_said_beside_it() -> None:
    letters = letters_after(heard("The weather?"), called("get_weather"))
    letters.on_message(said("Let me", done=False))
    assert list(letters.answer([result("get_weather")]))
    letters.on_message(said(" see."))
    assert ("model", "Let me see.") in await told_afresh(letters)
