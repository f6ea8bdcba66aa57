"""A button says when the user speaks: what lies between its marks is heard, whole, and no more."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from google.genai import types

from offline.gemini.outages import Reset
from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Prompt, Say
from tests.live.realtime import Witness, push, session_with
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from worker.gemini.activity import Activity
from worker.gemini.lifeline import Lifeline
from worker.gemini.mail import Mail
from worker.gemini.model import MANUAL
from worker.gemini.outbound import Outbound
from worker.gemini.realtime import RealtimeSession

SECOND = 16_000


@contextlib.asynccontextmanager
async def button(
    *, resumable: bool = True, chatter: int = 0
) -> AsyncIterator[tuple[RealtimeSession, Lifeline, Service, Witness]]:
    """A session whose connection is set up for the button."""
    async with session_with() as (session, witness, service):
        lifeline = session._lifeline
        await lifeline.connected.wait()
        push(session, SILENT_10MS, chatter)
        session.reconfigure(realtime_input=MANUAL)
        await until(lambda: lifeline.activity.manual)
        outbound = lifeline.mail.outbound
        await until(lambda: outbound.due == outbound.written)
        lifeline.mail.prove(lifeline.mail.mark())
        if not resumable:
            service.temper = replace(service.temper, handle_ms=60_000)
        yield session, lifeline, service, witness


def spoken(service: Service) -> int:
    return sum(account.samples for account in service.accounts)


async def test_a_turn_has_every_pause_in_it_and_one_reply() -> None:
    async with button() as (session, lifeline, service, witness):
        before = spoken(service)
        lifeline.activity.begin()
        for _ in range(2):
            push(session, LOUD_10MS, 30)
            push(session, SILENT_10MS, 100)
        lifeline.activity.end()
        await until(lambda: service.accounts[-1].at("turn_complete"))
    assert spoken(service) - before == 2.6 * SECOND
    assert len(service.accounts[-1].utterances) == 1
    assert [line.transcript for line in witness.lines()] == ["hello there"]


async def test_nothing_is_sent_that_is_said_outside_the_marks() -> None:
    async with button() as (session, lifeline, service, _):
        before = spoken(service)
        push(session, LOUD_10MS, 50)
        lifeline.activity.begin()
        push(session, LOUD_10MS, 10)
        lifeline.activity.end()
        push(session, LOUD_10MS, 50)
        await until(lambda: service.accounts[-1].at("turn_complete"))
    assert spoken(service) - before == 0.1 * SECOND


async def speaking(session: RealtimeSession, witness: Witness) -> Lifeline:
    """Have the model speak where a button marks the user's turns."""
    lifeline = session._lifeline
    await lifeline.connected.wait()
    session.reconfigure(realtime_input=MANUAL)
    await until(lambda: lifeline.activity.manual)
    session.generate_reply()
    await until(witness.generations)
    return lifeline


def tell_a_story(_: Prompt) -> Actions:
    return tuple(Say(text=f"Sentence {number}.") for number in range(9))


async def test_the_mark_cuts_what_the_model_says() -> None:
    async with session_with(tell_a_story) as (session, witness, service):
        lifeline = await speaking(session, witness)
        lifeline.activity.begin()
        await until(lambda: service.accounts[-1].at("interrupted"))
        await until(lambda: lifeline.course.talk.reply == "none")
    assert lifeline.course.talk.speaking


@pytest.mark.parametrize("resumable", [True, False], ids=["resumed", "fresh"])
async def test_a_turn_survives_the_loss_of_its_connection_whole(*, resumable: bool) -> None:
    async with button(resumable=resumable, chatter=50) as (session, lifeline, service, _):
        lifeline.activity.begin()
        push(session, LOUD_10MS, 30)
        await until(lambda: service.accounts[-1].at("activity_start"))
        await until(lambda: lifeline.mail.outbound.due == lifeline.mail.outbound.written)
        count, newest = len(service.accounts), service.newest()
        assert newest is not None
        newest.do(Reset())
        await until(lambda: not lifeline.connected.is_set())
        push(session, LOUD_10MS, 20)
        lifeline.activity.end()
        await until(lambda: len(service.accounts) > count)
        await until(lambda: service.accounts[-1].at("turn_complete"))
    assert service.accounts[-1].samples == 0.5 * SECOND
    assert len(service.accounts[-1].utterances) == 1


async def test_marks_that_wait_for_a_connection_go_round_their_audio() -> None:
    async with button() as (session, lifeline, service, _):
        count, newest = len(service.accounts), service.newest()
        assert newest is not None
        newest.do(Reset())
        await until(lambda: not lifeline.connected.is_set())
        lifeline.activity.begin()
        push(session, LOUD_10MS, 20)
        lifeline.activity.end()
        await until(lambda: len(service.accounts) > count)
        await until(lambda: service.accounts[-1].at("turn_complete"))
    assert service.accounts[-1].samples == 0.2 * SECOND
    assert len(service.accounts[-1].at("activity_start")) == 1


async def test_silence_ends_turns_again_when_the_button_is_put_away() -> None:
    async with button() as (session, lifeline, service, _):
        session.reconfigure(realtime_input=None)
        await until(lambda: not lifeline.activity.manual)
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 100)
        await until(lambda: service.accounts[-1].at("turn_complete"))


async def test_it_is_told_when_the_button_comes_and_goes_and_not_when_a_connection_does() -> None:
    told: list[bool] = []
    async with session_with() as (session, _, service):
        lifeline = session._lifeline
        await lifeline.connected.wait()
        lifeline.taps.manual = told.append
        for voice, setting in [(None, MANUAL), ("Puck", MANUAL), (None, None)]:
            count = len(service.accounts)
            session.reconfigure(voice=voice, realtime_input=setting)
            await until(lambda count=count: len(service.accounts) > count)  # type: ignore[misc]
            await until(lifeline.settled.is_set)
    assert told == [True, False]


def tell_at_length(_: Prompt) -> Actions:
    return tuple(Say(text=f"Sentence number {number} of a long story.") for number in range(2))


async def test_put_away_while_the_model_speaks_it_cuts_nothing() -> None:
    async with session_with(tell_at_length) as (session, witness, service):
        lifeline = await speaking(session, witness)
        count, speaker = len(service.accounts), service.accounts[-1]
        told: list[bool] = []
        lifeline.taps.manual = told.append
        session.reconfigure(realtime_input=None)
        lifeline.activity.put_away(True)
        assert told == [False]
        assert not lifeline.activity.in_force
        assert len(service.accounts) == count
        await until(lambda: not lifeline.activity.manual)
    assert speaker.at("turn_complete")
    assert not speaker.at("interrupted")
    assert not lifeline.activity.yielding
    assert told == [False]


async def test_put_away_while_the_model_speaks_whoever_cuts_in_is_heard_from_their_first_word() -> (
    None
):
    async with session_with(tell_a_story) as (session, witness, service):
        lifeline = await speaking(session, witness)
        speaker = service.accounts[-1]
        session.reconfigure(realtime_input=None)
        lifeline.activity.put_away(True)
        push(session, SILENT_10MS, 200)
        push(session, LOUD_10MS, 10)
        lifeline.activity.on_voice()
        assert lifeline.stop()
        push(session, LOUD_10MS, 90)
        await until(lambda: not lifeline.activity.manual)
        push(session, SILENT_10MS, 100)
        await until(lambda: service.accounts[-1].at("turn_complete"))
    assert speaker.at("interrupted")
    assert speaker.samples == 0
    # The half second before our own ear heard them, what they said then, and the silence after.
    assert service.accounts[-1].samples == (0.5 + 0.9 + 1.0) * SECOND
    assert [line.transcript for line in witness.lines()] == ["hello there"]


def test_of_what_is_kept_aside_the_oldest_goes() -> None:
    mail = Mail(Outbound(audio_seconds=100), lambda: 0.0)
    activity = Activity(mail, lambda _: None)
    activity.manual = True
    activity.put_away(True)
    activity.on_voice()
    for second in range(40):
        activity.overhear(bytes([second, 0]) * SECOND)
    activity.connect(types.LiveConnectConfig(), afresh=False)
    assert mail.outbound.samples_heard == 30 * SECOND
    assert (
        b"\x0a\0"
        in base64.b64decode(
            json.loads(mail.outbound.next() or b"")["realtime_input"]["audio"]["data"]
        )[:2]
    )


async def test_stopping_is_told_to_a_model_that_speaks_and_to_no_other() -> None:
    async with session_with(tell_a_story) as (session, witness, service):
        lifeline = session._lifeline
        await lifeline.connected.wait()
        assert not lifeline.stop()
        session.generate_reply()
        await until(witness.generations)
        assert lifeline.stop()
        await until(lambda: service.accounts[-1].at("interrupted"))
        await until(lambda: lifeline.course.talk.at_boundary)
        assert not lifeline.stop()


async def test_what_was_cut_by_a_lost_connection_is_not_gone_on_with_after_a_stop() -> None:
    asked: list[str] = []

    def think(prompt: Prompt) -> Actions:
        asked.append(prompt.text)
        return tell_a_story(prompt)

    async with session_with(think) as (session, witness, service):
        lifeline = session._lifeline
        await lifeline.connected.wait()
        session.generate_reply()
        await until(lambda: lifeline.course.talk.reply == "running")
        newest = service.newest()
        assert newest is not None
        newest.do(Reset())
        await until(lambda: not lifeline.connected.is_set())
        assert lifeline.stop()
        await until(lambda: service.accounts[-1].at("setup_complete") and len(service.accounts) > 1)
        await lifeline.connected.wait()
        session.generate_reply(instructions="Say yes.")
        await until(lambda: len(asked) > 1)
    assert asked == ["", ""], "words to go on from"
