"""The account of a call: one line a thing, in order, and nothing that steers a terminal."""

from __future__ import annotations

import json

import pytest

from offline.chronicle import LONGEST, Chronicle, Entry, Present, tidy
from offline.witness import Line, Message, StateChange, message_of

READ = "turn 2: 1,710 tokens in (560 of pictures), 50 out, $0.0023"


def message(**body: object) -> Message:
    return message_of(json.dumps({"v": 1, "id": "a", **body}).encode(), "agent", 1.0)


def line(text: str, *, identity: str = "agent", final: bool = False) -> Line:
    return Line(segment="s", identity=identity, text=text, final=final, opened=1.0, at=1.0)


def told(*changes: Line | Message | StateChange, said: str = "") -> list[tuple[str, str]]:
    chronicle = Chronicle(identity="you", on_entry=lambda _: None, on_present=lambda _: None)
    if said:
        chronicle.say(said)
    for change in changes:
        chronicle.take(change)
    return [(entry.who, entry.text) for entry in chronicle.entries]


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        ({"type": "transcript", "who": "agent", "text": "Hi.", "final": True}, ("agent", "Hi.")),
        (
            {
                "type": "transcript",
                "who": "agent",
                "text": "Once",
                "final": True,
                "interrupted": True,
            },
            ("agent", "Once (interrupted)"),
        ),
        ({"type": "transcript", "who": "user", "text": "wat", "final": True}, ("heard", "wat")),
        (
            {"type": "tool", "name": "look", "status": "done", "summary": "A cat."},
            ("tool", "look: A cat."),
        ),
        ({"type": "tool", "name": "look", "status": "failed"}, ("tool", "look failed")),
        (
            {
                "type": "code",
                "language": "PYTHON",
                "code": "6 * 7",
                "status": "done",
                "output": "42",
            },
            ("code", "python: 6 * 7 -> 42"),
        ),
        (
            {"type": "code", "language": "PYTHON", "code": "6 /", "status": "failed"},
            ("code", "python: 6 / -> failed"),
        ),
        (
            {"type": "sources", "links": [{"title": "A page", "url": "https://example.org/"}]},
            ("source", "A page, https://example.org/"),
        ),
        ({"type": "sources", "queries": ["cats"], "links": []}, ("source", "searched: cats")),
        ({"type": "vision.mark", "label": "the fuse"}, ("eyes", "points at the fuse")),
        (
            {"type": "vision", "status": "blind", "reason": "no_camera"},
            ("eyes", "sees nothing: no_camera"),
        ),
        (
            {
                "type": "vision",
                "status": "sent",
                "reason": "steady",
                "source": "screen_share",
                "width": 640,
                "height": 360,
                "bytes": 21_400,
            },
            ("eyes", "first picture: screen share, 640x360, 21 kB"),
        ),
        (
            {
                **{"type": "usage", "turn": 2, "text_in": 1000, "audio_in": 150, "video_in": 560},
                **{"audio_out": 42, "thoughts": 8, "usd": 0.00234},
                **{"latency": 1.312, "own_latency": 0.021},
            },
            (
                "cost",
                f"{READ}; answered after 1.31 s, 21 ms of it ours",
            ),
        ),
        (
            {"type": "usage", "turn": 1, "text_in": "many", "usd": None},
            ("cost", "turn 1: 0 tokens in (0 of pictures), 0 out, $0.0000"),
        ),
        (
            {"type": "notice", "level": "warning", "text": "One moment."},
            ("notice", "One moment."),
        ),
    ],
)
def test_each_kind_of_message_has_its_line(body: dict[str, object], entry: tuple[str, str]) -> None:
    assert told(message(**body)) == [entry]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "transcript", "who": "agent", "text": "Hi", "final": False},
        {"type": "transcript", "who": "agent", "text": " ", "final": True},
        {"type": "tool", "name": "look", "status": "running"},
        {"type": "state", "state": "listening"},
        {"type": "something new"},
        {},
    ],
)
def test_what_is_not_finished_or_not_known_has_none(body: dict[str, object]) -> None:
    assert told(message(**body)) == []


def test_tells_what_was_heard_only_where_it_differs() -> None:
    final = {"type": "transcript", "who": "user", "final": True}
    right, wrong = message(text="What time is it?", **final), message(text="what i eat", **final)
    assert told(right, said="what time is it") == [("you", "what time is it")]
    assert told(wrong, said="what time is it")[1:] == [("heard", "what i eat")]


def test_tells_a_repeated_message_once() -> None:
    body = {"type": "transcript", "who": "agent", "text": "Hi.", "final": True}
    assert told(message(**body), message(**body)) == [("agent", "Hi.")]


def test_routine_pictures_are_counted_not_told() -> None:
    seen: list[Present] = []
    chronicle = Chronicle(identity="you", on_entry=lambda _: None, on_present=seen.append)
    for reason in ("steady", "steady", "look", "steady"):
        chronicle.take(message(type="vision", status="sent", reason=reason, bytes=1000))
    assert [entry.text.split(":")[0] for entry in chronicle.entries] == ["first picture", "look"]
    assert seen[-1].pictures == 4


def test_shows_what_goes_on_now() -> None:
    seen: list[Present] = []
    chronicle = Chronicle(identity="you", on_entry=lambda _: None, on_present=seen.append)
    chronicle.take(StateChange(at=1.0, identity="agent", state="speaking"))
    chronicle.take(line("Hello th"))
    chronicle.take(line("not mine to show", identity="you"))
    chronicle.take(message(type="tool", name="look", status="running"))
    assert seen[-1] == Present(state="speaking", speech="Hello th", tool="look", pictures=0)
    chronicle.take(line("Hello there.", final=True))
    assert seen[-1].speech == ""


def test_counts_seconds_from_the_beginning_of_the_call() -> None:
    times = iter([100.0, 105.0, 107.5])
    entries: list[Entry] = []
    chronicle = Chronicle(
        identity="you",
        on_entry=entries.append,
        on_present=lambda _: None,
        clock=lambda: next(times),
    )
    chronicle.begin()
    chronicle.say("hello")
    assert entries == [Entry(at=2.5, who="you", text="hello")]


@pytest.mark.parametrize(
    "text", ["a\x1b[2Jb", "a\rb\nc", "a\u202eb\u2066", "a\x07b\x9b31m", "\x00"]
)
def test_text_from_the_room_cannot_steer_the_terminal(text: str) -> None:
    assert tidy(text).isprintable()


def test_long_text_is_shortened() -> None:
    assert len(tidy("word " * 10_000)) == LONGEST


def test_a_call_ends_with_what_it_has_cost() -> None:
    shown: list[Entry] = []
    chronicle = Chronicle(identity="you", on_entry=shown.append, on_present=lambda _: None)
    for turn, latency in ((1, 0.0), (2, 1.0), (2, 1.0), (3, 2.0)):
        chronicle.take(
            message(type="usage", turn=turn, latency=latency, call_video_in=turn, call_usd=0.01)
        )
    chronicle.close()
    assert len(shown) == 4
    assert shown[-1].text == (
        "the whole call, 3 turns: 3 tokens in (3 of pictures), 0 out, $0.0100;"
        " answers after 1.50 s (median)"
    )


def test_a_call_without_a_turn_has_no_cost() -> None:
    chronicle = Chronicle(identity="you", on_entry=lambda _: None, on_present=lambda _: None)
    chronicle.close()
    assert chronicle.entries == []
