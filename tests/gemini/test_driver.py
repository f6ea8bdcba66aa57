"""The course is told of one thing at a time, and woken when it asked to be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from worker.gemini.course import Course
from worker.gemini.driver import Driver
from worker.gemini.moves import Action, Alive, Dial, Event, Open, SetUp, Wake, Woken


@dataclass(slots=True)
class Script(Course):
    """Says what a test has it say, and takes down what it is told."""

    says: dict[type[Event], Sequence[Action]] = field(default_factory=dict)
    told: list[tuple[type[Event], float]] = field(default_factory=list)

    def feed(self, event: Event, *, now: float, jitter: float = 0.5) -> tuple[Action, ...]:
        self.told.append((type(event), jitter))
        return tuple(self.says.get(type(event), ()))


def driver_of(course: Course, do: Callable[[Action], None] = lambda _: None) -> Driver:
    return Driver(course=course, do=do, clock=lambda: 100.0, jitter=lambda: 0.25)


def test_what_happens_while_an_action_is_done_waits_until_all_are() -> None:
    done: list[object] = []

    def do(action: Action) -> None:
        done.append(action)
        if action == Dial("first"):
            driver.feed(SetUp())
            done.append("fed")

    course = Script(says={Open: [Dial("first"), Dial("second")], SetUp: [Dial("third")]})
    driver = driver_of(course, do)
    driver.feed(Open())
    assert done == [Dial("first"), "fed", Dial("second"), Dial("third")]
    assert course.told == [(Open, 0.25), (SetUp, 0.25)]


def test_an_action_that_fails_does_not_keep_what_happens_next_from_the_course() -> None:
    def do(action: Action) -> None:
        raise RuntimeError("no socket")

    course = Script(says={Open: [Dial(None)]})
    driver = driver_of(course, do)
    with pytest.raises(RuntimeError):
        driver.feed(Open())
    driver.feed(Alive())
    assert [event for event, _ in course.told] == [Open, Alive]


async def test_the_newest_wake_takes_the_place_of_the_one_before() -> None:
    course = Script(says={Open: [Wake(100.0)], SetUp: [Wake(100.01)]})
    driver = driver_of(course)
    driver.feed(Open())
    driver.feed(SetUp())
    await asyncio.sleep(0.03)
    assert [event for event, _ in course.told] == [Open, SetUp, Woken]


async def test_once_closed_it_wakes_nobody() -> None:
    course = Script(says={Open: [Wake(99.0)]})
    driver = driver_of(course)
    driver.feed(Open())
    driver.close()
    await asyncio.sleep(0.01)
    assert [event for event, _ in course.told] == [Open]
