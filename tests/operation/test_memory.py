"""Memory that a worker can still have, on a machine and in a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.operation.memory import available, groups, left_in

MB = 2**20


def group(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n")
    return folder


def membership(folder: Path, text: str) -> Path:
    (folder / "cgroup").write_text(text)
    return folder / "cgroup"


def test_a_container_has_what_its_limit_leaves(tmp_path: Path) -> None:
    files = {"memory__max": f"{2048 * MB}", "memory__current": f"{1500 * MB}"}
    assert left_in(group(tmp_path, **files)) == 548 * MB


def test_cache_that_can_be_given_back_is_left(tmp_path: Path) -> None:
    files = {"memory__max": f"{1000 * MB}", "memory__current": f"{900 * MB}"}
    files["memory__stat"] = f"anon 1\ninactive_file {300 * MB}"
    assert left_in(group(tmp_path, **files)) == 400 * MB


def test_control_groups_of_the_first_version_are_read(tmp_path: Path) -> None:
    files = {"memory__limit_in_bytes": f"{100 * MB}", "memory__usage_in_bytes": f"{90 * MB}"}
    files["memory__stat"] = f"inactive_file 0\ntotal_inactive_file {5 * MB}"
    assert left_in(group(tmp_path, **files)) == 15 * MB


def test_more_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    files = {"memory__max": f"{10 * MB}", "memory__current": f"{11 * MB}"}
    assert left_in(group(tmp_path, **files)) == 0


@pytest.mark.parametrize("most", ["max", "nonsense", ""])
def test_no_limit_or_an_unreadable_one_is_none(tmp_path: Path, most: str) -> None:
    assert left_in(group(tmp_path, memory__max=most, memory__current="5")) is None


def test_a_limit_above_ours_counts_too(tmp_path: Path) -> None:
    inner = group(tmp_path / "pods" / "worker")
    found = list(groups(tmp_path, membership(tmp_path, "0::/pods/worker\n")))
    assert found == [inner, tmp_path / "pods", tmp_path]


def test_the_first_version_has_a_tree_for_memory(tmp_path: Path) -> None:
    told = membership(tmp_path, "8:pids:/x\n4:cpu,memory:/docker/1\n")
    tree = tmp_path / "memory"
    assert list(groups(tmp_path, told)) == [tree / "docker" / "1", tree / "docker", tree]


def test_without_control_groups_there_is_the_machine(tmp_path: Path) -> None:
    assert list(groups(tmp_path, tmp_path / "none")) == []
    assert available() > MB
