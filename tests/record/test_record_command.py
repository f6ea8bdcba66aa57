"""`python -m worker.record`: what an operator types, and what comes back."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.record.samples import ALL, CALL
from worker.record.__main__ import main
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.store import Store


async def _fill(place: URL) -> None:
    async with Store.open(place) as store:
        await migrate(store)
        await store.purge(datetime.now(UTC))
        await store.write(ALL)


@pytest.fixture
def _record(place: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    is_file = place.get_backend_name() == "sqlite"
    monkeypatch.setenv("AGENT_RECORD_FILE", str(place.database))
    address = place.set(drivername="postgresql").render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", "" if is_file else address)
    asyncio.run(_fill(place))


@pytest.mark.usefixtures("_record")
def test_lists_shows_and_forgets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split()[-6:] == [
        "00:00:25",
        "2",
        "0.0035",
        "guide",
        "room",
        CALL,
    ]
    assert main(["show", "AJ"]) == 0
    assert "I am back." in capsys.readouterr().out
    assert main(["purge", "--days", "1"]) == 0
    assert capsys.readouterr().out == "1 conversation forgotten.\n"
    assert main(["list"]) == 0
    assert capsys.readouterr().out == "No conversations yet.\n"


@pytest.mark.usefixtures("_record")
def test_exports_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "talk.json"
    assert main(["export", CALL, "--format", "json", "--output", str(output)]) == 0
    assert json.loads(output.read_text(encoding="utf-8"))["id"] == CALL
    assert str(output) in capsys.readouterr().out


@pytest.mark.usefixtures("_record")
def test_says_in_a_line_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "AJ_9"]) == 1
    assert capsys.readouterr().err == "no such conversation\n"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", "There is no record yet"),
        ("mysql://a:secret@b/c", "DATABASE_URL must be"),
        ("postgresql://a:secret@b/c?schema=x", "DATABASE_URL must have nothing behind its ? but"),
        ("postgresql://a:secret@127.0.0.1:1/c", "cannot be read"),
    ],
)
def test_a_record_that_cannot_be_had_is_one_line_and_no_secret(
    url: str,
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["list"]) == 1
    said = capsys.readouterr().err
    assert wanted in said
    assert said.count("\n") == 1
    assert "secret" not in said


@pytest.mark.parametrize(
    ("given", "driver", "query"),
    [
        ("postgres://u@h/d", "postgresql+asyncpg", {}),
        ("postgresql+psycopg2://u@h/d?sslmode=require", "postgresql+asyncpg", {"ssl": "require"}),
        ("postgresql://u@h/d?channel_binding=require&ssl=on", "postgresql+asyncpg", {"ssl": "on"}),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite", {}),
    ],
)
def test_takes_addresses_as_hosters_hand_them_out(
    given: str, driver: str, query: dict[str, str]
) -> None:
    place = database(given, "unused.db")
    assert (place.drivername, dict(place.query)) == (driver, query)
