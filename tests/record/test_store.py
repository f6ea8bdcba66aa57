"""The record in SQLite and in a real PostgreSQL: the same calls, the same answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.record import samples
from tests.record.samples import SPENT
from worker.errors import RecordError
from worker.record.entries import Closing, Entry, Line, Opening, Remark, ToolCall
from worker.record.ledger import Ledger
from worker.record.migrating import check, migrate
from worker.record.place import database
from worker.record.schema import metadata
from worker.record.store import Store
from worker.room.messages import Notice

OPENING = Opening(call="AJ_1", room="room", persona="guide", model="m", at=1_700_000_000.5)
LINE = Line(
    call="AJ_1", id="user-1", place=1, who="user", identity="ann", text="Grüß Gott 👋",
    began=0.5, ended=1.25, final=False, interrupted=False,
)  # fmt: skip
TOOL = ToolCall(
    call="AJ_1", id="c1", place=2, name="look", status="done", summary="Seen.", began=2.0, ended=3.0
)
REMARK = Remark(call="AJ_1", id="notice-1", place=3, level="info", text="I am back.", at=4.0)
CLOSING = Closing(call="AJ_1", after=5.5, reason="everybody left")
ALL: tuple[Entry, ...] = (OPENING, LINE, TOOL, REMARK, CLOSING)


async def test_gives_back_what_was_written(store: Store) -> None:
    await store.write(ALL)
    talk = await store.talk("AJ_1")
    assert talk.in_order() == [LINE, TOOL, REMARK]
    assert (talk.lasted, talk.reason, talk.room) == (5.5, "everybody left", "room")
    assert talk.started == datetime.fromtimestamp(1_700_000_000.5, UTC)


async def test_gives_back_every_kind_of_entry(store: Store) -> None:
    await store.write(samples.ALL)
    assert await store.talk(samples.CALL) == samples.TALK


@pytest.mark.parametrize("text", ["'; DROP TABLE lines; --", '" OR 1=1', "%s %(x)s :x ?", "\\'"])
async def test_text_is_never_part_of_a_statement(store: Store, text: str) -> None:
    line = replace(LINE, text=text, identity=text, id=text)
    tool = replace(TOOL, summary=text, name=text)
    await store.write([replace(OPENING, room=text), line, tool])
    talk = await store.talk("AJ_1")
    assert (talk.lines, talk.tools, talk.room) == ((line,), (tool,), text)
    with pytest.raises(RecordError):
        await store.talk(text)


async def test_takes_whatever_a_call_may_be_named(store: Store) -> None:
    ledger = Ledger(call="AJ_1", clock=lambda: 0.0)
    ledger.open(room="\0\ud800" + "r" * 256, persona="p" * 99, model="m" * 200, at=1.0)
    for last in ("a", "b"):
        ledger.note(Notice(id="n" * 300 + last, level="info", text=last))
    await store.write(ledger.take())
    talk = await store.talk("AJ_1")
    assert talk.room == "?" + "r" * 254
    assert [remark.text for remark in talk.remarks] == ["a", "b"]


async def test_a_later_entry_takes_the_place_of_an_earlier_one(store: Store) -> None:
    await store.write([OPENING, LINE])
    await store.write(
        [replace(LINE, text="Grüß", place=1), replace(LINE, final=True, text="Whole")]
    )
    (line,) = (await store.talk("AJ_1")).lines
    assert (line.text, line.final) == ("Whole", True)


async def test_what_is_written_twice_is_kept_once_and_an_end_stays(store: Store) -> None:
    await store.write(ALL)
    await store.write(ALL[:4])
    talk = await store.talk("AJ_1")
    assert len(talk.in_order()) == 3
    assert talk.lasted == 5.5


async def test_writes_all_or_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.write([OPENING, replace(LINE, call="AJ_unknown")])
    assert await store.conversations() == []


async def test_lists_the_newest_first_with_their_final_lines(store: Store) -> None:
    later = replace(OPENING, call="AJ_2", at=OPENING.at + 60)
    await store.write([*ALL, later, replace(LINE, call="AJ_2", final=True)])
    listed = await store.conversations()
    assert [(item.id, item.lines) for item in listed] == [("AJ_2", 1), ("AJ_1", 0)]
    assert [item.id for item in await store.conversations(limit=1)] == ["AJ_2"]


async def test_keeps_what_every_turn_has_cost_and_lists_the_sum(store: Store) -> None:
    again = replace(SPENT, id="usage-2", place=6)
    await store.write([*ALL, SPENT, again, replace(again, usd=0.5)])
    assert (await store.talk("AJ_1")).usages == (SPENT, replace(again, usd=0.5))
    (listed,) = await store.conversations()
    assert listed.lines == 0
    assert listed.usd == pytest.approx(0.503459)


async def test_finds_a_conversation_by_the_beginning_of_its_id(store: Store) -> None:
    await store.write([OPENING, replace(OPENING, call="AJ_12")])
    assert (await store.talk("AJ_1")).id == "AJ_1"
    with pytest.raises(RecordError, match="more than one"):
        await store.talk("AJ")
    with pytest.raises(RecordError, match="no such"):
        await store.talk("AJ%")


async def test_purges_by_age_with_all_that_belongs_to_it(store: Store) -> None:
    await store.write([*ALL, replace(OPENING, call="AJ_2", at=OPENING.at + 90)])
    moment = datetime.fromtimestamp(OPENING.at, UTC) + timedelta(seconds=30)
    assert await store.purge(moment) == 1
    assert [item.id for item in await store.conversations()] == ["AJ_2"]
    await store.write([OPENING])
    assert (await store.talk("AJ_1")).lines == ()


async def test_several_processes_may_migrate_at_once(store: Store) -> None:
    await asyncio.gather(*(migrate(store) for _ in range(4)))
    await store.write(ALL)


async def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    async with store.engine.connect() as connection:
        made = await connection.run_sync(
            lambda sync: {
                table: {
                    column["name"]: column["nullable"]
                    for column in inspect(sync).get_columns(table)
                }
                for table in metadata.tables
            }
        )
    assert made == {
        name: {column.name: column.nullable for column in table.columns}
        for name, table in metadata.tables.items()
    }


async def test_a_record_of_a_newer_version_is_left_alone(place: URL) -> None:
    async with Store.open(place) as store:
        await migrate(store)
        async with store.engine.begin() as connection:
            await connection.execute(text("UPDATE sightline_version SET version_num = '9999'"))
        for deed in (migrate, check):
            with pytest.raises(RecordError, match="newer version"):
                await deed(store)
        async with store.engine.begin() as connection:
            await connection.run_sync(metadata.drop_all)
            await connection.execute(text("DROP TABLE sightline_version"))


async def test_a_file_from_before_the_table_of_versions_had_its_name_goes_on(
    tmp_path: Path,
) -> None:
    async with Store.open(database("", str(tmp_path / "record.db"))) as store:
        await migrate(store)
        await store.write(ALL)
        async with store.engine.begin() as connection:
            await connection.execute(
                text("ALTER TABLE sightline_version RENAME TO alembic_version")
            )
        await migrate(store)
        assert len(await store.conversations()) == 1


async def test_whoever_only_reads_changes_nothing(tmp_path: Path) -> None:
    async with Store.open(database("", str(tmp_path / "record.db"))) as store:
        with pytest.raises(RecordError, match="no record yet"):
            await check(store)
        await migrate(store)
        await check(store)
        async with store.engine.begin() as connection:
            await connection.execute(text("UPDATE sightline_version SET version_num = '0001'"))
        with pytest.raises(RecordError, match="older version"):
            await check(store)
