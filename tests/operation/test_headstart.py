"""The next process is made when the call that took the last one has joined."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

from livekit.agents.ipc.proc_pool import ProcPool

from worker.operation.headstart import HEAD_START, HeadStart


@dataclass
class Processes:
    """How many are wanted, and what a timer will do."""

    wanted: int = 2
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def set_target_idle_processes(self, num_idle_processes: int) -> None:
        self.wanted = num_idle_processes

    def call_later(self, seconds: float, what: Callable[[], None]) -> None:
        self.timers.append((seconds, what))


def head_start(pool: Processes) -> HeadStart:
    return HeadStart(pool, target=2, call_later=pool.call_later)


def test_none_is_made_at_once_and_all_are_soon() -> None:
    pool = Processes()
    head_start(pool).give()
    ((seconds, end),) = pool.timers
    assert (pool.wanted, seconds) == (0, HEAD_START)
    end()
    assert pool.wanted == 2


def test_calls_in_a_row_do_not_put_it_off_for_ever() -> None:
    pool = Processes()
    start = head_start(pool)
    for _ in range(3):
        start.give()
    ((_, end),) = pool.timers
    end()
    assert pool.wanted == 2
    start.give()
    assert len(pool.timers) == 2


def test_a_call_without_a_process_is_given_one_whatever_is_wanted() -> None:
    """Or calls that come all at once would wait for each other."""
    source = inspect.getsource(ProcPool._main_task)
    assert "self._jobs_waiting_for_process,\n" in source[source.index("target = max(") :]
