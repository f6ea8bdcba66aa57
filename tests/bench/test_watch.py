"""The watch over event loops, in a process of its own as it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
STALLS = """
import asyncio, pathlib, sys, time
async def main():
    await asyncio.sleep(0.2)
    time.sleep(0.15)
    end = time.process_time() + 0.1
    while time.process_time() < end: pass
    await asyncio.sleep(0.7)
    pathlib.Path(sys.argv[1], "on").unlink()
    await asyncio.sleep(1.0)
asyncio.run(main())
"""


def test_notes_how_long_a_loop_was_held_up_and_how_much_of_it_was_work(
    tmp_path: Path,
) -> None:
    (tmp_path / "on").touch()
    env = {**os.environ, "PYTHONPATH": str(INSIDE), "BENCH_LOOPS": str(tmp_path)}
    command = [sys.executable, "-c", STALLS, str(tmp_path)]
    subprocess.run(command, check=True, env=env)
    (written,) = tmp_path.glob("*.json")
    report = json.loads(written.read_text())
    late, busy = max(report["late"])
    assert report["main"] is True
    assert late >= 0.24
    assert 0.09 <= busy < late - 0.1


def test_leaves_a_process_alone_that_nobody_watches(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(INSIDE), "BENCH_LOOPS": str(tmp_path)}
    command = [sys.executable, "-c", "import asyncio; asyncio.run(asyncio.sleep(0.6))"]
    subprocess.run(command, check=True, env=env)
    assert list(tmp_path.iterdir()) == []
