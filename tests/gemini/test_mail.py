"""What waits for the service, and its delivery over connections that come and go."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from tests.office import FRAME, Office, Wire, post, settle
from worker.gemini.mail import MOST_POSTS
from worker.gemini.outbound import audio_message
from worker.gemini.posts import Post
from worker.gemini.receipts import BUSY, CALM


@pytest.mark.parametrize("error", [TypeError, ValueError, AttributeError, RuntimeError])
async def test_what_cannot_be_written_holds_up_nobody(error: type[Exception]) -> None:
    async def refuse(session: object) -> None:
        raise error("no message")

    office = Office()
    office.mail.begin_with(Post(refuse))
    office.mail.post(Post(refuse))
    office.mail.post(post("next"))
    async with office.wire() as wire:
        assert wire.got == ["next"]


async def test_of_too_many_posts_the_oldest_goes_but_no_answer() -> None:
    office = Office()
    office.mail.post(post("answer", answers=True))
    for number in range(MOST_POSTS + 1):
        office.mail.post(post(f"question {number}"))
    async with office.wire() as wire:
        await settle()
        async with asyncio.timeout(5):
            while len(wire.got) < MOST_POSTS:
                await settle()
    assert wire.got[:2] == ["answer", "question 2"]


async def test_beginnings_come_first_then_posts_then_sound() -> None:
    office = Office()
    office.mail.hear(FRAME)
    office.mail.post(post("a question"))
    office.mail.begin_with(post("the history"))
    async with office.wire() as wire:
        assert wire.got == ["the history", "a question", audio_message(FRAME)]


async def test_the_end_of_speech_comes_after_all_that_was_said() -> None:
    office = Office()
    begun, ended = post("it begins"), post("it ends", last=True)
    office.mail.post(begun)
    office.mail.hear(FRAME)
    office.mail.post(ended)
    office.mail.post(post("a question"))
    assert office.mail.waits(ended)
    async with office.wire() as wire:
        assert wire.got == ["it begins", audio_message(FRAME), "it ends", "a question"]
        wire.answer()
        office.mail.prove(office.mail.mark())
        assert not office.mail.waits(ended)


async def test_nothing_is_delivered_before_there_is_a_connection() -> None:
    office, wire = Office(), Wire()
    delivering = asyncio.create_task(office.mail.deliver(wire))
    office.mail.post(post("a question"))
    await settle()
    delivering.cancel()
    assert wire.got == []


@pytest.mark.parametrize(("arrived", "again"), [(True, []), (False, ["a question"])])
async def test_a_post_is_sent_again_when_it_may_not_have_arrived(
    arrived: bool, again: list[str]
) -> None:
    office = Office()
    office.mail.post(post("a question"))
    async with office.wire() as wire:
        if arrived:
            office.mail.prove(office.mail.mark())
    async with office.wire() as wire:
        assert wire.got == again


async def test_a_reply_shows_that_what_was_asked_has_arrived() -> None:
    office = Office()
    office.mail.post(post("a question", asks=True))
    async with office.wire():
        office.mail.prove_question()
    async with office.wire() as wire:
        assert wire.got == []


@pytest.mark.parametrize(
    ("replies", "again"),
    [
        (0, ["a note", "a question", "a result", "a mark"]),
        (1, ["a result", "a mark"]),
        (2, ["a mark"]),
        (3, ["a mark"]),
    ],
)
async def test_a_reply_shows_nothing_of_what_was_posted_after_its_question(
    replies: int, again: list[str]
) -> None:
    office = Office()
    for name in ("a note", "a question", "a result", "a mark"):
        office.mail.post(post(name, asks=name in ("a question", "a result")))
    async with office.wire():
        for _ in range(replies):
            office.mail.prove_question()
    async with office.wire() as wire:
        assert wire.got == again


async def test_the_first_reply_is_to_what_the_connection_began_with() -> None:
    office = Office()
    office.mail.begin_with(post("go on", asks=True))
    office.mail.post(post("a question", asks=True))
    async with office.wire():
        office.mail.prove_question()
    async with office.wire() as wire:
        assert wire.got == ["a question"]
        office.mail.prove_question()
    async with office.wire() as wire:
        assert wire.got == []


async def test_what_a_connection_begins_with_is_of_no_use_to_another() -> None:
    office = Office()
    office.mail.begin_with(post("go on"))
    async with office.wire():
        pass
    async with office.wire() as wire:
        assert wire.got == []


async def test_a_post_that_the_service_may_have_refused_is_not_sent_again() -> None:
    office = Office()
    office.mail.post(post("a question"))
    async with office.wire():
        office.mail.close(refused=True)
    async with office.wire() as wire:
        assert wire.got == []


async def test_posts_keep_their_order_over_connections() -> None:
    office = Office()
    office.mail.post(post("first"))
    async with office.wire():
        pass
    office.mail.post(post("second"))
    async with office.wire() as wire:
        assert wire.got == ["first", "second"]


async def test_while_somebody_speaks_it_is_asked_often_but_one_question_at_a_time() -> None:
    office = Office()
    office.mail.speech = lambda: True
    async with office.wire() as wire:
        for _ in range(30):
            office.mail.hear(FRAME)
            await settle()
            assert len(wire.questions) == 1
            office.now += 0.01
        wire.answer()
        asked = 0
        for _ in range(30):
            office.mail.hear(FRAME)
            await settle()
            asked += len(wire.questions)
            wire.answer()
            office.now += 0.01
        assert asked in (round(0.3 / BUSY), round(0.3 / BUSY) + 1)


@pytest.mark.parametrize("room", [True, False])
async def test_sound_goes_in_order_whether_or_not_the_socket_has_room(room: bool) -> None:
    office = Office()
    frames = [bytes([number, 16]) * 160 for number in range(20)]
    async with office.wire() as wire:
        for number, frame in enumerate(frames):
            wire.room = room ^ (number % 3 == 0)
            office.mail.hear(frame)
            if number % 4 == 0:
                await settle()
        await settle()
        sent = b"".join(
            base64.b64decode(json.loads(got)["realtime_input"]["audio"]["data"])
            for got in wire.got
            if isinstance(got, bytes)
        )
    assert sent == b"".join(frames)


async def test_sound_does_not_go_past_what_was_posted_before() -> None:
    office = Office()
    async with office.wire() as wire:
        office.mail.post(post("a question"))
        office.mail.hear(FRAME)
        await settle()
        assert wire.got == ["a question", audio_message(FRAME)]


async def test_lasting_silence_is_sent_by_tenths_of_a_second_or_with_sound() -> None:
    office, silence, sound = Office(), bytes(320), b"\x00\x10" * 160
    async with office.wire() as wire:
        for frame in (*[silence] * 200, *[silence] * 10, silence, sound, silence):
            office.mail.hear(frame)
            await settle()
        media = [got for got in wire.got if isinstance(got, bytes)]
        assert media[200:] == [
            audio_message(silence * 10),
            audio_message(silence + sound),
            audio_message(silence),
        ]


async def test_while_nobody_speaks_it_is_asked_now_and_then() -> None:
    office = Office()
    async with office.wire() as wire:
        for _ in range(30):
            office.mail.hear(FRAME)
            await settle()
            wire.answer()
            office.now += 0.01
        assert office.mail.outbound.written == 30 * len(FRAME)
        asked = 1 + int(0.3 / CALM)
    async with office.wire() as wire:
        assert len(wire.got) <= asked
        assert office.mail.outbound.samples_repeated <= CALM * 16_000


async def test_sound_that_may_not_have_arrived_goes_again_before_what_came_since() -> None:
    office = Office()
    office.mail.hear(FRAME)
    async with office.wire():
        pass
    office.mail.hear(b"\x02\x00" * 160)
    async with office.wire() as wire:
        assert wire.got == [audio_message(FRAME + b"\x02\x00" * 160)]


def test_what_waits_and_asks_for_a_reply_is_known() -> None:
    mail = Office().mail
    mail.post(post("an answer", asks=True, answers=True, lines=frozenset({"call_1"})))
    assert mail.asks
    assert mail.lines == {"call_1"}
    assert mail.drop_answers()
    assert not mail.asks


@pytest.mark.parametrize(("cancelled", "left"), [(["a"], True), (["a", "b"], False), (["c"], True)])
def test_an_answer_is_dropped_when_nobody_wants_any_of_it(cancelled: list[str], left: bool) -> None:
    mail = Office().mail
    mail.post(post("results", asks=True, lines=frozenset({"a", "b"})))
    mail.post(post("a mark"))
    mail.drop(cancelled)
    assert mail.asks is left
