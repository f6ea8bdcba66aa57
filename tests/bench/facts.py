"""Where and with what a run was made: the machine, the versions, the date."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from offline.building import version_of
from offline.livekit import find_or_install
from offline.stack import ROOT
from tests.bench.environments import LOCKS, pins
from tests.bench.metrics import ADK, PLAIN, SIGHTLINE

OURS = ("livekit-agents", "livekit-plugins-google", "livekit", "google-genai")
THEIRS = {
    PLAIN: (*OURS, "pillow"),
    ADK: ("google-adk", "livekit", "google-genai", "pillow"),
}


def gather(rounds: str) -> dict[str, object]:
    """Return the facts of a run that begins now. Blocks."""
    kernel = platform.release().partition("-")[0]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(_read("/proc/cpuinfo"), _read("/proc/meminfo"), os.cpu_count() or 0),
        "system": f"{platform.system()} {kernel}, Python {platform.python_version()}",
        "livekit-server": ".".join(map(str, version_of(find_or_install()))),
        "commit": _commit(),
        "rounds": rounds,
        "load at the start": f"{os.getloadavg()[0]:.2f}",
        "versions": {
            SIGHTLINE: {name: metadata.version(name) for name in OURS},
            **{name: _pinned(name) for name in LOCKS},
        },
    }


def machine(cpuinfo: str, meminfo: str, cores: int) -> str:
    """Return one line on the processor, its cores and the memory."""
    model = re.search(r"(?m)^model name\s*:\s*(.+)$", cpuinfo)
    memory = re.search(r"(?m)^MemTotal:\s*(\d+) kB", meminfo)
    size = f"{int(memory[1]) / 2**20:.0f} GiB" if memory else "unknown memory"
    return f"{model[1].strip() if model else platform.machine()}, {cores} cores, {size}"


def _pinned(contender: str) -> dict[str, str]:
    found = pins(LOCKS[contender].read_text())
    return {name: found[name] for name in THEIRS[contender]}


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _commit() -> str:
    answer = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or "unknown"
