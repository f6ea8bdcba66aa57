"""A service that makes a muddle of marks, messages and lines; the next question is answered."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, figure, ordeal
from tests.e2e.rig import MARKS, Rig
from tests.e2e.test_faults_service import HOLE


async def test_16_marks_that_never_come_leave_nobody_speaking(stack: Rig, figures: Figures) -> None:
    scenario = """
story = "The service forgets the marks of its turns, and speaks on after one."
[[on]]
connection = 1
when = "ready"
do = "withhold"
what = "both"
[[on]]
connection = 1
when = "agent is done"
turn = 1
do = "withhold"
what = "turnComplete"
[[on]]
connection = 1
when = "agent has generated"
turn = 2
do = "speak on"
"""
    async with ordeal(stack, scenario) as call:
        await call.guest.wait_for_state("listening")
        # Without its marks a line is written down late, or with the next one.
        answers = [await call.ask(answer="") for _ in range(3)]
        await call.guest.wait_for_state("listening", 20)
        connections = await call.connections()
    figure(figures, "16", "marks missing, audio late: turns answered", len(answers), "", "3")
    figure(figures, "16", "marks missing, audio late: slowest answer", max(answers), "s", "<= 2")
    assert len(connections) == 1


async def test_16_an_interruption_that_is_told_twice_leaves_nobody_mute(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, HOLE) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        await guest.wait_for_sound(await guest.type("Tell me a long story."))
        await stack.gemini.fail("interrupt", times=2)
        await guest.wait_for_state("listening", 20)
        cut = await call.ask()
        await guest.wait_for_quiet()
        # And once more where no reply is left to interrupt.
        await stack.gemini.fail("interrupt", times=2)
        idle = await call.ask()
        await guest.wait_for_state("listening", 20)
    figure(figures, "16", "interrupted twice, in a reply: next turn answered", cut, "s", "<= 2")
    figure(figures, "16", "interrupted twice, in silence: next turn answered", idle, "s", "<= 2")
    assert call.words().count(ANSWER) == 2


pytestmark = [*MARKS, pytest.mark.slow]

KINDS = ("malformed", "truncated", "empty frame", "empty message", "unknown key")


async def test_17_messages_that_are_none_are_passed_over(stack: Rig, figures: Figures) -> None:
    scenario = """
story = "Half a sample and data that is none, between good pieces of speech."
[[on]]
connection = 1
when = "agent speaks"
turn = 1
do = "odd samples"
[[on]]
connection = 1
when = "agent speaks"
turn = 2
do = "bad base64"
"""
    async with ordeal(stack, scenario) as call:
        await call.guest.wait_for_state("listening")
        answers = [await call.ask(), await call.ask()]
        await call.guest.wait_for_quiet()
        for kind in KINDS:
            await stack.gemini.fail("hiccup", what=kind)
        await stack.gemini.fail("huge frame", bytes=2 << 20)
        answers.append(await call.ask())
        connections = await call.connections()
    figure(figures, "17", "torn messages: turns answered", len(answers), "", "3")
    figure(figures, "17", "torn messages: slowest answer", max(answers), "s", "<= 2")
    figure(figures, "17", "torn messages: connections", len(connections), "", "1")
    assert call.words().count(ANSWER) == 3
    assert len(connections) == 1


async def test_18_a_connection_that_flaps_for_a_minute_leaves_nothing_behind(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, "flapping") as call:
        await call.guest.wait_for_state("listening")
        job = await call.job()
        await asyncio.sleep(5.0)
        before = (job.num_fds(), job.num_threads())
        await asyncio.sleep(55.0)
        after = (job.num_fds(), job.num_threads())
        await stack.gemini.play(HOLE)
        answered = await call.ask(within=40)
        accounts = await stack.accounts(call.began)
    overlaps = sum(old.closed is None or old.closed > new.opened for old, new in pairwise(accounts))
    figure(figures, "18", "flapping 60 s: connections", len(accounts), "", "")
    figure(figures, "18", "flapping 60 s: two at once", overlaps, "", "0")
    figure(figures, "18", "flapping 60 s: descriptors grown by", after[0] - before[0], "", "<= 3")
    figure(figures, "18", "flapping 60 s: threads grown by", after[1] - before[1], "", "<= 3")
    figure(figures, "18", "flapping 60 s: next turn answered", answered, "s", "")
    assert overlaps == 0
    assert max(a - b for a, b in zip(after, before, strict=True)) <= 3
