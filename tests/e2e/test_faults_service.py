"""A service that is slow, silent, full or not to be had; the next question is answered."""

from __future__ import annotations

import asyncio

import pytest

from offline.gemini.mind import GREETING
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, ASKED, Ordeal, figure, longest_silence, ordeal
from tests.e2e.rig import MARKS, Rig, until

pytestmark = [*MARKS, pytest.mark.slow]

HOLE = 'story = "Nothing."\n'
"""No fault but those that are asked for."""


async def test_04_a_service_that_never_is_ready_is_given_up_and_tried_again(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, "silent-setup") as call:
        guest = call.guest
        await guest.wait_for_listener()
        spoken = await guest.say(ASKED)
        notice = await guest.wait_for_message("notice", lambda m: m.type == "notice", 10)
        held = await guest.wait_for_sound(spoken.last_loud, 10)
        await guest.until_text(ANSWER, spoken.first_loud)
        first, second = [account.opened for account in await stack.accounts(call.began)]
        heard = await guest.wait_for_sound(second)
    figure(figures, "4", "no setupComplete: room told", notice.at - first, "s", "3")
    figure(figures, "4", "no setupComplete: holding line heard", held - first, "s", "<= 4")
    figure(figures, "4", "no setupComplete: given up after", second - first, "s", "<= 10")
    figure(figures, "4", "no setupComplete: question answered", heard - second, "s", "")
    assert held < second
    assert second - first <= 10.5
    assert len(call.notices()) >= 1


async def test_05_a_black_hole_is_noticed_when_somebody_speaks_into_it(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, HOLE) as call:
        await call.guest.wait_for_state("listening")
        await call.ask()
        await call.guest.wait_for_quiet(1.0)
        await stack.gemini.fail("black hole", seconds=25)
        answered = await call.ask(within=40)
        hole, new = await stack.accounts(call.began)
        answers = call.words().count(ANSWER)
    swallowed = hole.report["faults"][0]["at"]
    figure(figures, "5", "black hole: noticed after", new.opened - swallowed, "s", "<= 10")
    figure(figures, "5", "black hole: question into it answered", answered, "s", "")
    assert answers == 2


async def test_08_an_announced_end_that_comes_in_silence_is_left_by_timer(
    stack: Rig, figures: Figures
) -> None:
    scenario = """
story = "The service announces its end and says nothing more."
[[on]]
connection = 1
when = "agent speaks"
spoken = 3.5
do = "go away"
time_left = 5
then = "fall silent"
"""
    async with ordeal(stack, scenario) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        asked = await guest.type("Hello")
        await guest.until_text("or type", asked, 25)
        await guest.wait_for_quiet()
        sounds = guest.ear.heard(asked)
        answered = await call.ask()
        old, new = await call.connections()
    left = new.opened - old.at("go_away")[0]
    figure(figures, "8", "goAway, then silence: left after", left, "s", "<= 5")
    silence = longest_silence(sounds)
    figure(figures, "8", "goAway, then silence: longest silence", silence, "s", "")
    figure(figures, "8", "goAway, then silence: next turn answered", answered, "s", "<= 2")
    assert left <= 5
    assert call.words().count("show me something") == 1


async def test_09_a_full_context_is_begun_anew_with_what_was_said(
    stack: Rig, figures: Figures
) -> None:
    scenario = """
story = "The conversation is longer than the model can hold."
[[on]]
connection = 1
when = "agent is done"
do = "context full"
[[on]]
connection = 2
when = "resuming"
do = "refuse the handle"
code = 1007
"""
    async with ordeal(stack, scenario) as call:
        await call.guest.wait_for_state("listening")
        first = await call.ask()
        answered = await call.ask()
        connections = await call.connections()
        told = [turn["text"] for turn in connections[-1].report["turns"] if turn.get("sent")]
    figure(figures, "9", "1007 context full: first turn answered", first, "s", "<= 2")
    figure(figures, "9", "1007 context full: next turn answered", answered, "s", "<= 2")
    figure(figures, "9", "1007 context full: connections", len(connections), "", "2")
    assert any("thank you" in str(text).lower() for text in told)
    assert len(connections) == 2


async def test_14_a_service_slower_than_life_can_be_interrupted(
    stack: Rig, figures: Figures
) -> None:
    scenario = """
story = "Speech comes ten times slower than it is spoken."
[[on]]
connection = 1
when = "ready"
do = "slow speech"
pace = 0.1
"""
    async with ordeal(stack, scenario) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        asked = await guest.type("Tell me a long story.")
        first = await guest.wait_for_sound(asked)
        await asyncio.sleep(6.0)
        pieces = guest.ear.heard(first)
        spoken = await guest.say(ASKED)
        cut = await until("interruption", lambda: interrupted(call, spoken.first_loud), 10)
        heard = await guest.wait_for_sound(spoken.last_loud, 20)
        answered = heard - spoken.last_loud
        connections = await call.connections()
    loud = sum(sound.audible for sound in pieces) / 100
    figure(figures, "14", "10 times too slow: sound heard in 6 s", loud, "s", "")
    figure(figures, "14", "10 times too slow: interrupted after", cut - spoken.first_loud, "s", "")
    figure(figures, "14", "10 times too slow: next turn answered", answered, "s", "<= 2")
    assert len(connections) == 1
    assert loud > 0.3


async def interrupted(call: Ordeal, since: float) -> float | None:
    """Return when the service noticed that somebody speaks."""
    account = await call.stack.account(call.began)
    return next(iter(account.at("interrupted", since)), None)


async def test_15_a_burst_of_a_minute_is_bounded_and_stops_at_once(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, HOLE) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        job = await call.job()
        before = job.memory_full_info().uss
        began = await guest.wait_for_sound(await guest.type("Tell me a long story."))
        await stack.gemini.fail("burst", seconds=60)
        await guest.wait_until("two seconds", lambda: guest.clock() > began + 2.5 or None, 5)
        grown = (job.memory_full_info().uss - before) / 2**20
        spoken = await guest.say(ASKED)
        await guest.until_text(ANSWER, spoken.first_loud)
        await guest.wait_for_quiet()
        last = max(s.at for s in guest.ear.audible(began, spoken.last_loud + 0.4))
        sounds = list(guest.ear.audible(spoken.last_loud + 0.4))
    figure(figures, "15", "burst of 60 s: memory of the job grown by", grown, "MB", "<= 30")
    silent = (last - spoken.first_loud) * 1000
    figure(figures, "15", "burst of 60 s: barge-in to silence", silent, "ms", "<= 300")
    assert grown <= 30
    assert len(sounds) / 100 < 5, "the burst went on after the caller spoke into it"


async def test_06_a_service_with_slow_pongs_keeps_its_connection(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, "slow-pongs") as call:
        await call.guest.wait_for_state("listening")
        answers = []
        for _ in range(3):
            answers.append(await call.ask())
            await asyncio.sleep(14.0)
        answers.append(await call.ask())
        connections = await call.connections()
    figure(figures, "6", "pongs after 25 s: connections in 50 s", len(connections), "", "1")
    figure(figures, "6", "pongs after 25 s: slowest answer", max(answers), "s", "<= 2")
    assert len(connections) == 1
    assert GREETING not in call.words()
