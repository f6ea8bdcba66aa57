"""Sources and code are told beside the lines they belong to, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from worker.room.citing import Citing
from worker.room.findings import Code, Sources
from worker.room.messages import Message

PAGE = ("A page", "https://example.org/")
OTHER = ("Another", "https://example.com/")


@dataclass
class Room:
    """Collects messages; a test says which line is being spoken."""

    messages: list[Message] = field(default_factory=list)
    line: str = ""

    def citing(self) -> Citing:
        return Citing(self.messages.append, lambda: self.line)

    def sources(self) -> list[tuple[str, str, list[str]]]:
        """Id, line and titles of every message on sources."""
        return [
            (told.id, told.line, [link.title for link in told.links])
            for told in self.messages
            if isinstance(told, Sources)
        ]

    def code(self) -> list[tuple[str, str, str]]:
        told = (message for message in self.messages if isinstance(message, Code))
        return [(code.id, code.status, code.output) for code in told]


def test_sources_wait_for_the_line_they_belong_to() -> None:
    room = Room()
    citing = room.citing()
    citing.on_sources(["query"], [PAGE])
    assert room.messages == []
    citing.on_line("agent-3")
    assert room.sources() == [("sources-agent-3", "agent-3", ["A page"])]


def test_more_sources_for_a_line_come_as_all_of_them_together() -> None:
    room = Room(line="agent-3")
    citing = room.citing()
    citing.on_sources(["query"], [PAGE])
    citing.on_sources(["query", "another"], [OTHER])
    citing.on_sources(["query"], [PAGE])
    assert room.sources() == [
        ("sources-agent-3", "agent-3", ["A page"]),
        ("sources-agent-3", "agent-3", ["A page", "Another"]),
    ]
    assert isinstance(room.messages[-1], Sources)
    assert room.messages[-1].queries == ("query", "another")


def test_the_next_line_has_its_own_sources() -> None:
    room = Room()
    citing = room.citing()
    for line, page in (("agent-1", PAGE), ("agent-2", OTHER)):
        citing.on_sources([], [page])
        citing.on_line(line)
        citing.on_rest()
    assert [told[1:] for told in room.sources()] == [
        ("agent-1", ["A page"]),
        ("agent-2", ["Another"]),
    ]


def test_sources_that_come_after_the_last_word_belong_to_the_line_that_was_heard() -> None:
    room = Room()
    citing = room.citing()
    citing.on_line("agent-1")
    citing.on_sources([], [PAGE])
    citing.on_rest()
    assert room.sources() == [("sources-agent-1", "agent-1", ["A page"])]


def test_sources_of_a_reply_that_nobody_heard_belong_to_no_line() -> None:
    room = Room()
    citing = room.citing()
    for page in (PAGE, OTHER):
        citing.on_sources([], [page])
        citing.on_rest()
    assert room.sources() == [("sources-1", "", ["A page"]), ("sources-2", "", ["Another"])]


def test_sources_without_a_page_or_a_query_are_not_told() -> None:
    room = Room(line="agent-1")
    room.citing().on_sources([], [("Odd", "javascript:alert(1)")])
    assert room.messages == []


def test_code_is_one_thing_from_its_start_to_its_result() -> None:
    room = Room()
    citing = room.citing()
    citing.on_code("PYTHON", "print(1)")
    citing.on_outcome(True, "1\n")
    citing.on_code("PYTHON", "print(")
    citing.on_outcome(False, "SyntaxError")
    assert room.code() == [
        ("code-1", "running", ""),
        ("code-1", "done", "1\n"),
        ("code-2", "running", ""),
        ("code-2", "failed", "SyntaxError"),
    ]


def test_code_whose_reply_was_cut_is_cancelled() -> None:
    room = Room()
    citing = room.citing()
    citing.on_code("PYTHON", "print(1)")
    citing.on_rest()
    citing.on_rest()
    assert [status for _, status, _ in room.code()] == ["running", "cancelled"]


def test_a_result_without_its_code_is_told_all_the_same() -> None:
    room = Room()
    room.citing().on_outcome(True, "42")
    assert room.code()[-1] == ("code-1", "done", "42")
