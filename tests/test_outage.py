"""What people are told about the connection to the model."""

from __future__ import annotations

from worker.gemini.failures import classify
from worker.outage import BACK, Outage

DOWN = classify(ConnectionRefusedError())


def test_an_outage_is_told_once_and_its_end_once() -> None:
    told: list[tuple[str, str]] = []
    outage = Outage(lambda level, text: told.append((level, text)))
    for attempt in range(4):
        outage.on_waiting(DOWN, attempt)
    outage.on_connected(3.0)
    outage.on_connected(0.1)
    assert told == [("warning", DOWN.room), ("info", BACK)]


def test_a_connection_that_came_at_once_is_nothing_to_tell() -> None:
    told: list[tuple[str, str]] = []
    Outage(lambda level, text: told.append((level, text))).on_connected(0.1)
    assert told == []


def test_giving_up_is_an_error_in_words_for_the_room() -> None:
    told: list[tuple[str, str]] = []
    Outage(lambda level, text: told.append((level, text))).on_refused(DOWN)
    assert told == [("error", DOWN.room)]
