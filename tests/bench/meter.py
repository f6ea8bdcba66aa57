"""What a tree of processes takes: CPU time and memory, its own and shared fairly."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psutil


class Meter:
    """Measures a program and all its descendants."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)

    def cpu(self) -> float:
        """Return the CPU seconds used so far, those of descendants that have ended included."""
        total = 0.0
        for process in self._tree():
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system + times.children_user + times.children_system
        return total

    def pss(self) -> float:
        """Return the proportional set size in MB: pages shared by two processes count half each."""
        return float(sum(one.pss for one in self._memory())) / 2**20

    def private(self) -> float:
        """Return in MB what no other process shares.

        The measure of growth: the share in what is shared grows whenever somebody else's process,
        with the same libraries in it, ends.
        """
        return float(sum(one.uss for one in self._memory())) / 2**20

    def _memory(self) -> Iterator[Any]:
        for process in self._tree():
            with contextlib.suppress(psutil.Error):
                yield process.memory_full_info()

    def by_process(self) -> dict[int, float]:
        """Return the CPU seconds of every living process by its id."""
        found = {}
        for process in self._tree():
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            found[process.pid] = times.user + times.system
        return found

    def _tree(self) -> Iterator[psutil.Process]:
        try:
            children = self._root.children(recursive=True)
        except psutil.Error:
            children = []
        return iter([self._root, *children])


def busiest(before: dict[int, float], after: dict[int, float]) -> int | None:
    """Return the process that used most CPU time between two looks: it serves the call."""
    used = {pid: seconds - before.get(pid, 0.0) for pid, seconds in after.items()}
    return max(used, key=lambda pid: used[pid], default=None)
