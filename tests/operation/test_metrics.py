"""Figures outlive the processes that counted them, and take no more room for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from worker.gemini.failures import LOST, Failure, Kind
from worker.operation import metrics
from worker.operation.vitals import Reporter, Vitals

ROOT = Path(__file__).parents[2]
JOB = """
import os, sys
from pathlib import Path
from worker.operation import metrics
metrics.share(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
metrics.CONNECTIONS.labels("first").inc()
metrics.GAP.labels("passing").observe(0.2)
print("counted", flush=True)
sys.stdin.read()
"""


def job(folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that counts one connection and one gap, and waits to be ended."""
    process = subprocess.Popen(
        [sys.executable, "-c", JOB],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"counted\n"
    return process


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    process.communicate()


def collected(folder: Path) -> dict[str, float]:
    """Return what Prometheus would be given: samples by name and labels."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in registry.collect()
        for sample in family.samples
    }


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_figures_of_dead_processes_count_and_their_files_are_used_again(
    tmp_path: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "figures"
    for _ in range(4):
        end(job(folder), how)
    assert collected(folder)["sightline_live_connections_total['first']"] == 4
    assert collected(folder)["sightline_live_gap_seconds_count['passing']"] == 4
    assert sorted(each.name for each in folder.iterdir()) == ["counter_0.db", "histogram_0.db"]


def test_processes_that_live_at_once_have_files_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    jobs = [job(folder) for _ in range(3)]
    assert len(list(folder.iterdir())) == 6
    for each in jobs:
        end(each, signal.SIGKILL)
    end(job(folder), signal.SIGKILL)
    assert collected(folder)["sightline_live_connections_total['first']"] == 4
    assert len(list(folder.iterdir())) == 6


def test_what_a_dead_process_was_doing_is_forgotten_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "gauge_livesum_0.db").touch()
    end(job(folder), signal.SIGKILL)
    assert not (folder / "gauge_livesum_0.db").exists()


def value(name: str, *labels: str) -> float:
    metric = getattr(metrics, name).labels(*labels)
    return float(metric._sum.get() if name == "GAP" else metric._value.get())


def gained(name: str, *labels: str, before: dict[str, float]) -> float:
    return value(name, *labels) - before[name]


def test_a_call_is_counted_by_cause() -> None:
    dropped = 0
    vitals = Vitals(reporter=Reporter(""), source="a", dropped=lambda: dropped)
    labels = {
        "CONNECTIONS": "resumed",
        "LOSSES": "passing",
        "FAILED_DIALS": "refused-handle",
        "GAP": "passing",
        "SAMPLES_DROPPED": "passing",
    }
    before = {name: value(name, label) for name, label in labels.items()}
    vitals.on_connected(0.3, "first")
    vitals.on_lost(LOST)
    vitals.on_lost(Failure(kind=Kind.REFUSED_HANDLE, operator="", room=""))
    dropped = 160
    vitals.on_connected(1.5, "resumed")
    vitals.close()
    found = {name: gained(name, label, before=before) for name, label in labels.items()}
    assert found == {
        "CONNECTIONS": 1,
        "LOSSES": 1,
        "FAILED_DIALS": 1,
        "GAP": 1.5,
        "SAMPLES_DROPPED": 160,
    }


def test_a_renewal_is_no_failure() -> None:
    vitals = Vitals(reporter=Reporter(""), source="a", dropped=lambda: 0)
    before = {name: value(name, "renewal") for name in ("LOSSES", "GAP")}
    vitals.on_connected(0.3, "first")
    vitals.on_lost(None)
    vitals.on_connected(0.1, "resumed")
    assert gained("LOSSES", "renewal", before=before) == 1
    assert gained("GAP", "renewal", before=before) == pytest.approx(0.1)
