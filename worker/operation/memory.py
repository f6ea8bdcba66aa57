"""How much memory a worker can still have: what the machine has left, or its container's limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def available() -> float:
    """Bytes that new processes can still have."""
    left = [left for folder in groups(ROOT, MEMBERSHIP) if (left := left_in(folder)) is not None]
    return min([float(psutil.virtual_memory().available), *left])


def groups(root: Path, membership: Path) -> Iterator[Path]:
    """The control groups we are in, innermost first; each may have a limit of its own.

    Args:
        root: where control groups are mounted.
        membership: the file that says which we are in, lines of ``0::/path`` (version 2) and
            ``4:memory:/path`` (version 1). In a container the path may be none of its own tree.
    """
    try:
        lines = membership.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        tree = root / "memory" if controllers else root
        inner = tree / path.lstrip("/")
        yield from (folder for folder in (inner, *inner.parents) if folder.is_relative_to(tree))


def left_in(group: Path) -> float | None:
    """Bytes left below the group's limit, counting file cache that can be given back as left.

    None where there is no limit, or no such group.
    """
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            most = (group / limit).read_text(encoding="ascii").strip()
            held = int((group / used).read_text(encoding="ascii"))
            return None if most == "max" else max(0.0, float(int(most) - held + _cache(group)))
        except (OSError, ValueError):
            continue
    return None


def _cache(group: Path) -> int:
    try:
        lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split(" ", 1) for line in lines if " " in line)
    # Version 1 counts what lies below a group apart.
    return int(counts.get("total_inactive_file", counts.get("inactive_file", 0)))
