"""What is left of a call when it is over: its words, tools and times, and none of its pictures."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, new_room, rig, until
from worker.record.place import database
from worker.record.store import Store
from worker.record.talks import Talk

pytestmark = [*MARKS, pytest.mark.slow]


async def test_a_call_is_kept_as_the_room_was_told_it(figures: Figures) -> None:
    async with rig("record", env={"AGENT_RECORD_FILE": "record.db"}) as machine:
        room = new_room("record")
        async with machine.guest(room) as guest:
            await guest.wait_for_state("listening")
            await guest.wait_for_reply(await guest.type("What time is it?"))
            spoken = await guest.say("Hello there.")
            await guest.wait_for_reply(spoken.last_loud)
            await guest.wait_for_quiet()
        talk = await until("record of the call", lambda: ended(machine.folder / "record.db"), 20.0)
    told = final_lines(guest)
    assert [line.text for line in talk.lines if line.final] == told
    assert [call.name for call in talk.tools] == ["get_time"]
    assert (talk.room, talk.persona, talk.reason) == (room, "guide", "everybody left")
    hello = next(line for line in talk.lines if "hello" in line.text)
    took = spoken.last_loud - spoken.first_loud
    figures(
        "spoken line in the record, length", hello.ended - hello.began, "s", f"about {took:.2f}"
    )
    assert hello.began < hello.ended
    assert await asyncio.to_thread(tables, machine.folder / "record.db") == {
        *("conversations", "lines", "tool_calls", "remarks", "usages", "citations", "scripts"),
        "sightline_version",
    }


def final_lines(guest: Guest) -> list[str]:
    """What the room was told in the end, in the order in which it began."""
    newest = {str(m["id"]): m for m in guest.shown("transcript")}
    return [str(message["text"]) for message in newest.values() if message["final"]]


async def ended(file: Path) -> Talk | None:
    """The first conversation, once its end has been told."""
    if not await asyncio.to_thread(file.exists):
        return None
    async with Store.open(database("", str(file))) as store:
        listed = await store.conversations()
        return await store.talk(listed[0].id) if listed and listed[0].lasted else None


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    found = {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    }
    connection.close()
    return found
