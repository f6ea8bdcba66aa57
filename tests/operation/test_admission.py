"""Which jobs a worker takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from livekit.agents import AssignmentTimeoutError
from livekit.protocol.agent import Job

from tests.operation.offered import Request
from worker.operation.admission import Admission
from worker.operation.load import MB_PER_SESSION


@dataclass
class Memory:
    available: float


def admission_of(
    most: int = 0,
    active: Callable[[], Set[str]] = set,
    unlaunched: Callable[[Job, str], None] = lambda *_: None,
) -> Admission:
    return Admission(name="Iris", max_sessions=most, active=active, unlaunched=unlaunched)


async def offer(admission: Admission, request: Request) -> None:
    job: Any = request
    await admission.on_request(job)


async def test_without_memory_for_it_a_job_is_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scarce = Memory(available=(MB_PER_SESSION - 1) * 2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: scarce)
    admission, request = admission_of(), Request()
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
    admission = admission_of(most, lambda: active)
    slow, second = Request("AJ_1", release=asyncio.Event()), Request("AJ_2")
    accepting = asyncio.create_task(offer(admission, slow))
    await asyncio.sleep(0)
    await offer(admission, second)
    assert slow.release is not None
    slow.release.set()
    await accepting
    assert slow.answers == [("accepted", "Iris")]
    assert [answer for answer, _ in second.answers] == [outcome]


@pytest.mark.parametrize(
    ("failure", "told"), [(RuntimeError("no process"), ["AJ_1"]), (AssignmentTimeoutError(), [])]
)
async def test_tells_of_a_job_that_gets_no_process(failure: Exception, told: list[str]) -> None:
    """Not of one that the server has given to somebody else."""
    lost: list[tuple[str, str]] = []
    admission = admission_of(unlaunched=lambda job, identity: lost.append((job.id, identity)))
    request = Request(failure=failure)
    with pytest.raises(type(failure)):
        await offer(admission, request)
    assert lost == [(job, request.identity) for job in told]
