"""Tool calls over one connection after another: run once, answered where it is waited for."""

from __future__ import annotations

import pytest

from offline.gemini.outages import Reset
from offline.gemini.slips import CancelCalls, RepeatCall
from tests.live.calling import Scene, scene
from tests.live.service import until
from worker.gemini.history import SIGHT_LOST


def look(s: Scene) -> None:
    """Send a sharp picture of which the result of the first call speaks."""
    s.lifeline.see(b"\xff\xd8 sharp", keep=True, call_id=s.hand.ran[0].call_id)


async def test_a_call_that_was_pending_in_a_drop_is_answered_over_the_next_connection() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await until(lambda: s.lifeline.course.resumption.handle)
        await s.reconnected()
        gate.set()
        await until(s.answers)
        first, second = s.service.accounts
        await until(lambda: ("model", "get_time says yes.") in s.turns())
    assert s.connections == ["first", "resumed"]
    assert [answer["known"] for answer in second.tool_responses] == [True]
    assert [len(first.tool_calls), len(second.tool_calls), len(s.hand.ran)] == [1, 0, 1]


async def test_a_call_that_is_ready_during_a_drop_is_answered_once_after_it() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await until(lambda: s.lifeline.course.resumption.handle)
        s.lifeline.taps.lost = lambda _: gate.set()
        s.do(Reset())
        await until(s.answers)
        await until(lambda: ("model", "get_time says yes.") in s.turns())
    assert len(s.answers()) == len(s.hand.ran) == 1


async def test_a_call_that_comes_again_after_a_drop_is_answered_again_but_not_run() -> None:
    async with scene() as s:
        await s.ask()
        await until(lambda: s.service.accounts and s.service.accounts[0].at("turn_complete")[1:])
        await until(lambda: s.lifeline.course.talk.at_boundary)
        call = s.service.accounts[0].tool_calls[0]
        await s.reconnected()
        s.service.accounts[-1].tool_calls.append(call)
        s.do(RepeatCall())
        await until(lambda: len(s.answers()) == 2)
    assert s.connections == ["first", "resumed"]
    assert len(s.hand.ran) == 1
    assert {answer["id"] for answer in s.answers()} == {call["id"]}
    assert s.lifeline.course.talk.calls == 0


async def test_a_fresh_connection_is_told_the_result_in_words() -> None:
    async with scene(resumable=False) as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await s.reconnected()
        gate.set()
        said = ("user", "[The tool get_time returned: get_time says yes.]")
        await until(lambda: said in s.turns())
    assert s.connections[-1] == "fresh"
    assert s.hand.ran[0].call_id not in {answer["id"] for answer in s.answers()}


async def test_a_cancelled_call_is_ended_and_its_answer_dropped() -> None:
    async with scene() as s:
        s.hand.hold()
        await s.ask()
        await s.called()
        s.do(CancelCalls())
        await until(lambda: s.hand.cancelled)
        s.hand.gates.clear()
        await s.ask("again?")
        await until(s.answers)
    (cancelled, kept) = (call.call_id for call in s.hand.ran)
    assert [answer["id"] for answer in s.answers()] == [kept]


@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "fresh"])
@pytest.mark.parametrize(
    ("seen", "told"), [("before", SIGHT_LOST), ("in the gap", "get_time says yes.")]
)
async def test_a_result_speaks_of_no_picture_that_went_with_a_connection(
    seen: str, told: str, resumable: bool
) -> None:
    async with scene(resumable=resumable) as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await until(lambda: s.lifeline.course.resumption.handle or not resumable)
        if seen == "before":
            look(s)
            await until(lambda: not s.lifeline.mail.outbound)
        else:
            s.lifeline.taps.lost = lambda _: look(s)
        await s.reconnected()
        gate.set()
        words = ("model", told) if resumable else ("user", f"[The tool get_time returned: {told}]")
        await until(lambda: words in s.turns())
    assert s.connections[-1] == ("resumed" if resumable else "fresh")


async def test_a_fresh_connection_is_not_told_that_it_has_seen_what_another_saw() -> None:
    async with scene(resumable=False) as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        look(s)
        gate.set()
        await until(lambda: ("model", "get_time says yes.") in s.turns())
        await until(lambda: s.lifeline.course.talk.at_boundary)
        await s.reconnected()
        await until(lambda: any(SIGHT_LOST in text for _, text in s.turns()))
