"""The native library warmed up: it has tried to join, and nobody is bothered with that."""

from __future__ import annotations

import logging

import pytest
from livekit.rtc._ffi_client import FfiClient

from tests.clock import Clock
from worker.start.exchange import Exchange
from worker.start.native import LATE, Unheard, knock, start_native


async def test_it_knocks_at_a_door_that_is_shut() -> None:
    assert "refused" in await knock()


def test_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="livekit"):
        start_native()
        assert isinstance(FfiClient.instance.queue, Exchange)
        logging.getLogger("livekit").warning("heard again")
    assert [record.message for record in caplog.records if record.name == "livekit"] == [
        "heard again"
    ]


@pytest.mark.parametrize(
    ("after", "module", "heard"),
    [
        (LATE - 0.1, "_ffi_client", False),
        (LATE - 0.1, "room", True),
        (LATE + 0.1, "_ffi_client", True),
    ],
)
def test_its_lines_come_a_second_late(after: float, module: str, heard: bool) -> None:
    clock = Clock()
    unheard = Unheard(clock)
    clock.now += 60
    unheard.end()
    clock.now += after
    record = logging.LogRecord("livekit", logging.ERROR, f"{module}.py", 0, "refused", None, None)
    assert unheard.filter(record) is heard
