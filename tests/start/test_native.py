"""The native library warmed up: it has tried to join, and nobody is bothered with that."""

from __future__ import annotations

import logging

import pytest

from worker.start.native import knock, start_native


async def test_it_knocks_at_a_door_that_is_shut() -> None:
    assert "refused" in await knock()


def test_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="livekit"):
        start_native()
        logging.getLogger("livekit").warning("heard again")
    assert [record.message for record in caplog.records if record.name == "livekit"] == [
        "heard again"
    ]
