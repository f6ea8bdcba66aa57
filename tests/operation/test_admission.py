"""Which jobs a worker takes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from tests.operation.offered import Request
from worker.operation.admission import Admission
from worker.operation.load import MB_PER_SESSION
from worker.room.seniority import SINCE


@dataclass
class Memory:
    available: float


async def offer(admission: Admission, request: Request) -> None:
    job: Any = request
    await admission.on_request(job)


async def test_without_memory_for_it_a_job_is_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scarce = Memory(available=(MB_PER_SESSION - 1) * 2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: scarce)
    admission, request = Admission(name="Iris", max_sessions=0, active=set), Request()
    await offer(admission, request)
    assert request.answers == [("rejected", "here")]


@pytest.mark.parametrize(
    ("most", "active", "outcome"),
    [(1, set(), "rejected"), (2, set(), "accepted"), (2, {"AJ_1"}, "accepted")],
)
async def test_a_job_counts_once_from_the_moment_it_is_accepted(
    most: int, active: set[str], outcome: str
) -> None:
    """Also when it has its process before its acceptance is through."""
    admission = Admission(name="Iris", max_sessions=most, active=lambda: active)
    slow, second = Request("AJ_1", release=asyncio.Event()), Request("AJ_2")
    accepting = asyncio.create_task(offer(admission, slow))
    await asyncio.sleep(0)
    await offer(admission, second)
    assert slow.release is not None
    slow.release.set()
    await accepting
    assert slow.answers == [("accepted", "Iris")]
    assert [answer for answer, _ in second.answers] == [outcome]


async def test_a_job_carries_when_it_was_taken() -> None:
    before, request = time.time(), Request()
    await offer(Admission(name="Iris", max_sessions=0, active=set), request)
    assert before <= int(request.attributes[SINCE]) / 1000 + 0.001 <= time.time() + 0.002
