"""When faults are due: the rules of a connection against what happens on it, in made-up time."""

from __future__ import annotations

import base64

import pytest

from offline.gemini.outages import Close
from offline.gemini.play import Play
from offline.gemini.scenario import parse
from offline.gemini.wire import Json

READY: Json = {"setupComplete": {}}
SAID: Json = {"serverContent": {"generationComplete": True}}
OVER: Json = {"serverContent": {"turnComplete": True}}
CALL: Json = {"toolCall": {"functionCalls": []}}


def speech(seconds: float) -> Json:
    data = base64.b64encode(bytes(round(seconds * 48_000))).decode()
    return {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"data": data}}]}}}


def playing(rule: str) -> Play:
    text = f'story = "A test."\n[[on]]\n{rule}\ndo = "close"'
    return Play(parse(text).rules_of(1))


def send(play: Play, *messages: Json, now: float = 0.0) -> int:
    """Send messages; return how many faults are due."""
    for message in messages:
        play.sent(message, 100, now)
    return len(play.take())


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("ready", READY),
        ("agent speaks", speech(0.1)),
        ("agent has generated", SAID),
        ("agent is done", OVER),
        ("tool is called", CALL),
    ],
)
def test_a_moment_is_when_its_message_has_gone(when: str, message: Json) -> None:
    play = playing(f'when = "{when}"')
    others = [one for one in (READY, SAID, OVER, CALL) if one is not message]
    assert send(play, *others) == 0
    assert send(play, message) == 1
    assert play.take() == []


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("user speaks", "activity_start"),
        ("user stops", "activity_end"),
        ("user types", "text"),
        ("user types", "client_content"),
        ("tool is answered", "tool_response"),
    ],
)
def test_a_moment_is_when_the_session_notes_it(when: str, kind: str) -> None:
    play = playing(f'when = "{when}"')
    play.noted("handle", 0)
    assert play.take() == []
    play.noted(kind, 0)
    assert play.take() == [Close()]


@pytest.mark.parametrize(("resuming", "due"), [(True, 1), (False, 0)])
def test_resuming_is_a_setup_with_a_handle(resuming: bool, due: int) -> None:
    play = playing('when = "resuming"')
    play.setup(resuming=resuming, now=0)
    assert len(play.take()) == due


@pytest.mark.parametrize(("turn", "due"), [("2", [0, 1, 0]), ('"every"', [1, 1, 1])])
def test_a_turn_is_counted(turn: str, due: list[int]) -> None:
    play = playing(f'when = "agent speaks"\nturn = {turn}')
    assert [send(play, speech(0.1), speech(0.1), SAID, OVER) for _ in range(3)] == due


def test_speech_is_measured_within_its_turn() -> None:
    play = playing('when = "agent speaks"\nturn = 2\nspoken = 1.0')
    assert send(play, speech(5), SAID, OVER, speech(0.6)) == 0
    assert send(play, speech(0.6)) == 1
    assert send(play, speech(5)) == 0


def test_an_interrupted_turn_is_over() -> None:
    play = playing('when = "agent speaks"\nturn = 2')
    assert send(play, speech(1), {"serverContent": {"interrupted": True}}, speech(1)) == 1


def test_after_a_moment() -> None:
    play = playing('when = "ready"\nafter = 2.0')
    assert send(play, READY, now=10.0) == 0
    assert play.next_due == 12.0
    play.tick(12.0)
    assert play.take() == [Close()]


def test_at_a_time_since_setup() -> None:
    play = playing("at = 3.5")
    send(play, READY, now=1.0)
    assert play.next_due == 4.5


@pytest.mark.parametrize("way", ["received", "sent"])
def test_after_a_number_of_bytes_once(way: str) -> None:
    play = playing(f"{way} = 250")
    due = []
    for _ in range(5):
        if way == "sent":
            play.sent({}, 100, 0)
        else:
            play.received(100, 0)
        due.append(len(play.take()))
    assert due == [0, 0, 1, 0, 0]


def test_quiet_is_broken_by_whoever_stirs() -> None:
    play = playing('when = "quiet"\nafter = 2.0')
    send(play, READY, now=0.0)
    play.noted("activity_start", 1.0)
    play.tick(5.0)
    assert play.take() == []
    play.noted("activity_end", 6.0)
    send(play, speech(1), now=7.0)
    send(play, OVER, now=8.0)
    play.tick(9.9)
    assert play.take() == []
    play.tick(10.0)
    assert play.take() == [Close()]


def test_a_pending_call_is_not_quiet() -> None:
    play = playing('when = "quiet"\nafter = 1.0')
    send(play, READY, CALL, OVER)
    play.tick(5.0)
    assert play.take() == []
    play.noted("tool_response", 6.0)
    play.tick(7.0)
    assert play.take() == [Close()]
