"""A store in each kind of database, and a ledger with something in it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import URL, text

from tests.record.postgres import postgres
from worker.config import environment
from worker.record import journal
from worker.record.desk import Desk
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    # Not the folder of the test: the server's user may enter no folder of ours.
    folder = tempfile.TemporaryDirectory(prefix="postgres-")
    with folder as path, postgres(Path(path)) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Where a store may be."""
    url = request.getfixturevalue("server") if request.param == "postgresql" else ""
    return database(url, str(tmp_path / "record.db"))


@pytest_asyncio.fixture
async def store(place: URL) -> AsyncIterator[Store]:
    """An empty store."""
    async with Store.open(place) as opened:
        await migrate(opened)
        async with opened.engine.begin() as connection:
            await connection.execute(text("DELETE FROM conversations"))
        yield opened


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the record's process will write."""
    monkeypatch.setenv("AGENT_RECORD_FILE", str(tmp_path / "record.db"))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    environment.make_importable(ROOT)
    # A machine that is busy with other tests may need seconds to start Python.
    monkeypatch.setattr(journal, "FAREWELL", 30)
    return tmp_path / "record.db"


@pytest.fixture
def desk(file: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk with its process."""
    opened = Desk.open(tmp_path / "socket")
    yield opened
    opened.close()
