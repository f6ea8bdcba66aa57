"""What a tree of processes takes: CPU time and memory, its own and shared fairly."""

from __future__ import annotations

from collections.abc import Iterator

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
        total = 0
        for process in self._tree():
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        return total / 2**20

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
