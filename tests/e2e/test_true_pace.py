"""Connections that end, against a service that takes the time the real one was measured to take.

The stack that other tests share answers at once: what is measured there is the worker's own. Here
nothing is quicker than it was recorded, and a session that ended in silence is not resumed for a
second: what happens in the time the model thinks is seen, and silences are as long as they are.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from offline.gemini.mind import GREETING, NO_PICTURE
from tests.e2e.account import Account
from tests.e2e.figures import Figures
from tests.e2e.ordeal import ANSWER, ASKED, GO_AWAY, Ordeal, figure, longest_silence, ordeal, plain
from tests.e2e.rig import CAMERA, MARKS, Rig, rig

pytestmark = [*MARKS, pytest.mark.slow]

TRUE = (
    *("--think-ms", "300", "--setup-ms", "250", "--handle-ms", "100", "--tool-reply-ms", "300"),
    *("--vad-start-ms", "180", "--vad-end-extra-ms", "350", "--refuse-early-resume"),
)
FIRST, ANSWERED = "Stop please.", 'You typed: "Stop please.". All right, I am quiet.'
"""Typed before the question that counts, and its answer, which must not come a second time."""
NOTHING = 'story = "Nothing happens by itself."\n'
LOST = """
story = "The connection is lost while the model thinks."
[[on]]
connection = 1
when = "user stops"
after = 0.1
do = "close"
"""
REFUSED = """
[[on]]
connection = 2
when = "resuming"
do = "refuse the handle"
code = 1007
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def steady() -> AsyncIterator[Rig]:
    """A stack whose service takes its time."""
    async with rig("true-pace", flags=TRUE) as stack:
        yield stack


async def type_first(call: Ordeal) -> None:
    """Have a turn behind us in which nothing is wrong."""
    await call.guest.wait_for_state("listening")
    await call.connected()
    typed = await call.guest.type(FIRST)
    await call.guest.until_text("I am quiet", typed)
    await call.guest.wait_for_quiet(1.0)


@dataclass(frozen=True, slots=True)
class Seam:
    """A connection that ended, and the one that took its place."""

    old: Account
    new: Account

    @classmethod
    async def of(cls, call: Ordeal) -> Seam:
        return cls(*await call.connections())

    @property
    def gap(self) -> float:
        """Seconds without a connection."""
        assert self.old.closed is not None
        return self.new.at("setup_complete")[0] - self.old.closed

    @property
    def resumed(self) -> bool:
        """Whether the service knows of what was before."""
        return bool(self.old.report["conversation"] == self.new.report["conversation"])


async def whole(call: Ordeal, figures: Figures, fault: str, what: str) -> None:
    """Nothing that was said in the call, which is over, is missing."""
    lost, twice = await call.samples()
    figure(figures, fault, f"{what}: samples sent twice", twice, "", "0")
    assert figure(figures, fault, f"{what}: samples lost", lost, "", "0") == 0


@pytest.mark.parametrize(
    ("what", "scenario", "resumed"),
    [("lost in thought", LOST, True), ("lost in thought, handle refused", LOST + REFUSED, False)],
    ids=["resumed", "afresh"],
)
async def test_a_question_whose_connection_is_lost_is_the_one_that_is_answered(
    steady: Rig, figures: Figures, what: str, scenario: str, resumed: bool
) -> None:
    async with ordeal(steady, scenario) as call:
        await type_first(call)
        silence = await call.ask()
        usual = await call.ask()
        seam = await Seam.of(call)
        said = call.words()
    figure(figures, "1", f"{what}: answered", silence, "s", "")
    figure(figures, "1", f"{what}: the turn after that, with no fault", usual, "s", "")
    figure(figures, "1", f"{what}: no connection for", seam.gap, "s", "")
    await whole(call, figures, "1", what)
    assert plain(said) == plain(f"{ANSWERED} {ANSWER} {ANSWER}")
    assert seam.resumed is resumed


async def test_what_is_typed_in_a_gap_is_answered_from_a_picture_of_now(
    steady: Rig, figures: Figures
) -> None:
    async with ordeal(steady, NOTHING + REFUSED, camera=CAMERA) as call:
        await type_first(call)
        await steady.gemini.fail("close")
        typed = await call.guest.type("What do you see?")
        answered = await call.guest.wait_for_sound(typed)
        await call.guest.wait_for_quiet()
        seam, said = await Seam.of(call), call.words(typed)
    figure(figures, "1", "typed in a gap, true pace: answered", answered - typed, "s", "")
    figure(figures, "1", "typed in a gap, true pace: no connection for", seam.gap, "s", "")
    assert not seam.resumed
    assert "What do you see" in said
    assert NO_PICTURE not in said


async def test_a_reply_is_heard_to_its_end_before_a_going_service_is_left(
    steady: Rig, figures: Figures
) -> None:
    async with ordeal(steady, GO_AWAY.format(left=50)) as call:
        await call.guest.wait_for_state("listening")
        await call.connected()
        asked = await call.guest.type("Hello")
        await call.guest.until_text("or type", asked, 25)
        await call.guest.wait_for_quiet()
        sounds = call.guest.ear.heard(asked)
        answered = await call.ask()
        seam = await Seam.of(call)
        said = call.words()
    silence = longest_silence(sounds)
    figure(figures, "7", "goAway mid-reply, true pace: longest silence", silence, "s", "")
    figure(figures, "7", "goAway mid-reply, true pace: next turn answered", answered, "s", "")
    figure(figures, "7", "goAway mid-reply, true pace: no connection for", seam.gap, "s", "")
    await whole(call, figures, "7", "goAway mid-reply, true pace")
    assert plain(said) == plain(f'You typed: "Hello". {GREETING} {ANSWER}')


async def test_who_speaks_when_a_going_service_is_left_in_silence_is_heard_whole(
    steady: Rig, figures: Figures
) -> None:
    async with ordeal(steady, NOTHING) as call:
        await type_first(call)
        await steady.gemini.fail("go away", time_left=50)
        answered = await call.ask()
        seam, said = await Seam.of(call), call.words()
    figure(figures, "8", "goAway in silence, true pace: answered", answered, "s", "")
    figure(figures, "8", "goAway in silence, true pace: no connection for", seam.gap, "s", "")
    await whole(call, figures, "8", "goAway in silence, true pace")
    assert plain(ASKED) in plain(seam.new.heard())
    assert plain(said) == plain(f"{ANSWERED} {ANSWER}")


async def test_who_speaks_while_a_persona_is_changed_is_answered_by_the_new_one(
    steady: Rig, figures: Figures
) -> None:
    async with ordeal(steady, NOTHING) as call:
        await type_first(call)
        changed = call.guest.clock()
        await call.guest.rpc("sightline.persona", "tutor")
        answered = await call.ask()
        seam, said = await Seam.of(call), call.words()
    came = seam.new.at("setup_complete")[0] - changed
    figure(figures, "-", "persona in silence, true pace: comes about after", came, "s", "")
    figure(figures, "-", "persona in silence, true pace: answered", answered, "s", "")
    figure(figures, "-", "persona in silence, true pace: no connection for", seam.gap, "s", "")
    await whole(call, figures, "-", "persona in silence, true pace")
    assert "Never give away the answer" in json.dumps(seam.new.report["setup"])
    assert plain(said) == plain(f"{ANSWERED} {ANSWER}")
