"""Who comes late is given everything once, as it is now, in pages that fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from worker.room.answers import MAX_BYTES, write
from worker.room.history import History
from worker.room.messages import Message, Notice, State, Tool, Transcript, Vision, body


def history(messages: Iterable[Message], **limits: int) -> History:
    """Note messages with their numbers, from 1."""
    kept = History(**limits)
    for seq, message in enumerate(messages, 1):
        kept.note(replace(message, seq=seq))
    return kept


def said(id: str, text: str, *, final: bool = False) -> Transcript:
    return Transcript(id=id, who="user", identity="ann", text=text, final=final)


def pages(kept: History, since: int = 0) -> list[list[Mapping[str, object]]]:
    found: list[list[Mapping[str, object]]] = []
    after = 0
    while True:
        page = kept.page(after, since)
        found.append(list(page.messages))
        if not (after := page.next):
            return found


def test_everything_is_there_once_as_it_is_now_where_it_began() -> None:
    kept = history(
        [
            said("u", "what"),
            Tool(id="t", name="look", status="running"),
            said("u", "what is it", final=True),
            State(id="state", state="thinking"),
            Tool(id="t", name="look", status="done"),
            State(id="state", state="speaking"),
        ]
    )
    (page,) = pages(kept)
    assert [(m["id"], m["seq"]) for m in page] == [("u", 3), ("t", 5), ("state", 6)]
    assert kept.page(0).seq == 6


def test_a_message_stands_there_as_it_was_sent() -> None:
    notice = Notice(id="n", seq=1, level="info", text="I am back.")
    kept = History()
    kept.note(notice)
    assert kept.page(0).messages == (body(notice),)


def test_of_pictures_only_the_newest_is_there() -> None:
    looks = [Vision(id=f"vision-{n}", status="sent", reason="turn") for n in range(5)]
    kept = history([*looks[:4], said("u", "hm"), looks[4]])
    (page,) = pages(kept)
    assert [m["id"] for m in page] == ["u", "vision-4"]


def test_every_page_fits_and_nothing_is_lost_or_doubled_between_them() -> None:
    kept = history(said(f"u{n}", "\U0001f600" * 700, final=True) for n in range(100))
    found = pages(kept)
    ids = [m["id"] for page in found for m in page]
    assert ids == [f"u{n}" for n in range(100)]
    assert len(found) > 1
    after = 0
    while after := (answer := kept.page(after)).next:
        assert len(write(answer).encode()) <= MAX_BYTES


def test_the_longest_message_there_can_be_fits_on_a_page() -> None:
    text = '"' * 20_000
    kept = history(
        [Transcript(id=text, who="agent", identity=text, text=text, final=True) for _ in range(2)]
    )
    answer = kept.page(0)
    assert len(answer.messages) == 1
    assert len(write(answer).encode()) <= MAX_BYTES


def test_paging_is_not_disturbed_by_what_is_said_meanwhile() -> None:
    kept = history(said(f"u{n}", "x" * 5000) for n in range(6))
    first = kept.page(0)
    kept.note(Notice(id="late", seq=7, level="info", text="t"))
    kept.note(replace(said("u5", "y" * 5000, final=True), seq=8))
    ids = [m["id"] for m in first.messages]
    after = first.next
    while after:
        page = kept.page(after)
        ids += [m["id"] for m in page.messages]
        after = page.next
    assert ids == ["u0", "u1", "u2", "u3", "u4", "u5", "late"]


def test_gives_only_what_is_newer_than_what_is_known() -> None:
    kept = history([said("a", "1"), said("b", "2"), said("a", "1 2", final=True)])
    assert [m["id"] for m in kept.page(0, since=2).messages] == ["a"]
    assert kept.page(0, since=3).messages == ()


def test_the_oldest_is_forgotten_and_counted_when_there_is_too_much() -> None:
    kept = history((said(f"u{n}", "x" * 10) for n in range(10)), kept=4)
    page = kept.page(0)
    assert [m["id"] for m in page.messages] == ["u6", "u7", "u8", "u9"]
    assert page.left_out == 6


def test_memory_is_bounded_by_the_texts_as_well() -> None:
    kept = history((said(f"u{n}", "x" * 1000) for n in range(10)), characters=3_500)
    assert len(kept.page(0).messages) == 3
    assert json.loads(write(kept.page(0)))["left_out"] == 7
