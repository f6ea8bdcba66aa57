"""What is asked over a new connection is asked with a picture before it, if one is to come."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.live.service import until
from tests.office import FRAME, Office, Wire, post, settle
from worker.gemini.mail import SIGHT, YOUNG
from worker.gemini.outbound import audio_message, picture_message
from worker.gemini.posts import Post

SOUND = audio_message(FRAME)
PICTURE = picture_message(b"now")
QUESTION = post("a question", asks=True)


@pytest.fixture
async def blind() -> AsyncIterator[tuple[Office, Wire]]:
    """An office whose new connection has seen nothing yet, and that wire."""
    office = Office()
    async with office.wire() as wire:
        office.mail.forget_pictures()
        office.mail.await_picture()
        yield office, wire


@pytest.mark.parametrize("begins", [True, False], ids=["of ours", "of the plugin's"])
async def test_a_question_waits_for_the_picture(blind: tuple[Office, Wire], begins: bool) -> None:
    office, wire = blind
    (office.mail.begin_with if begins else office.mail.post)(QUESTION)
    await settle()
    assert wire.got == []
    office.mail.see(b"now", keep=False)
    await settle()
    assert wire.got == [PICTURE, "a question"]


async def test_what_was_said_in_the_gap_waits_for_the_picture(blind: tuple[Office, Wire]) -> None:
    office, wire = blind
    office.mail.hear(FRAME)
    await settle()
    office.mail.see(b"now", keep=False)
    await settle()
    assert wire.got == [PICTURE, SOUND]


async def test_the_history_and_what_asks_for_nothing_do_not_wait(
    blind: tuple[Office, Wire],
) -> None:
    office, wire = blind
    office.mail.begin_with(post("the history"))
    office.mail.post(post("a note"))
    await settle()
    assert wire.got == ["the history", "a note"]


async def test_nothing_overtakes_a_question_that_waits(blind: tuple[Office, Wire]) -> None:
    office, wire = blind
    office.mail.begin_with(QUESTION)
    office.mail.post(post("a note"))
    await settle()
    office.mail.see(b"now", keep=False)
    await settle()
    assert wire.got == [PICTURE, "a question", "a note"]


async def test_a_picture_that_does_not_come_is_not_waited_for_long(
    blind: tuple[Office, Wire],
) -> None:
    office, wire = blind
    office.mail.post(QUESTION)
    office.now += SIGHT
    await until(lambda: wire.got)
    assert wire.got == ["a question"]


async def test_nothing_waits_over_the_connection_after_that() -> None:
    office = Office()
    async with office.wire():
        office.mail.await_picture()
    office.mail.post(QUESTION)
    async with office.wire() as wire:
        assert wire.got == ["a question"]


@pytest.mark.parametrize("keep", [True, False], ids=["asked for", "running"])
@pytest.mark.parametrize(("age", "survives"), [(YOUNG - 0.1, True), (YOUNG + 0.1, False)])
async def test_a_picture_survives_a_gap_while_it_shows_now(
    age: float, survives: bool, keep: bool
) -> None:
    office = Office()
    office.mail.see(b"now", keep=keep)
    office.now += age
    office.mail.forget_pictures()
    office.mail.await_picture()
    office.mail.post(Post(QUESTION.send, asks=True))
    async with office.wire() as wire:
        assert wire.got == ([PICTURE, "a question"] if survives else [])
