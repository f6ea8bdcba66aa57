"""Takes the entries of every call and has them written in batches, retried until they are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from worker.errors import RecordError
from worker.record.entries import Entry, decode

logger = logging.getLogger(__name__)

PERIOD = 0.1
"""Seconds in which entries of all calls gather for one transaction."""
BATCH = 500
WAITING = 5_000
"""Entries that wait for the database; then the calls' own ledgers hold what comes."""
LONGEST_LINE = 256 * 1024
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
"""Seconds between tries while the database refuses."""

Write = Callable[[Sequence[Entry]], Awaitable[None]]
REFUSALS = (SQLAlchemyError, OSError)
UNFIT = (DataError, IntegrityError, UnicodeError, OverflowError)
UNFIT_STATES = ("22", "23", "54")
"""Classes of SQLSTATE that speak of the values: data, constraints, limits. SQLAlchemy has no type
for what asyncpg finds wrong with a value."""


@dataclass(slots=True)
class Scribe:
    """Between the calls' journals and the database; nothing here knows which database it is."""

    write: Write
    calls: int = 0
    """Calls that are connected."""
    written: int = 0
    _waiting: asyncio.Queue[tuple[Entry | None, asyncio.StreamWriter]] = field(
        default_factory=lambda: asyncio.Queue(WAITING)
    )
    _writing: bool = False
    _troubled: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call's connection, until it ends."""
        self.calls += 1
        try:
            while line := await reader.readline():
                await self._waiting.put((self._read(line), writer))
        except (OSError, ValueError):
            logger.warning("a call's connection broke", exc_info=True)
        finally:
            self.calls -= 1
            writer.close()

    async def run(self) -> None:
        """Write what comes, until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            self._writing = True
            await asyncio.sleep(PERIOD)
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._write_out([entry for entry, _ in batch if entry is not None])
            for writer, count in Counter(writer for _, writer in batch).items():
                self._confirm(writer, count)
            self._writing = False

    @property
    def idle(self) -> bool:
        """Whether nobody is connected and everything is written."""
        return self.calls == 0 and self._waiting.empty() and not self._writing

    def _read(self, line: bytes) -> Entry | None:
        try:
            return decode(line)
        except RecordError:
            logger.warning("an entry of the record cannot be read")
            return None

    def _confirm(self, writer: asyncio.StreamWriter, count: int) -> None:
        if not writer.is_closing():
            with contextlib.suppress(OSError):
                writer.write(f"{count}\n".encode())

    async def _write_out(self, entries: Sequence[Entry]) -> None:
        """Write, however long it takes; one entry that no database takes does not stop the rest."""
        pause = SHORTEST_PAUSE
        while entries:
            try:
                await self.write(entries)
            except (*REFUSALS, *UNFIT) as error:
                if unfit(error):
                    entries = await self._one_by_one(entries)
                    continue
                self._report(error)
                await asyncio.sleep(pause * (1 + random.random()))
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                self.written += len(entries)
                self._recover()
                return

    async def _one_by_one(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Write each for itself; gives back those for which the database was not there."""
        left: list[Entry] = []
        for entry in entries:
            try:
                await self.write([entry])
                self.written += 1
            except (*REFUSALS, *UNFIT) as error:
                if not unfit(error):
                    left.append(entry)
                    continue
                # What a database says of a value quotes it: its kind alone is for the log.
                kind = sqlstate(error) or type(error).__name__
                logger.error("an entry was refused", extra={"cause": kind})
        return left

    def _report(self, error: Exception) -> None:
        if not self._troubled:
            self._troubled = True
            logger.error("the record cannot be written", extra={"cause": cause(error)})

    def _recover(self) -> None:
        if self._troubled:
            self._troubled = False
            logger.info("the record is written again")


def unfit(error: Exception) -> bool:
    """Whether a database that is there will never take such an entry, however often it is asked."""
    original = getattr(error, "orig", None)
    unlike = isinstance(error, UNFIT) or isinstance(original, UNFIT)
    return unlike or sqlstate(error).startswith(UNFIT_STATES)


def sqlstate(error: Exception) -> str:
    """Five signs of the SQL standard for what went wrong, where the driver tells them."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def cause(error: Exception) -> str:
    """What a database says is wrong, without the statement and its values."""
    original = getattr(error, "orig", None) or error
    return f"{type(original).__name__}: {str(original).splitlines()[0] if str(original) else ''}"
