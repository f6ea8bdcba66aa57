"""The connection fails in the middle of a reply; the caller hears all of it, once."""

from __future__ import annotations

import functools

import pytest

from offline.gemini.mind import GREETING
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, ASKED, GO_AWAY, figure, longest_silence, ordeal, plain
from tests.e2e.rig import MARKS, Rig

pytestmark = MARKS

CLOSED = """
story = "The service fails in the middle of the answer."
[[on]]
connection = 1
when = "agent speaks"
spoken = 3.5
do = "close"
"""
REFUSED = """
[[on]]
connection = [2, 3]
when = "resuming"
do = "refuse the handle"
code = {code}
delay = {delay}
"""

SLOW = functools.partial(pytest.param, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("fault", "what", "scenario"),
    [
        ("1", "close 1011 mid-reply", CLOSED),
        SLOW("2", "then resume refused twice", CLOSED + REFUSED.format(code=1011, delay=0.5)),
        SLOW("3", "then handle rejected", CLOSED + REFUSED.format(code=1007, delay=0)),
        ("7", "goAway 50 s mid-reply", GO_AWAY.format(left=50)),
        SLOW("8", "goAway 1 s mid-reply", GO_AWAY.format(left=1)),
    ],
)
async def test_a_reply_is_heard_once_and_whole(
    stack: Rig, figures: Figures, fault: str, what: str, scenario: str
) -> None:
    async with ordeal(stack, scenario) as call:
        guest = call.guest
        await guest.wait_for_state("listening")
        asked = await guest.type("Hello")
        await guest.wait_until(
            "the whole greeting", lambda: plain(call.words()).endswith("or type") or None, 25
        )
        await guest.wait_for_quiet(1.0)
        sounds = guest.ear.heard(asked)
        answered = await call.ask()
    figure(figures, fault, f"{what}: longest silence", longest_silence(sounds), "s", "")
    figure(figures, fault, f"{what}: next turn answered", answered, "s", "<= 2")
    lost, twice = await call.samples()
    assert figure(figures, fault, f"{what}: samples lost", lost, "", "0") == 0
    figure(figures, fault, f"{what}: samples sent twice", twice, "", "0")
    said = f'You typed: "Hello". {GREETING} {ANSWER}'
    assert plain(call.words()) == plain(said)


async def test_what_is_being_said_when_the_connection_is_reset_is_heard_once(
    stack: Rig, figures: Figures
) -> None:
    async with ordeal(stack, "dropped-while-you-speak") as call:
        await call.guest.wait_for_state("listening")
        answered = await call.ask()
        await call.guest.wait_for_quiet()
        spoken = [line.text for line in call.guest.said(call.began, by_agent=False)]
        connections = await call.connections()
    figure(figures, "1", "reset while the caller speaks: answered", answered, "s", "<= 2")
    lost, twice = await call.samples()
    assert figure(figures, "1", "reset while the caller speaks: samples lost", lost, "", "0") == 0
    figure(figures, "1", "reset while the caller speaks: samples sent twice", twice, "", "0")
    assert len(connections) == 2
    assert [plain(text) for text in spoken] == [plain(ASKED)]
    assert call.words().count(ANSWER) == 1
