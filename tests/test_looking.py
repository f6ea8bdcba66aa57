"""Who says how the agent looks: the settings, somebody in the call, the persona."""

from __future__ import annotations

import pytest

from tests.environment import ENVIRONMENT
from worker.config.settings import Settings
from worker.eyes.adaptive import Adaptive
from worker.eyes.pacing import Pacing, Steady
from worker.looking import CLOSED, OPENED, Looking
from worker.personas import VisionPacing

CALM = VisionPacing(pacing="steady", fps=0.5)
BLIND = VisionPacing(pacing="off")


def looking(
    env: dict[str, str] | None = None, shifts: list[Pacing] | None = None
) -> tuple[Looking, list[bool]]:
    """The pace of a call, and what its eyes were told: True is to close."""
    told: list[bool] = []
    pace = Looking(Settings.from_env({**ENVIRONMENT, **(env or {})}), CALM)
    pace.serve(told.append, (shifts if shifts is not None else []).append)
    return pace, told


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, ("steady", 0.5, True)),
        ({"AGENT_FPS": "0.2"}, ("steady", 0.2, True)),
        ({"AGENT_VISION": "adaptive"}, ("adaptive", 0.5, True)),
        ({"AGENT_VISION": "off"}, ("adaptive", 0.5, False)),
    ],
)
def test_the_persona_says_what_the_settings_leave_open(
    env: dict[str, str], wanted: tuple[str, float, bool]
) -> None:
    pace, told = looking(env)
    assert (pace.mode, pace.fps, pace.on) == wanted
    assert told == [not pace.on]


def test_a_new_persona_looks_its_own_way() -> None:
    pace, told = looking()
    pace.follow(VisionPacing(pacing="adaptive", fps=1.0))
    assert (pace.mode, pace.fps, told) == ("adaptive", 1.0, [False])


def test_eyes_that_a_persona_closed_are_opened_by_the_next() -> None:
    pace, told = looking()
    pace.follow(BLIND)
    pace.follow(CALM)
    assert told == [False, True, False]


def test_eyes_that_somebody_closed_are_opened_by_no_persona() -> None:
    pace, told = looking()
    pace.set(on=False)
    pace.follow(BLIND)
    pace.follow(CALM)
    assert told == [False, True]
    assert not pace.on


def test_eyes_that_the_settings_closed_are_opened_by_nobody() -> None:
    pace, told = looking({"AGENT_VISION": "off"})
    pace.set(on=True)
    pace.follow(CALM)
    assert pace.barred
    assert told == [True]


def test_what_is_not_asked_for_stays() -> None:
    pace, told = looking()
    pace.set(fps=0.1)
    pace.set(mode="adaptive")
    assert (pace.mode, pace.fps, told) == ("adaptive", 0.1, [False])


def test_the_eyes_are_given_each_new_pace() -> None:
    shifts: list[Pacing] = []
    pace, _ = looking(shifts=shifts)
    assert (type(pace.pacing()), shifts) == (Steady, [])
    pace.set(mode="adaptive")
    pace.follow(CALM)
    assert [type(pacing) for pacing in shifts] == [Adaptive, Steady]


def test_what_is_so_already_changes_nothing() -> None:
    shifts: list[Pacing] = []
    pace, told = looking(shifts=shifts)
    pace.set(on=True, mode="steady", fps=0.5)
    pace.follow(CALM)
    assert (shifts, told) == ([], [False])


def test_the_room_and_the_record_are_told_of_eyes_that_are_closed_and_opened() -> None:
    pace, _ = looking()
    words: list[str] = []
    pace.report(words.append)
    pace.set(on=False)
    pace.set(on=False, fps=0.5)
    pace.follow(CALM)
    pace.set(on=True)
    pace.follow(BLIND)
    assert words == [CLOSED, OPENED, CLOSED]
