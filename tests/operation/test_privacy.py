"""What people say stays out of the log."""

from __future__ import annotations

import logging

import pytest

from worker.operation.privacy import LOGGERS, Discreet, keep_discreet


def record(level: int) -> logging.LogRecord:
    made = logging.LogRecord("livekit.agents", level, "file", 1, "linked", None, None)
    made.__dict__.update({"lk.pii.participant_identity": "ann", "room": "r1"})
    return made


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING, logging.ERROR])
def test_personal_fields_are_taken_out_from_info_on(level: int) -> None:
    kept = record(level)
    assert Discreet().filter(kept)
    assert "lk.pii.participant_identity" not in kept.__dict__
    assert kept.__dict__["room"] == "r1"


def test_whoever_debugs_sees_them() -> None:
    kept = record(logging.DEBUG)
    assert Discreet().filter(kept)
    assert kept.__dict__["lk.pii.participant_identity"] == "ann"


def test_each_logger_is_made_discreet_once() -> None:
    keep_discreet()
    keep_discreet()
    for name in LOGGERS:
        filters = logging.getLogger(name).filters
        assert sum(isinstance(known, Discreet) for known in filters) == 1
