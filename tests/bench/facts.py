"""Where and with what a run was made: the machine, the versions, the date."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from offline.building import version_of
from offline.livekit import find_or_install
from offline.stack import ROOT
from tests.bench.environments import LOCKS, pins
from tests.bench.metrics import ADK, PLAIN, SIGHTLINE

BUSY = "busy at the start, %"
"""Share of the machine's CPU that other programs take: its load average would tell of the past."""
LOOKED = 2.0
"""Seconds over which that is taken."""
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
        BUSY: f"{psutil.cpu_percent(LOOKED):.0f}",
        "versions": {
            SIGHTLINE: {name: metadata.version(name) for name in OURS},
            **{name: _pinned(name) for name in LOCKS},
        },
    }


def merged(before: Mapping[str, object], now: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of a run made of slices: what differs between them is listed.

    Of what else ran the most counts: one busy slice makes the figures of all doubtful.
    """
    if not before:
        return {**now, "slices": 1}
    facts = {**before, "slices": int(str(before.get("slices", 1))) + 1}
    for name in ("commit", "rounds"):
        said = str(before[name]).split(", ")
        facts[name] = ", ".join(dict.fromkeys([*said, str(now[name])]))
    facts["date"] = f"{str(before['date']).partition(' to ')[0]} to {now['date']}"
    facts[BUSY] = max(str(before[BUSY]), str(now[BUSY]), key=float)
    return facts


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
