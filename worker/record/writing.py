"""The process that writes the record: one a worker, with the worker's only way to the database.

`python -m worker.record.writing FD` is started by `worker.record.desk` with its listening socket as
a file descriptor; the end of standard input says that the worker is gone. It ends by itself when no
call has been connected for a moment, and is started again for the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from worker.config import environment
from worker.config.sections import RecordSettings
from worker.errors import RecordError, SightlineError
from worker.operation.privacy import keep_discreet
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.scribe import LONGEST_LINE, REFUSALS, Scribe, cause
from worker.record.store import Store

logger = logging.getLogger("worker.record")

REST = 5.0
"""Seconds without a call after which the process ends: an idle worker pays for none."""
FAREWELL = 10.0
"""Seconds that it outlives the worker to write what is left."""
MIGRATION_PAUSE = 5.0
LOOK = 0.25
HOUR = 3600.0


async def write_record(listening: socket.socket, settings: RecordSettings) -> None:
    """Serve the calls until nobody is left."""
    async with Store.open(database(settings.database_url, settings.record_file)) as store:
        scribe = Scribe(store.write)
        orphaned = asyncio.Event()
        on_end(sys.stdin.fileno(), orphaned)
        writing = asyncio.create_task(_write(store, scribe, settings), name="writing")
        server = await asyncio.start_unix_server(scribe.serve, sock=listening, limit=LONGEST_LINE)
        try:
            await _until_idle(scribe, writing, orphaned)
        finally:
            server.close()
            writing.cancel()
            await asyncio.wait([writing])


def on_end(descriptor: int, event: asyncio.Event) -> None:
    """Set the event when the descriptor says something, or ends."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        # An ended pipe is ready for ever.
        loop.remove_reader(descriptor)
        event.set()

    loop.add_reader(descriptor, end)


async def _write(store: Store, scribe: Scribe, settings: RecordSettings) -> None:
    await _until_open(store)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scribe.run(), name="scribe")
        if settings.retention_days:
            age = timedelta(days=settings.retention_days)
            tasks.create_task(forget(store, age), name="forgetting")


async def _until_open(store: Store) -> None:
    troubled = False
    while True:
        try:
            return await migrate(store)
        except (*REFUSALS, RecordError) as error:
            if not troubled:
                logger.error("the record cannot be opened", extra={"cause": cause(error)})
            troubled = True
            await asyncio.sleep(MIGRATION_PAUSE)


async def forget(
    store: Store, age: timedelta, since_boot: Callable[[], float] = time.monotonic
) -> None:
    """Forget what is older, now and every hour.

    Not in the machine's first hour: its clock may be wrong until it has been set, and one that is
    ahead would have all forgotten.
    """
    while True:
        if since_boot() < HOUR:
            await asyncio.sleep(HOUR)
            continue
        try:
            forgotten = await store.purge(datetime.now(UTC) - age)
            logger.info("old conversations are forgotten", extra={"forgotten": forgotten})
        except REFUSALS as error:
            logger.error("old conversations cannot be forgotten", extra={"cause": cause(error)})
        await asyncio.sleep(HOUR)


async def _until_idle(scribe: Scribe, writing: asyncio.Task[None], orphaned: asyncio.Event) -> None:
    clock = asyncio.get_running_loop().time
    busy, alone = clock(), None
    while not writing.done():
        await asyncio.wait([writing], timeout=LOOK)
        now = clock()
        busy = busy if scribe.idle else now
        if orphaned.is_set():
            alone = now if alone is None else alone
            if scribe.idle or now - alone > FAREWELL:
                return
        elif now - busy > REST:
            return
    writing.result()


def main() -> None:
    """Run until idle, or until the worker is gone and everything is written."""
    written = logging.StreamHandler()
    keep_discreet()
    line = "%(asctime)s %(levelname)s %(name)s: %(message)s %(cause)s%(forgotten)s"
    written.setFormatter(logging.Formatter(line, defaults={"cause": "", "forgotten": ""}))
    logging.basicConfig(level=logging.INFO, handlers=[written])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # The end of the worker is told by its pipe: signals for a whole group are not for us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    listening = socket.socket(fileno=int(sys.argv[1]))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(write_record(listening, environment.record()))


if __name__ == "__main__":
    # What people said is for nobody else on the machine to read.
    os.umask(0o077)
    try:
        main()
    except SightlineError as error:
        sys.exit(str(error))
