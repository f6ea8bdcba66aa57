"""A track rests between two frames, flows while somebody speaks, and is whole for a look."""

from __future__ import annotations

import asyncio

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from tests.fakes.eyes import virtually
from tests.fakes.wire import FakeWire
from worker.eyes.reception import LINGER, WARMUP, Reception


def receive(wire: FakeWire, *, steady: bool = False) -> Reception:
    return Reception(wire, (1280, 720), edge=768, steady=steady, warmup=0)


def test_comes_for_a_frame_and_rests_after_it() -> None:
    wire = FakeWire()
    reception = receive(wire)
    for _ in range(2):
        with reception.taking():
            assert wire.enabled
        assert not wire.enabled
    assert wire.asked == ["16384x9216", "on", "off", "on", "off"]


def test_rests_only_when_the_last_of_two_has_its_frame() -> None:
    wire = FakeWire()
    reception = receive(wire)
    with reception.taking():
        with reception.looking():
            assert wire.enabled
        assert wire.enabled
    assert not wire.enabled


@pytest.mark.parametrize("left", [0.0, 1.2])
def test_flows_at_the_picture_s_size_for_as_long_as_a_turn_and_a_moment_longer(
    left: float,
) -> None:
    async def body() -> None:
        wire = FakeWire()
        reception = receive(wire)
        reception.attend(True)
        with reception.taking():
            pass
        reception.attend(False, left)
        await asyncio.sleep(left + LINGER - 0.01)
        assert (wire.enabled, wire.size) == (True, (614, 345))
        await asyncio.sleep(0.02)
        assert not wire.enabled

    virtually(body)


def test_who_goes_on_speaking_keeps_it_flowing() -> None:
    async def body() -> None:
        wire = FakeWire()
        reception = receive(wire)
        for speaking in (True, False, True):
            reception.attend(speaking)
        await asyncio.sleep(10)
        assert wire.enabled

    virtually(body)


def test_flows_at_full_size_at_first_so_that_the_server_learns_what_the_line_carries() -> None:
    async def body() -> None:
        wire = FakeWire()
        reception = Reception(wire, (1280, 720), edge=768, steady=False)
        with reception.taking():
            pass
        await asyncio.sleep(WARMUP - 0.01)
        assert (wire.enabled, wire.size) == (True, (16384, 9216))
        await asyncio.sleep(0.02)
        assert not wire.enabled

    virtually(body)


def test_is_raised_for_a_look_and_lowered_after_it() -> None:
    wire = FakeWire()
    reception = receive(wire)
    reception.attend(True)
    with reception.looking():
        assert wire.size == (16384, 9216)
    assert wire.size == (614, 345)
    assert wire.asked.count("on") == 1, "it never stopped"


def test_a_screen_flows_from_the_start_at_the_size_that_is_read() -> None:
    wire = FakeWire()
    Reception(wire, (3840, 2160), edge=1536, steady=True, warmup=0)
    assert (wire.enabled, wire.size) == (True, (1229, 691))


def test_nothing_is_asked_for_once_it_is_closed() -> None:
    async def body() -> None:
        wire = FakeWire()
        reception = receive(wire)
        reception.attend(True)
        reception.attend(False)
        reception.close()
        asked = list(wire.asked)
        await asyncio.sleep(10)
        assert wire.asked == asked

    virtually(body)


def test_the_ffi_still_knows_both_requests() -> None:
    request = FfiRequest()
    request.enable_remote_track_publication.track_publication_handle = 1
    request.enable_remote_track_publication.enabled = False
    assert request.WhichOneof("message") == "enable_remote_track_publication"
    request.update_remote_track_publication_dimension.track_publication_handle = 1
    request.update_remote_track_publication_dimension.width = 640
    request.update_remote_track_publication_dimension.height = 360
    assert request.WhichOneof("message") == "update_remote_track_publication_dimension"
