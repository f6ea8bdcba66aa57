"""Whether a room that lost its agent gets another."""

from __future__ import annotations

import inspect

import pytest
from livekit import rtc
from livekit.agents.ipc import job_proc_lazy_main

from worker.operation.succession import (
    CALLED_OFF,
    CRASHED,
    FROM_ABOVE,
    MEANT,
    TAKEN,
    WITHIN,
    Losses,
    Present,
    exit_status,
    is_left_alone,
    is_looked_after,
)

ANN = Present(identity="ann", person=True)
DEAD = Present(identity="agent-1", agent=True)
OTHER = Present(identity="agent-2", agent=True)
RECORDER = Present(identity="EG_1")


def test_a_room_gets_three_agents_with_growing_pauses_and_no_more() -> None:
    losses = Losses()
    assert [losses.pause("a", at) for at in (0.0, 5.0, 10.0, 15.0)] == [0.0, 1.0, 2.0, None]


def test_an_agent_that_was_meant_to_go_is_no_loss() -> None:
    losses = Losses()
    for room in ("a", "a", "b"):
        losses.pause(room, 0.0)
        losses.forgive(room)
    assert losses.pause("a", 1.0) == 0.0
    assert list(losses._by_room) == ["a"]


def test_another_room_is_another_matter() -> None:
    losses = Losses()
    assert [losses.pause(room, 0.0) for room in ("a", "b", "a")] == [0.0, 0.0, 1.0]


def test_what_is_long_ago_does_not_count() -> None:
    losses = Losses()
    for at in (0.0, 1.0, 2.0, 3.0):
        losses.pause("a", at)
    assert losses.pause("a", 3.1 + WITHIN) == 0.0


def test_rooms_that_are_over_are_forgotten() -> None:
    losses = Losses()
    for number in range(100):
        losses.pause(f"room-{number}", float(number))
    losses.pause("last", 1000.0)
    assert list(losses._by_room) == ["last"]


@pytest.mark.parametrize(
    ("present", "alone"),
    [
        ([], False),
        ([DEAD], False),
        ([ANN], True),
        ([ANN, RECORDER], True),
        ([RECORDER], False),
        ([ANN, DEAD], True),
        ([ANN, OTHER], False),
        ([OTHER], False),
    ],
)
def test_people_without_an_agent_are_left_alone(present: list[Present], alone: bool) -> None:
    assert is_left_alone(present, "agent-1") is alone


@pytest.mark.parametrize(
    ("reason", "disconnect", "status"),
    [
        ("everybody left", "", 0),
        ("room disconnected", "ROOM_DELETED", 0),
        ("room disconnected", "PARTICIPANT_REMOVED", 0),
        ("room disconnected", "DUPLICATE_IDENTITY", 0),
        ("room disconnected", "CONNECTION_TIMEOUT", TAKEN),
        ("room disconnected", "UNKNOWN_REASON", TAKEN),
        ("room disconnected", "SERVER_SHUTDOWN", TAKEN),
        (CRASHED, "", TAKEN),
        (CRASHED, "ROOM_DELETED", 0),
        (FROM_ABOVE, "", CALLED_OFF),
        (FROM_ABOVE, "ROOM_DELETED", 0),
    ],
)
def test_a_call_that_nobody_ended_was_taken(reason: str, disconnect: str, status: int) -> None:
    assert exit_status(reason, disconnect) == status


@pytest.mark.parametrize("reason", MEANT)
def test_the_reasons_are_livekits(reason: str) -> None:
    assert rtc.DisconnectReason.Value(reason) > 0


@pytest.mark.parametrize("reason", [FROM_ABOVE, CRASHED])
def test_the_framework_still_calls_it_so(reason: str) -> None:
    assert f'"{reason}"' in inspect.getsource(job_proc_lazy_main)


@pytest.mark.parametrize(
    ("url", "cloud"),
    [
        ("wss://my-project.livekit.cloud", True),
        ("wss://MY-PROJECT.LIVEKIT.CLOUD:443/", True),
        ("ws://127.0.0.1:7880", False),
        ("wss://livekit.example.com", False),
        ("wss://livekit.cloud.example.com", False),
        ("", False),
    ],
)
def test_livekit_cloud_sends_agents_itself(url: str, cloud: bool) -> None:
    assert is_looked_after(url) is cloud
