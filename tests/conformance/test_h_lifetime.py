"""Section H: how sessions go on with another connection, items 82 to 86."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from offline.gemini.account import Account
from offline.gemini.admission import Dialect
from offline.gemini.fault import Fault
from offline.gemini.line import Close, Effect
from offline.gemini.memory import Shelf
from offline.gemini.server import Service
from offline.gemini.session import Session
from offline.gemini.temper import INSTANT, Temper
from offline.gemini.thought import Say
from tests.conformance.clients import (
    INVALID,
    MODEL,
    MODEL_25,
    MODEL_31,
    Raw,
    Script,
    call,
    raw,
    silence,
    tone,
    tool,
    tools,
    words,
)
from tests.conformance.virtual import Virtual

DEADLINE = (1011, "Deadline expired before operation could complete.")
INTERNAL = (1011, "Internal error encountered.")
COMPRESSED: dict[str, object] = {"contextWindowCompression": {"slidingWindow": {}}}


class Life(Virtual):
    """A connection in virtual time that can be left and followed by another one."""

    def __init__(
        self,
        script: Script,
        temper: Temper = INSTANT,
        *,
        after: Life | None = None,
        pause: float = 0.0,
        setup: Mapping[str, object] | None = None,
    ) -> None:
        self.closed: tuple[float, int, str] | None = None
        self.shelf: Shelf = after.shelf if after else Shelf()
        self.now = after.now + pause if after else 0.0
        self.sent: list[tuple[float, Mapping[str, object]]] = []
        self.account = Account(after.account.number + 1 if after else 0, self.now, "")
        self._senses = script.senses()
        self._session = Session(
            account=self.account,
            dialect=Dialect(),
            temper=lambda: temper,
            shelf=self.shelf,
            rng=random.Random(self.account.number),
        )
        resumed = {"sessionResumption": {"handle": after.handle} if after else {}}
        self.send(setup={"model": MODEL} | resumed | dict(setup or {}))

    @property
    def handle(self) -> str:
        update = next(one["sessionResumptionUpdate"] for _, one in self.sent if len(str(one)) > 60)
        assert isinstance(update, dict)
        return str(update["newHandle"])

    def usage(self) -> dict[str, object]:
        """Return the newest turn's usageMetadata."""
        found = [one["usageMetadata"] for _, one in self.sent if "usageMetadata" in one][-1]
        assert isinstance(found, dict)
        return found

    def film(self, image: bytes) -> None:
        data = base64.b64encode(image).decode()
        self.send(realtimeInput={"video": {"data": data, "mimeType": "image/jpeg"}})

    def suffer(self, fault: Fault) -> None:
        self._session.suffer(fault, self.now)
        self._settle()

    def leave(self) -> Life:
        self._session.leave(self.now)
        return self

    def _settle(self) -> None:
        effects: list[Effect] = self._session.take_effects()
        for effect in effects:
            if isinstance(effect, Close):
                self.closed = (self.now, effect.code, effect.reason)
        self._session._effects.extend(effects)
        super()._settle()


async def handle_of(client: Raw, *, system: str = "") -> str:
    """Set up and return the handle."""
    instruction = {"parts": [{"text": system}]}
    await client.setup(sessionResumption={}, systemInstruction=instruction)
    update = (await client.next())["sessionResumptionUpdate"]
    assert isinstance(update, dict)
    return str(update["newHandle"])


async def test_item_82_a_handle_is_opaque_and_new_for_each_connection(service: Service) -> None:
    handles = []
    for _ in range(2):
        async with raw(service) as client:
            handles.append(await handle_of(client))
    async with raw(service) as client:
        await client.setup(sessionResumption={"handle": handles[0]})
        handles.append(str(await client.next()))
    assert len(set(handles)) == 3
    assert [len(handle) for handle in handles[:2]] == [36, 36]


def test_item_82_history_clock_and_usage_go_on(script: Script) -> None:
    first = Life(script)
    first.hear(silence(0.5))
    first.say("hello")
    first.run(1)
    before = first.usage()
    second = Life(script, after=first.leave(), pause=5)
    second.say("and again")
    second.run(1)
    assert int(str(second.usage()["promptTokenCount"])) >= int(str(before["totalTokenCount"]))
    assert [turn["id"] for turn in first.account.turns] == [1, 2]
    assert [turn["id"] for turn in second.account.turns] == [3, 4]
    second.hear(tone(0.3))
    offsets = [str(one) for _, one in second.sent if "voiceActivity" in one]
    assert "'0.480s'" in offsets[0] or "'0.500s'" in offsets[0]


def test_item_82_a_pending_call_is_answered_on_the_next_connection(script: Script) -> None:
    script.answers["time"] = (call(),)
    declared = tools(tool(behavior="NON_BLOCKING"))
    first = Life(script, setup={"tools": declared})
    first.say("time")
    first.run(1)
    id_ = first.account.tool_calls[0]["id"]
    second = Life(script, after=first.leave(), setup={"tools": declared})
    second.run(1)
    assert second.times("toolCall") == []
    second.send(toolResponse={"functionResponses": [{"id": id_, "name": "get_time"}]})
    second.run(1)
    assert second.account.tool_responses[0]["known"]
    assert second.times("modelTurn")


def test_item_82_a_reply_that_was_cut_by_the_end_is_kept_as_far_as_it_got(script: Script) -> None:
    script.word_ms = 200
    script.answers["story"] = (Say(text="One two three four five six. Seven eight nine ten."),)
    first = Life(script, replace(INSTANT, pace=1), setup={"outputAudioTranscription": {}})
    first.say("story")
    first.run(0.7)
    first.leave()
    heard = "".join(words([dict(message) for _, message in first.sent]))
    assert first.account.turns[-1]["text"] == heard
    assert 0 < len(heard) < 40


def test_item_82_speech_goes_on_where_the_connection_ended(script: Script) -> None:
    first = Life(script)
    first.hear(silence(0.3) + tone(0.3))
    second = Life(script, after=first.leave(), pause=2)
    second.hear(tone(0.3) + silence(0.9))
    assert second.times("modelTurn")
    assert [len(first.times("voiceActivity")), len(second.times("voiceActivity"))] == [1, 1]
    [heard] = script.heard
    assert 0.6 * 32_000 <= len(heard) <= 1.8 * 32_000
    [utterance] = second.account.utterances
    assert utterance["first_loud"] == pytest.approx(0.3, abs=0.02)
    assert second.account.clock == (9_600, 28_800)


@pytest.mark.parametrize("model", [MODEL_25, MODEL_31])
def test_item_82_but_not_where_nobody_has_recorded_that(script: Script, model: str) -> None:
    first = Life(script, setup={"model": model})
    first.hear(silence(0.3) + tone(0.3))
    second = Life(script, after=first.leave(), pause=2, setup={"model": model})
    second.hear(silence(0.9))
    assert (script.heard, second.times("modelTurn")) == ([], [])
    assert first.times("voiceActivity") == []


async def test_item_83_a_resumed_connection_is_set_up_and_gets_a_handle(service: Service) -> None:
    async with raw(service) as client:
        handle = await handle_of(client)
    async with raw(service) as client:
        assert await client.setup(sessionResumption={"handle": handle}) == {"setupComplete": {}}
        assert "newHandle" in str(await client.next())


async def test_item_84_everything_but_the_model_may_change(service: Service) -> None:
    async with raw(service) as client:
        handle = await handle_of(client, system="Be brief.")
    resumption = {"handle": handle}
    async with raw(service) as client:
        await client.setup(sessionResumption=resumption, outputAudioTranscription={})
        await client.say(("user", "hello"))
        assert words(await client.turn())
    async with raw(service) as client:
        await client.send(setup={"model": MODEL_31, "sessionResumption": resumption})
        assert await client.closed() == INVALID


async def test_item_85_an_unknown_handle_is_refused(client: Raw) -> None:
    await client.send(setup={"model": MODEL, "sessionResumption": {"handle": "nowhere"}})
    assert await client.closed() == (1007, "Invalid session handle")


@pytest.mark.parametrize(("pause", "gone"), [(7000.0, False), (7300.0, True)])
def test_item_85_a_handle_expires_two_hours_after_the_last_connection(
    script: Script, pause: float, gone: bool
) -> None:
    second = Life(
        script, after=Life(script, setup=COMPRESSED).leave(), pause=pause, setup=COMPRESSED
    )
    closed = (second.now, 1008, "BidiGenerateContent session not found")
    assert second.closed == (closed if gone else None)


EARLY = replace(INSTANT, refuse_early_resume=True, refusal_ms=500)


@pytest.mark.parametrize(
    ("temper", "leaves", "pause", "refused"),
    [
        (EARLY, False, 30.0, True),
        (EARLY, True, 0.5, True),
        (EARLY, True, 1.1, False),
        (INSTANT, False, 0.0, False),
        (INSTANT, True, 0.0, False),
    ],
    ids=["still open", "just left", "left", "off and open", "off and left"],
)
def test_item_86_a_session_cannot_be_resumed_too_early(
    script: Script, temper: Temper, leaves: bool, pause: float, refused: bool
) -> None:
    first = Life(script, temper)
    second = Life(script, temper, after=first.leave() if leaves else first, pause=pause)
    second.run(1)
    assert second.closed == ((pause + 0.5, *INTERNAL) if refused else None)
    assert bool(second.times("setupComplete")) is not refused


def test_item_86_but_at_once_when_it_ended_while_someone_spoke(script: Script) -> None:
    first = Life(script, EARLY)
    first.hear(tone(0.3))
    assert Life(script, EARLY, after=first.leave()).times("setupComplete")
