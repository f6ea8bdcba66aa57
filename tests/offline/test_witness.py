"""What a caller remembers and waits for, without a room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from offline.ear import SILENT_DB, Sound, level_of
from offline.witness import Reply, Witness
from tests.clock import Clock

LOUD, SILENT = -20.0, SILENT_DB


class Person(Witness):
    """A witness whose ear and time a test holds in its hands."""

    def __init__(self) -> None:
        self.time = Clock(100.0)
        super().__init__("you", clock=self.time)

    def hear(self, seconds: float, level: float) -> None:
        for _ in range(round(seconds * 100)):
            self.time.now += 0.01
            samples = np.full(480, 1, np.int16)
            self.ear.take(Sound(at=self.time.now, level=level, track="t", samples=samples))


@pytest.fixture
def person() -> Person:
    return Person()


async def waited(person: Person, waiting: asyncio.Task[Reply], *steps: Callable[[], None]) -> Reply:
    for step in steps:
        await asyncio.sleep(0)
        assert not waiting.done()
        step()
    async with asyncio.timeout(2):
        return await waiting


async def test_a_reply_is_what_is_heard_until_quiet(person: Person) -> None:
    person.hear(0.5, LOUD)
    since = person.time.now + 0.001
    waiting = asyncio.create_task(person.wait_for_reply(since))
    reply = await waited(
        person,
        waiting,
        lambda: person.hear(0.3, SILENT),
        lambda: person.note_text("1", "agent", "Hello ", final=False),
        lambda: person.hear(0.4, LOUD),
        lambda: person.note_text("1", "agent", "Hello there.", final=True),
        lambda: person.hear(0.8, SILENT),
    )
    assert reply.text == "Hello there."
    assert reply.first_sound == pytest.approx(since + 0.309)
    assert reply.last_sound == pytest.approx(since + 0.699)
    assert len(reply.sounds) == 40


async def test_a_reply_goes_on_while_the_agent_is_not_at_rest(person: Person) -> None:
    since = person.time.now
    person.note_state("agent", "speaking")
    waiting = asyncio.create_task(person.wait_for_reply(since))
    reply = await waited(
        person,
        waiting,
        lambda: person.hear(0.2, LOUD),
        lambda: person.note_state("agent", "thinking"),
        lambda: person.hear(1.5, SILENT),
        lambda: person.hear(0.2, LOUD),
        lambda: person.hear(0.8, SILENT),
        lambda: person.note_state("agent", "listening"),
    )
    assert reply.last_sound - reply.first_sound == pytest.approx(1.89)


async def test_a_reply_waits_a_little_for_its_last_words(person: Person) -> None:
    since = person.time.now
    waiting = asyncio.create_task(person.wait_for_reply(since))
    reply = await waited(
        person,
        waiting,
        lambda: person.note_text("1", "agent", "Hel", final=False),
        lambda: person.hear(0.2, LOUD),
        lambda: person.hear(0.9, SILENT),
        lambda: person.note_text("1", "agent", "Hello.", final=True),
    )
    assert reply.text == "Hello."


async def test_waiting_in_vain_says_what_came_instead(person: Person) -> None:
    async def in_vain() -> None:
        waiting = asyncio.create_task(person.wait_for_sound(person.time.now, timeout=5))
        await asyncio.sleep(0)
        person.note_state("agent", "listening")
        person.note_text("1", "agent", "Hm.", final=True)
        person.note_message(b'{"type":"vision"}', "agent")
        person.time.now += 6
        await waiting

    with pytest.raises(TimeoutError) as caught:
        await in_vain()
    words = str(caught.value)
    assert words.startswith("no sound of the agent within 5 s; 0 tracks heard, 0.00 s audible")
    assert "'listening'" in words
    assert "'Hm.'" in words
    assert "'vision'" in words


async def test_quiet_begins_at_the_last_sound(person: Person) -> None:
    person.hear(0.3, LOUD)
    last = person.time.now
    person.hear(0.6, SILENT)
    assert await person.wait_for_quiet(0.5) == pytest.approx(last)


async def test_a_state_is_the_one_now_unless_a_time_is_named(person: Person) -> None:
    person.note_state("agent", "speaking")
    person.time.now += 1
    person.note_state("agent", "listening")
    assert (await person.wait_for_state("listening")).at == 101.0
    assert (await person.wait_for_state({"speaking"}, since=99.0)).at == 100.0
    assert person.state == "listening"


def test_the_newest_text_of_each_segment_counts(person: Person) -> None:
    person.note_text("1", "agent", "Hel", final=False)
    person.note_text("2", "you", "hi", final=True)
    person.note_text("1", "agent", "Hello.", final=True)
    assert [line.text for line in person.said(by_agent=True)] == ["Hello."]
    assert [line.text for line in person.said(by_agent=False)] == ["hi"]
    assert len(person.lines) == 3


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[1]", b"{", b"", b'"x"'])
def test_unreadable_messages_are_kept_as_they_are(person: Person, data: bytes) -> None:
    person.note_message(data, "agent")
    assert person.messages[0].data == data
    assert person.messages[0].body == {}
    assert person.messages[0].type == ""


@pytest.mark.parametrize(
    ("value", "level"), [(0, SILENT_DB), (1, -90.3), (3277, -20.0), (32767, 0.0), (-32768, 0.0)]
)
def test_level_is_in_db_below_full_scale(value: int, level: float) -> None:
    assert level_of(np.full(480, value, np.int16)) == pytest.approx(level, abs=0.1)
