"""Messages to the room go to JSON and back, and always fit into one packet."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import MessageError
from worker.room.findings import MAX_LINKS, Code, Link, Sources
from worker.room.messages import (
    MAX_BYTES,
    MAX_INTEGER,
    MESSAGES,
    Mark,
    Message,
    Notice,
    State,
    Tool,
    Transcript,
    Usage,
    Vision,
    decode,
    encode,
)

CONTRACT = Path(__file__).parents[1] / "contract"
SAMPLES = sorted(CONTRACT.glob("[!r]*.json"))

HOSTILE = [
    "x" * 1_000_000,
    '"' * 20_000,
    "\\" * 20_000,
    "\n" * 20_000,
    "😀" * 20_000,
    "\u202e\u2066" * 20_000,
    "z" + "\u0301" * 100_000,
    "\0" * 20_000,
    "\ud800" * 20_000,
    "é\u0301\ud83d" * 20_000,
]


def links(text: str) -> tuple[Link, ...]:
    """More pages than fit, their titles and addresses as long as they may be and longer."""
    return tuple(
        Link(title=f"{number}{text}", url=f"https://x/{number}/{text[: 8 * number]}{'y' * 700}")
        for number in range(30)
    )


def stuffed(text: str) -> list[Message]:
    """Make one message a type, every text of it `text` and every number huge."""
    huge, late = 10**500, 1.7976931348623157e308
    hints: dict[str, Any] = get_type_hints(Usage)
    numbers: dict[str, Any] = {
        name: late if hint is float else huge
        for name, hint in hints.items()
        if hint in (float, int)
    }
    return [
        Transcript(id=text, seq=huge, at=late, who="agent", identity=text, text=text, final=True),
        Tool(id=text, seq=huge, at=late, name=text, status="cancelled", summary=text),
        Vision(
            id=text,
            seq=huge,
            at=late,
            status="blind",
            reason=text,
            source=text,
            width=huge,
            height=huge,
            bytes=huge,
        ),
        Mark(
            id=text,
            seq=huge,
            at=late,
            label=text,
            identity=text,
            sid=text,
            source=text,
            left=late,
            top=late,
            right=late,
            bottom=late,
        ),
        Code(id=text, seq=huge, at=late, language=text, code=text, status="done", output=text),
        Sources(id=text, seq=huge, at=late, line=text, queries=(text,) * 9, links=links(text)),
        State(id=text, seq=huge, at=late, state="initializing"),
        Notice(id=text, seq=huge, at=late, level="warning", text=text),
        Usage(id=text, **numbers),
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_contract_samples_are_read_and_written_as_they_stand(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    message = decode(json.dumps(sample).encode())
    assert json.loads(encode(message)) == sample
    assert list(json.loads(encode(message)))[:5] == ["v", "id", "seq", "at", "type"]


def test_contract_has_a_sample_of_every_type() -> None:
    assert {json.loads(path.read_text(encoding="utf-8"))["type"] for path in SAMPLES} == set(
        MESSAGES
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "transcript.user.partial",
            Transcript(
                id="user-1",
                seq=3,
                at=1763712000.25,
                who="user",
                identity="user-5f2c9a1b",
                text="what do you",
                final=False,
            ),
        ),
        ("state", State(id="state", seq=1, at=1763712000.0, state="listening")),
    ],
)
def test_samples_mean_what_the_classes_say(name: str, message: Message) -> None:
    assert decode((CONTRACT / f"{name}.json").read_bytes()) == message


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<b>",
        "file:///etc/passwd",
        "//example.org",
        "",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_an_address_that_is_none_or_does_not_fit_is_no_link(url: str) -> None:
    good = Link(title="Good", url="https://example.org/?a=1&b=2#c")
    told = Sources(id="s", line="agent-1", links=(Link(title="Bad", url=url), good, good))
    assert told.links == (good,)


def test_no_more_links_are_told_than_fit() -> None:
    assert len(Sources(id="s", line="", links=links("")).links) == MAX_LINKS


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"links": {}}, "links must be a list"),
        ({"links": ["x"]}, "links must be a list of objects"),
        ({"links": [{"title": "x"}]}, "url is missing"),
        ({"links": [{"title": 1, "url": "https://x"}]}, "title must be of type str"),
        ({"queries": [1]}, "queries must be of type str"),
    ],
)
def test_says_what_is_wrong_with_a_list(changed: dict[str, object], sentence: str) -> None:
    sample = json.loads((CONTRACT / "sources.json").read_text(encoding="utf-8"))
    with pytest.raises(MessageError, match=sentence):
        decode(json.dumps(sample | changed).encode())


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:2]))
def test_fits_into_one_packet_and_comes_back_whatever_it_holds(text: str) -> None:
    messages = stuffed(text)
    packets = [encode(message) for message in messages]
    assert {message.TYPE for message in messages} == set(MESSAGES)
    assert max(map(len, packets)) <= MAX_BYTES
    assert [decode(packet) for packet in packets] == messages


@given(
    text=st.text(st.characters(), max_size=300),
    seq=st.integers(),
    at=st.floats(),
    final=st.booleans(),
)
def test_comes_back_as_it_was(text: str, seq: int, at: float, final: bool) -> None:
    messages = (
        Transcript(id=text, seq=seq, at=at, who="agent", identity=text, text=text, final=final),
        Tool(id=text, name=text, status="failed", summary=text),
        Vision(id=text, status="blind", reason=text, source=text, width=seq, height=seq, bytes=seq),
        Notice(id=text, level="error", text=text),
    )
    assert [decode(encode(message)) for message in messages] == list(messages)


@pytest.mark.parametrize("at", [math.nan, math.inf, -math.inf])
def test_holds_no_number_that_json_does_not_know(at: float) -> None:
    assert State(id="state", at=at, state="idle").at == 0.0


def test_holds_no_integer_that_javascript_would_round() -> None:
    assert Vision(id="v", status="sent", reason="steady", bytes=10**30).bytes == MAX_INTEGER
    assert Vision(id="v", status="sent", reason="steady", width=-1).width == 0


SOUND = {"v": 1, "id": "n", "seq": 1, "at": 2.5, "type": "notice", "level": "info", "text": "t"}


def test_passes_over_fields_of_a_later_version() -> None:
    packet = json.dumps(SOUND | {"colour": "red"}).encode()
    assert decode(packet) == Notice(id="n", seq=1, at=2.5, level="info", text="t")


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"v": 2}, "v must be 1"),
        ({"v": True}, "v must be 1"),
        ({"v": None}, "v must be 1"),
        ({"type": "gossip"}, "type must be one of"),
        ({"type": ["notice"]}, "type must be one of"),
        ({"level": "loud"}, "level must be one of info, warning, error"),
        ({"level": ["info"]}, "level must be one of"),
        ({"text": 7}, "text must be of type str"),
        ({"id": None}, "id must be of type str"),
        ({"seq": 1.5}, "seq must be of type int"),
        ({"seq": True}, "seq must be of type int"),
        ({"at": "now"}, "at must be of type float"),
        ({"at": 10**400}, "at must be of type float"),
    ],
)
def test_refuses_a_field_that_is_wrong(changed: dict[str, object], wanted: str) -> None:
    with pytest.raises(MessageError, match=wanted):
        decode(json.dumps(SOUND | changed).encode())


def test_refuses_a_message_that_lacks_a_field() -> None:
    lacking = {key: value for key, value in SOUND.items() if key != "text"}
    with pytest.raises(MessageError, match="text is missing"):
        decode(json.dumps(lacking).encode())


@pytest.mark.parametrize(
    ("packet", "wanted"),
    [
        (b"", "JSON in UTF-8"),
        (b"\xff{}", "JSON in UTF-8"),
        (json.dumps(SOUND).encode("utf-16"), "JSON in UTF-8"),
        (b"[" * 15_000, "JSON in UTF-8"),
        (b'{"v":NaN}', "JSON in UTF-8"),
        (b'{"v":1' + b"0" * 5000 + b"}", "JSON in UTF-8"),
        (b"[1]", "JSON object"),
        (b"{" + b" " * MAX_BYTES + b"}", "at most 15360 bytes"),
    ],
)
def test_refuses_what_is_no_message(packet: bytes, wanted: str) -> None:
    with pytest.raises(MessageError, match=wanted):
        decode(packet)


@given(st.binary(max_size=200))
def test_raises_nothing_but_its_own_error(packet: bytes) -> None:
    with pytest.raises(MessageError):
        decode(packet)
