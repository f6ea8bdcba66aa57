"""What our ear hears reaches the eyes with its end, also where a button takes its place."""

from __future__ import annotations

import pytest

from worker.eyes.edges import Edges
from worker.hearing import BUTTON, OPEN, Hearing


class Scene:
    """An ear, a button, and the eyes that believe them."""

    def __init__(self) -> None:
        self.edges, self.now = Edges(), 0.0
        self.counted: list[bool] = []
        self.told: list[str] = []
        self.hearing = Hearing(self.take, tell=self.told.append)

    def take(self, began: bool) -> None:
        if self.edges.admit(self.now, began, by_service=False):
            self.counted.append(began)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_passes_on_what_is_heard_while_there_is_no_button(scene: Scene) -> None:
    for began in (True, False, True, False):
        scene.hearing.hear(began)
    assert scene.counted == [True, False, True, False]


def test_what_began_before_the_button_came_ends_when_it_comes(scene: Scene) -> None:
    scene.hearing.hear(True)
    scene.hearing.on_manual(True)
    assert scene.counted == [True, False]
    scene.hearing.hear(False)
    assert scene.counted == [True, False]
    assert not scene.edges.speaking


def test_beside_a_button_nothing_is_heard(scene: Scene) -> None:
    scene.hearing.on_manual(True)
    scene.hearing.hear(True)
    scene.hearing.hear(False)
    assert scene.counted == []


def test_the_buttons_own_edges_count_right_after_it_came(scene: Scene) -> None:
    scene.hearing.hear(True)
    scene.hearing.on_manual(True)
    scene.now = 0.2
    scene.take(True)
    assert scene.edges.speaking


def test_who_speaks_on_when_the_button_goes_is_heard_from_then_on(scene: Scene) -> None:
    scene.hearing.on_manual(True)
    scene.hearing.hear(True)
    scene.hearing.on_manual(False)
    scene.hearing.hear(False)
    assert scene.counted == [True, False]


def test_the_room_is_told_when_it_comes_and_when_it_goes(scene: Scene) -> None:
    scene.hearing.on_manual(True)
    scene.hearing.on_manual(False)
    assert scene.told == [BUTTON, OPEN]
