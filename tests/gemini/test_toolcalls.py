"""Tool calls against the stand-in: each is run once and answered once, come what may."""

from __future__ import annotations

from typing import Any

import pytest

from offline.gemini.slips import CancelCalls, OddCall, RepeatCall
from tests.live.calling import scene
from tests.live.service import until
from tools.speakable import FAILED
from worker.gemini.posts import Post
from worker.gemini.toolcalls import MOST, TOO_MANY


async def test_a_call_is_run_and_answered() -> None:
    async with scene() as s:
        await s.ask()
        await until(s.answers)
        (answer,) = s.answers()
    assert answer["known"]
    assert answer["response"] == {"output": "get_time says yes."}
    assert answer["scheduling"] in (None, "", "WHEN_IDLE")


async def test_of_two_calls_in_one_message_each_is_answered_when_it_is_ready() -> None:
    async with scene("get_time", "get_weather") as s:
        gate = s.hand.hold("get_time")
        await s.ask()
        await until(s.answers)
        gate.set()
        await until(lambda: len(s.answers()) == 2)
        ids = {call["id"] for call in s.service.accounts[0].tool_calls}
    assert [answer["name"] for answer in s.answers()] == ["get_weather", "get_time"]
    assert {answer["id"] for answer in s.answers()} == ids


async def test_a_defect_of_ours_is_an_answer_too() -> None:
    async with scene() as s:
        s.hand.broken = True
        await s.ask()
        await until(s.answers)
    assert [answer["response"] for answer in s.answers()] == [{"error": FAILED}]


@pytest.mark.parametrize("what", ["unknown function", "wrong arguments"])
async def test_an_odd_call_is_answered(what: Any) -> None:
    async with scene() as s:
        s.do(OddCall(what=what))
        await until(s.answers)
    assert len(s.answers()) == 1


async def test_a_picture_that_a_tool_sends_arrives_before_its_answer() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        s.lifeline.see(b"\xff\xd8 sharp", keep=True)
        gate.set()
        await until(s.answers)
        await until(lambda: s.service.accounts[0].frames)
        seen = s.service.accounts[0].frames[0].at
    assert seen <= s.answers()[0]["at"]


async def test_a_call_without_an_id_is_answered_in_words_and_nothing_gets_stuck() -> None:
    async with scene() as s:
        s.do(OddCall(what="without an id"))
        said = ("user", "[The tool get_time returned: get_time says yes.]")
        await until(lambda: said in s.turns())
        # The stand-in takes the words for a question, and asks for the time again.
        await until(s.answers)
    assert [call.call_id for call in s.hand.ran][1:] == [answer["id"] for answer in s.answers()]


async def test_what_cannot_be_written_does_not_keep_the_rest_from_being_written() -> None:
    async def refuse(_: object) -> None:
        raise ValueError("no message can hold this")

    async with scene() as s:
        s.lifeline.mail.post(Post(refuse))
        await s.ask()
        await until(s.answers)
        await s.reconnected()
        await s.ask()
        await until(lambda: len(s.answers()) == 2)


async def test_the_same_call_again_is_not_run_again() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        s.do(RepeatCall())
        gate.set()
        await until(s.answers)
        s.do(RepeatCall())
        await s.ask("and now?")
        await until(lambda: len(s.answers()) == 2)
    assert [call.call_id for call in s.hand.ran] == [answer["id"] for answer in s.answers()]
    assert len({answer["id"] for answer in s.answers()}) == 2
    assert s.lifeline.course.talk.calls == 0


async def test_a_call_that_is_answered_already_cannot_be_cancelled() -> None:
    async with scene() as s:
        await s.ask()
        await until(s.answers)
        s.do(CancelCalls())
        await s.ask("again?")
        await until(lambda: len(s.answers()) == 2)
    assert s.hand.cancelled == []


async def test_no_more_calls_run_at_a_time_than_are_good_for_anybody() -> None:
    async with scene(*["get_time"] * (MOST + 2)) as s:
        gate = s.hand.hold()
        await s.ask()
        await until(lambda: len(s.answers()) == 2)
        gate.set()
        await until(lambda: len(s.answers()) == MOST + 2)
    assert [answer["response"] for answer in s.answers()[:2]] == [{"error": TOO_MANY}] * 2
    assert len(s.hand.ran) == MOST


async def test_what_runs_is_ended_with_the_call() -> None:
    async with scene() as s:
        s.hand.hold()
        await s.ask()
        await s.called()
        await s.calls.aclose()
        assert s.hand.cancelled == ["get_time"]
    assert s.answers() == []
