"""`python -m worker.record list | show | export | purge`: the conversations that were kept."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import SQLAlchemyError

from worker.config import environment
from worker.errors import RecordError, SightlineError
from worker.record.export import FORMATS, clock
from worker.record.migrating import check
from worker.record.place import database
from worker.record.scribe import cause
from worker.record.store import Store
from worker.record.talks import Summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; gives the exit code: 0, 1 for an error, 2 for wrong use."""
    wanted = _parser().parse_args(arguments)
    try:
        text = asyncio.run(_run(wanted))
        _fit(sys.stdout, is_file=wanted.deed == "export")
        sys.stdout.write(text)
    except SightlineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"The record cannot be read: {cause(error)}\n")
        return 1
    return 0


def _fit(out: TextIO, *, is_file: bool) -> None:
    """Have any text be written, whatever the locale: a file in UTF-8, words as well as it can."""
    if isinstance(out, io.TextIOWrapper):
        if is_file:
            out.reconfigure(encoding="utf-8")
        else:
            out.reconfigure(errors="replace")


async def _run(wanted: argparse.Namespace) -> str:
    settings = environment.record()
    place = database(settings.database_url, settings.record_file)
    if place.get_backend_name() == "sqlite":
        await asyncio.to_thread(_expect, Path(place.database or ""))
    async with Store.open(place) as store:
        await check(store)
        match wanted.deed:
            case "list":
                return _listed(await store.conversations(wanted.limit))
            case "purge":
                return await _purged(store, wanted.days)
        text = FORMATS[wanted.format](await store.talk(wanted.id))
    if wanted.deed == "export" and wanted.output:
        await asyncio.to_thread(Path(wanted.output).write_text, text, encoding="utf-8")
        return f"Written to {wanted.output}\n"
    return text


def _expect(file: Path) -> None:
    # Opening it would make it.
    if not file.exists():
        raise RecordError(f"There is no record yet: {file} does not exist")


async def _purged(store: Store, days: float) -> str:
    forgotten = await store.purge(datetime.now(UTC) - timedelta(days=days))
    return f"{forgotten} conversation{'s' * (forgotten != 1)} forgotten.\n"


def _listed(found: Sequence[Summary]) -> str:
    if not found:
        return "No conversations yet.\n"
    rows: list[tuple[str, ...]] = [
        ("began (UTC)", "lasted", "lines", "USD", "persona", "room", "id")
    ]
    rows += [_row(summary) for summary in found]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in rows
    )


def _row(summary: Summary) -> tuple[str, ...]:
    lasted = "not ended" if summary.lasted is None else clock(summary.lasted)[:8]
    began = f"{summary.started:%Y-%m-%d %H:%M:%S}"
    # A room's name is somebody else's text: nothing in it may steer the terminal.
    room = "".join(c if c.isprintable() else "?" for c in summary.room)
    return (
        began,
        lasted,
        str(summary.lines),
        f"{summary.usd:.4f}",
        summary.persona,
        room,
        summary.id,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker.record", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True)
    listing = deeds.add_parser("list", help="the newest conversations")
    listing.add_argument("--limit", type=_count, default=50, metavar="N")
    showing = deeds.add_parser("show", help="one conversation, to read")
    showing.add_argument("id", help="as in the list; its beginning will do")
    showing.set_defaults(format="md")
    exporting = deeds.add_parser("export", help="one conversation as a file")
    exporting.add_argument("id")
    exporting.add_argument("--format", choices=list(FORMATS), default="md")
    exporting.add_argument("--output", metavar="FILE", help="standard output if left out")
    purging = deeds.add_parser("purge", help="forget conversations")
    purging.add_argument("--days", type=_age, required=True, help="that began longer ago than this")
    return parser


def _count(given: str) -> int:
    if not 1 <= (count := int(given)) <= 100_000:
        raise argparse.ArgumentTypeError("must be from 1 to 100000")
    return count


def _age(given: str) -> float:
    if not 0 <= (days := float(given)) <= 36_500:
        raise argparse.ArgumentTypeError("must be from 0 to 36500")
    return days


if __name__ == "__main__":
    # What people said is for nobody else on the machine to read.
    os.umask(0o077)
    sys.exit(main())
