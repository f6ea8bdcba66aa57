"""One caller and the agent: what is said, seen and written down, and how fast."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import pytest_asyncio

from offline.caller import QR_TEXT
from offline.camera import CameraOptions
from offline.microphone import Spoken
from offline.scene import read_stamp
from offline.witness import Line, Message, Reply
from tests.e2e.account import Account
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room
from worker.room.messages import decode

pytestmark = MARKS

SAMPLES = Path(__file__).parents[1] / "contract"
LONG_SPEECH = (
    "I am going to talk for a while now, so that you can hear me and see me at the same time, "
    "and I will hold this card up in front of the camera while I walk around the room, and then "
    "I will tell you about the weather, and the garden, and the dog, and the trees behind the "
    "house, and the river, and the bridge, and all the boats that pass below it every morning, "
    "and when I have told you all of that I will begin again with the room and the card"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and its answer, with all that the caller has witnessed."""

    caller: Guest
    agent: str
    spoken: Spoken
    reply: Reply
    account: Account


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def exchange(stack: Rig) -> AsyncIterator[Exchange]:
    """Somebody comes, asks aloud what the agent sees, hears the answer and leaves."""
    # The real service speaks 0 to 0.6 s after it has written the user's words down.
    await stack.gemini.change(think_ms=300)
    async with stack.guest(new_room("exchange")) as guest:
        agent = await guest.wait_for_agent()
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        spoken = await guest.say("What do you see?")
        reply = await guest.wait_for_reply(spoken.last_loud)
        await guest.wait_for_message("usage", lambda m: m.type == "usage")
        account = await stack.account(guest.joined_at)
    await stack.gemini.change(think_ms=0)
    yield Exchange(caller=guest, agent=agent.identity, spoken=spoken, reply=reply, account=account)


async def test_answers_a_spoken_question_aloud(exchange: Exchange, figures: Figures) -> None:
    reply = exchange.reply
    seconds = figures("reply: length", reply.last_sound - reply.first_sound, "s", ">= 2")
    loud = [sound.level for sound in reply.sounds if sound.audible]
    level = figures("reply: loudness", float(np.median(loud)), "dBFS", "-35..-6")
    delay = reply.first_sound - exchange.spoken.last_loud
    figures("reply: after the caller's last sound, silence of 500 ms included", delay * 1000, "ms")
    assert seconds >= 2
    assert -35 <= level <= -6


async def test_reads_the_code_before_the_camera_aloud(exchange: Exchange) -> None:
    assert f'"{QR_TEXT}"' in exchange.reply.text
    assert exchange.account.frames, "the stand-in was sent no picture"


def finals(exchange: Exchange, *, by_agent: bool) -> list[Line]:
    """Return the first final text of each of one side's segments, from the question on."""
    firsts: dict[str, Line] = {}
    for line in exchange.caller.lines:
        asked = line.opened >= exchange.spoken.first_loud
        if line.final and asked and (line.identity == exchange.agent) == by_agent:
            firsts.setdefault(line.segment, line)
    return list(firsts.values())


async def test_writes_down_both_sides_under_the_identity_of_who_spoke(exchange: Exchange) -> None:
    (user,), (agent,) = finals(exchange, by_agent=False), finals(exchange, by_agent=True)
    assert user.identity == exchange.caller.identity
    assert user.text.strip().lower() == "what do you see"
    assert agent.identity == exchange.agent
    assert agent.text.startswith("I see a ")


def final_user_message(message: Message) -> bool:
    return message.body.get("who") == "user" and message.body["final"] is True


async def test_settles_the_users_words_before_the_reply_is_heard(
    exchange: Exchange, figures: Figures
) -> None:
    sound = exchange.reply.first_sound
    (line,) = finals(exchange, by_agent=False)
    message = next(filter(final_user_message, exchange.caller.messages))
    before = (sound - message.at) * 1000
    figures("user's final message: before the reply's first sound", before, "ms", "> 0")
    before = (sound - line.at) * 1000
    figures("user's final line: before the reply's first sound", before, "ms", "> 0")
    assert message.at < sound
    assert line.at < sound


async def test_keeps_to_the_contract_in_every_data_message(exchange: Exchange) -> None:
    samples = [json.loads(path.read_text()) for path in SAMPLES.glob("[!r]*.json")]
    shapes = {(sample["type"], frozenset(sample)) for sample in samples}
    messages = exchange.caller.messages
    for message in messages:
        assert decode(message.data)
        assert (message.type, frozenset(message.body)) in shapes
    assert {m.type for m in messages} == {"transcript", "vision", "state", "usage"}
    assert [m.body["seq"] for m in messages] == list(range(1, len(messages) + 1))


async def test_tells_what_the_turn_has_cost_and_how_fast_it_was(
    exchange: Exchange, figures: Figures
) -> None:
    told = [message.body for message in exchange.caller.messages if message.type == "usage"]
    billed = [event["usage"] for event in exchange.account.events("turn_complete")]
    (usage,), (report,) = told, billed
    sides = {"in": report["promptTokensDetails"], "out": report["responseTokensDetails"]}
    tokens = {
        f"{detail['modality'].lower()}_{side}": detail["tokenCount"]
        for side, details in sides.items()
        for detail in details
    }
    figures("usage: tokens of a first turn", float(report["totalTokenCount"]), "tokens")
    latency, own = float(str(usage["latency"])), float(str(usage["own_latency"]))
    figures("usage: latency, as told", latency * 1000, "ms")
    figures("usage: the worker's part of it", own * 1000, "ms")
    heard = exchange.reply.first_sound - exchange.spoken.last_loud
    figures("usage: latency, as the caller heard it", heard * 1000, "ms")
    assert tokens.keys() >= {"video_in", "audio_in", "audio_out"}
    assert {name: usage[name] for name in tokens} == tokens
    assert {name: usage[f"call_{name}"] for name in tokens} == tokens
    assert sum(tokens.values()) == report["totalTokenCount"]
    assert usage["call_usd"] == usage["usd"]
    assert 0 < float(str(usage["usd"])) < 0.01
    assert 0 < own < latency


async def test_names_its_sender_in_every_data_message(exchange: Exchange) -> None:
    # The server hands on what comes before it has announced the agent, without a sender.
    assert {message.sender for message in exchange.caller.messages} == {exchange.agent}


async def test_looks_once_a_second_while_the_caller_talks(stack: Rig, figures: Figures) -> None:
    camera = CameraOptions(width=1280, height=720, fps=30)
    async with stack.guest(new_room(), camera=camera) as guest:
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        spoken = await guest.say(LONG_SPEECH)
        account = await stack.account(guest.joined_at)
        frames = account.frames_between(spoken.first_loud, spoken.first_loud + 20)
        newest = cv2.imdecode(
            np.frombuffer(await stack.gemini.picture(account.number, frames[-1].number), np.uint8),
            cv2.IMREAD_COLOR,
        )
    stamp = read_stamp(np.asarray(newest, np.uint8))
    assert spoken.seconds > 20
    assert stamp is not None, "the newest picture is not readable"
    rate = (len(frames) - 1) / (frames[-1].at - frames[0].at)
    gaps = [after.at - before.at for before, after in zip(frames, frames[1:], strict=False)]
    age = (int(frames[-1].at * 1000) - stamp) % (1 << 24)
    assert 0.9 <= figures("pictures while the caller talks", rate, "per s", "0.9..1.1") <= 1.1
    figures("pictures: longest gap", max(gaps), "s")
    assert figures("pictures: age of one on arrival", age, "ms", "<= 500") <= 500
    assert all(frame.width <= 1280 and frame.height <= 720 for frame in frames)


@pytest.mark.parametrize("attempt", range(3))
async def test_falls_silent_when_the_caller_barges_in(
    stack: Rig, caller: Guest, figures: Figures, attempt: int
) -> None:
    asked = await caller.type("Tell me a long story.")
    began = await caller.wait_for_sound(asked)
    await caller.wait_until("voice in full flow", lambda: in_full_flow(caller, began), 10)
    spoken = await caller.say("Stop please.")
    await caller.wait_for_message("cut line", lambda m: m.body.get("interrupted") is True)
    await caller.wait_for_quiet(0.3)
    noticed = (await stack.account(caller.joined_at)).at("interrupted", spoken.first_loud)[0]
    # The next reply cannot come before the silence that ends the caller's words.
    last = max(sound.at for sound in caller.ear.audible(began, spoken.last_loud + 0.4))
    figures("barge-in: to the stand-in", (noticed - spoken.first_loud) * 1000, "ms")
    silent = figures("barge-in: to silence", (last - spoken.first_loud) * 1000, "ms", "<= 300")
    assert silent <= 300


def in_full_flow(caller: Guest, began: float) -> bool | None:
    """Return True once the agent has spoken for two seconds and does so right now."""
    now = caller.clock()
    return True if now - began > 2 and caller.ear.last_audible(now - 0.05) is not None else None


@pytest.mark.parametrize("typed", ["Are 7½ blue shoes > 3?", "Grüße: «ça va» 本 🦉"])
async def test_answers_a_typed_question_and_shows_it(
    caller: Guest, figures: Figures, typed: str
) -> None:
    asked = await caller.type(typed)
    first = await caller.wait_for_sound(asked)
    text = await caller.until_text(typed, asked)
    shown = caller.shown("transcript", asked)
    figures("typed question: to the first sound", (first - asked) * 1000, "ms")
    assert f'You typed: "{typed}"' in text
    assert [m["text"] for m in shown if m["who"] == "user" and m["final"]] == [typed]
    assert {m["identity"] for m in shown if m["who"] == "user"} == {caller.identity}
