"""What the benchmark's camera shows."""

from __future__ import annotations

import cv2
import numpy as np

from offline.scene import read_stamp
from tests.bench.drawings import SLIDE_SECONDS, Frozen, SlideShow, TalkingHead

WIDTH, HEIGHT = 640, 360


def test_a_talking_head_moves_and_carries_the_time() -> None:
    head = TalkingHead(WIDTH, HEIGHT)
    early, late = head.frame(12.345), head.frame(13.0)
    assert (read_stamp(early), read_stamp(late)) == (12_345, 13_000)
    assert np.abs(early.astype(int) - late.astype(int)).mean() > 0.5


def test_lips_move_only_while_it_talks() -> None:
    silent, talking = TalkingHead(WIDTH, HEIGHT), TalkingHead(WIDTH, HEIGHT)
    talking.talking = True
    assert np.array_equal(silent.frame(0.0), talking.frame(0.0))
    assert not np.array_equal(silent.frame(0.1), talking.frame(0.1))


def test_no_two_pictures_of_a_sensor_are_the_same() -> None:
    head = TalkingHead(WIDTH, HEIGHT)
    assert not np.array_equal(head.frame(1.0), head.frame(1.0))


def test_a_frozen_camera_shows_the_very_same_picture() -> None:
    frozen = Frozen(TalkingHead(WIDTH, HEIGHT).frame(1.0))
    assert np.array_equal(frozen.frame(2.0), frozen.frame(9.0))


def test_a_slide_stays_until_it_is_turned_and_is_stamped_then() -> None:
    show = SlideShow(WIDTH, HEIGHT, clock=lambda: 100.0)
    first, same = show.frame(100.5), show.frame(99.9 + SLIDE_SECONDS)
    turned = show.frame(100.1 + SLIDE_SECONDS)
    assert np.array_equal(first, same)
    assert (read_stamp(first), read_stamp(turned)) == (100_500, 105_100)


def test_stamps_survive_the_smallest_layer_of_simulcast() -> None:
    shown = cv2.resize(TalkingHead(1280, 720).frame(7.0), (320, 180))
    assert read_stamp(np.asarray(shown, np.uint8)) == 7000
