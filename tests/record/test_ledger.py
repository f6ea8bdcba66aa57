"""What a call's messages become in the record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.clock import Clock
from worker.record.entries import (
    Citation,
    Closing,
    Entry,
    Line,
    Opening,
    Remark,
    Script,
    Spent,
    ToolCall,
)
from worker.record.ledger import Ledger
from worker.room.findings import Code, Link, Sources
from worker.room.messages import Notice, State, Tool, Transcript, Usage, Vision, decode


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


@pytest.fixture
def ledger(clock: Clock) -> Ledger:
    opened = Ledger(call="AJ_1", clock=clock, limit=5)
    opened.open(room="room", persona="guide", model="m", at=1.0)
    opened.confirm(len(opened.take()))
    return opened


def said(text: str, *, id: str = "agent-1", final: bool = False, who: str = "agent") -> Transcript:
    identity = "ann" if who == "user" else "agent"
    return Transcript(id=id, who=who, identity=identity, text=text, final=final)  # type: ignore[arg-type]


def texts(entries: list[Entry]) -> list[str]:
    return [entry.text for entry in entries if isinstance(entry, Line)]


def test_a_line_that_grows_is_one_entry_with_the_time_of_its_first_word(
    ledger: Ledger, clock: Clock
) -> None:
    for second, text in enumerate(["Once", "Once upon", "Once upon a time."], 1):
        clock.now = 100.0 + second
        ledger.note(said(text, final=second == 3))
    (line,) = ledger.take()
    assert isinstance(line, Line)
    assert (line.text, line.began, line.ended, line.final) == ("Once upon a time.", 1.0, 3.0, True)


def test_a_line_keeps_its_place_and_time_when_it_was_handed_over_before(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.note(said("Once"))
    ledger.note(said("Hm", id="user-1", who="user"))
    ledger.take()
    clock.now += 2
    ledger.note(said("Once upon a time.", final=True))
    (line,) = ledger.take()
    assert isinstance(line, Line)
    assert (line.place, line.began, line.ended) == (1, 0.0, 2.0)


def test_the_users_words_are_of_the_time_they_were_spoken(ledger: Ledger, clock: Clock) -> None:
    for now, began in ((101.0, True), (103.5, False)):
        clock.now = now
        ledger.hear(began)
    clock.now = 104.2
    ledger.note(said("What is that?", id="user-1", who="user", final=True))
    ledger.note(said("And typed.", id="user-2", who="user", final=True))
    first, second = ledger.take()
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert (first.began, first.ended) == (1.0, 3.5)
    assert (second.began, second.ended) == (4.2, 4.2)


def test_a_cough_is_not_the_beginning_of_what_is_said_later(ledger: Ledger, clock: Clock) -> None:
    for now, began in ((110.0, True), (111.0, False), (220.0, True), (222.0, False)):
        clock.now = now
        ledger.hear(began)
    ledger.note(said("What is that?", id="user-1", who="user", final=True))
    (line,) = ledger.take()
    assert isinstance(line, Line)
    assert (line.began, line.ended) == (120.0, 122.0)


def test_a_tool_is_one_entry_from_its_call_to_its_end(ledger: Ledger, clock: Clock) -> None:
    ledger.note(Tool(id="c1", name="look", status="running"))
    clock.now += 1.5
    ledger.note(Tool(id="c1", name="look", status="done", summary="Seen."))
    (call,) = ledger.take()
    assert isinstance(call, ToolCall)
    assert (call.status, call.summary, call.began, call.ended) == ("done", "Seen.", 0.0, 1.5)


def test_code_is_one_entry_with_what_came_of_it(ledger: Ledger, clock: Clock) -> None:
    ran = Code(id="code-1", language="PYTHON", code="print(1)", status="running")
    ledger.note(ran)
    clock.now = 100.5
    ledger.note(replace(ran, status="done", output="1"))
    (entry,) = ledger.take()
    assert isinstance(entry, Script)
    assert (entry.code, entry.status, entry.output) == ("print(1)", "done", "1")
    assert (entry.began, entry.ended) == (0.0, 0.5)


def test_sources_are_an_entry_a_page_in_the_place_of_their_message(ledger: Ledger) -> None:
    one, other = (Link(title=name, url=f"https://{name}.org/") for name in ("one", "other"))
    ledger.note(Sources(id="s-1", line="agent-1", queries=("a", "b"), links=(one,)))
    ledger.note(said("More.", id="agent-1"))
    ledger.note(Sources(id="s-1", line="agent-1", queries=("a", "b"), links=(one, other)))
    ledger.note(Sources(id="s-2", line="", queries=("c",)))
    pages = [entry for entry in ledger.take() if isinstance(entry, Citation)]
    assert sorted((page.id, page.place, page.title, page.queries) for page in pages) == [
        ("s-1.01", 1, "one", "a\nb"),
        ("s-1.02", 1, "other", "a\nb"),
        ("s-2.01", 3, "", "c"),
    ]


def test_notices_are_kept_and_pictures_and_states_are_not(ledger: Ledger) -> None:
    ledger.note(Notice(id="n1", level="info", text="I am back."))
    ledger.note(Vision(id="v1", status="sent", reason="steady"))
    ledger.note(State(id="state", state="listening"))
    (entry,) = ledger.take()
    assert isinstance(entry, Remark)


def test_a_turns_usage_is_one_entry_however_often_it_is_told(ledger: Ledger) -> None:
    sample = Path(__file__).parents[1] / "contract" / "usage.json"
    usage = decode(sample.read_bytes())
    assert isinstance(usage, Usage)
    ledger.note(replace(usage, audio_out=1))
    ledger.note(usage)
    (entry,) = ledger.take()
    assert isinstance(entry, Spent)
    told = usage.values()
    assert {name: getattr(entry, name) for name in told if hasattr(entry, name)}.items() <= (
        told | {"at": entry.at}
    ).items()
    assert (entry.place, entry.video_in, entry.usd) == (1, 560, 0.017459)


def test_what_was_not_confirmed_is_handed_over_again_and_newer_words_win(ledger: Ledger) -> None:
    for name in ("a", "b", "c"):
        ledger.note(said(name, id=name))
    ledger.take()
    ledger.confirm(1)
    ledger.note(said("b and more", id="b"))
    ledger.take_back()
    assert texts(ledger.take()) == ["b and more", "c"]
    assert not ledger.empty
    ledger.confirm(2)
    assert ledger.empty


def test_when_nobody_takes_it_the_oldest_goes_and_is_counted(ledger: Ledger) -> None:
    for number in range(8):
        ledger.note(said(str(number), id=str(number)))
    assert ledger.dropped == 3
    assert texts(ledger.take()) == ["3", "4", "5", "6", "7"]


def test_the_opening_is_never_let_go(clock: Clock) -> None:
    ledger = Ledger(call="AJ_1", clock=clock, limit=2)
    ledger.open(room="room", persona="guide", model="m", at=1.0)
    for number in range(5):
        ledger.note(said(str(number), id=str(number)))
    ledger.close("over")
    kinds = [type(entry) for entry in ledger.take()]
    assert kinds[0] is Opening
    assert Closing in kinds


def test_hands_over_in_portions(ledger: Ledger) -> None:
    for number in range(4):
        ledger.note(said(str(number), id=str(number)))
    assert [texts(ledger.take(3)), texts(ledger.take(3))] == [["0", "1", "2"], ["3"]]
