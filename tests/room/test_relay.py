"""What happens in the session, told to the room."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from livekit.agents import (
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
)
from livekit.agents.llm import ChatMessage, FunctionCall
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent

from worker.room.messages import Message, Notice, State, Tool, Transcript
from worker.room.relay import Captions, Relay


@dataclass
class Room:
    """Collects messages; what a client shows is the newest of each id."""

    messages: list[Message] = field(default_factory=list)

    def relay(self) -> Relay:
        return Relay(put=self.messages.append, agent=lambda: "agent-1", user=lambda: "ann")

    def shown(self) -> list[Message]:
        return list({message.id: message for message in self.messages}.values())


def said(role: str, text: str, *, interrupted: bool = False) -> ConversationItemAddedEvent:
    message = ChatMessage(role=role, content=[text], interrupted=interrupted, id=f"{role}-item")  # type: ignore[arg-type]
    return ConversationItemAddedEvent(item=message)


def test_the_users_line_grows_in_place_and_becomes_final() -> None:
    room = Room()
    relay = room.relay()
    for text, final in (("what", False), ("what time", False), ("what time is it", True)):
        relay.on_user_words(
            UserInputTranscribedEvent(transcript=text, is_final=final, item_id="one")
        )
    (line,) = room.shown()
    assert isinstance(line, Transcript)
    assert (line.who, line.identity, line.text, line.final) == (
        "user",
        "ann",
        "what time is it",
        True,
    )


async def test_the_agents_words_grow_as_they_are_heard_and_end_as_one_line() -> None:
    room = Room()
    relay = room.relay()
    captions = Captions(relay)
    await captions.capture_text("It is ")
    await captions.capture_text("noon.")
    captions.flush()
    relay.on_item(said("assistant", "It is noon."))
    texts = [m.text for m in room.messages if isinstance(m, Transcript)]
    assert texts == ["It is ", "It is noon.", "It is noon."]
    assert [m.final for m in room.shown() if isinstance(m, Transcript)] == [True]


async def test_a_line_cut_by_barge_in_keeps_what_was_heard_and_is_marked() -> None:
    room = Room()
    relay = room.relay()
    captions = Captions(relay)
    await captions.capture_text("Once upon a time there")
    relay.on_item(said("assistant", "Once upon a", interrupted=True))
    (line,) = room.shown()
    assert isinstance(line, Transcript)
    assert (line.text, line.final, line.interrupted) == ("Once upon a", True, True)


def speak(relay: Relay) -> None:
    relay.on_state(AgentStateChangedEvent(old_state="thinking", new_state="speaking"))


def fall_silent(relay: Relay) -> None:
    relay.on_state(AgentStateChangedEvent(old_state="speaking", new_state="listening"))


@pytest.mark.parametrize("early", [False, True], ids=["lost in it", "lost before its first sound"])
def test_a_line_whose_last_words_were_lost_is_marked(*, early: bool) -> None:
    room = Room()
    relay = room.relay()
    if early:
        relay.on_cut()
    speak(relay)
    if not early:
        relay.on_cut()
    fall_silent(relay)
    relay.on_item(said("assistant", "Once upon a"))
    assert [m.interrupted for m in room.shown() if isinstance(m, Transcript)] == [True]


def test_a_lost_reply_that_was_no_line_leaves_no_mark_on_the_next() -> None:
    room = Room()
    relay = room.relay()
    speak(relay)
    relay.on_cut()
    fall_silent(relay)
    speak(relay)
    relay.on_item(said("assistant", "It is noon."))
    assert [m.interrupted for m in room.shown() if isinstance(m, Transcript)] == [False]


async def test_two_replies_are_two_lines() -> None:
    room = Room()
    relay = room.relay()
    captions = Captions(relay)
    for text in ("One.", "Two."):
        await captions.capture_text(text)
        captions.flush()
        relay.on_item(said("assistant", text))
    assert [m.text for m in room.shown() if isinstance(m, Transcript)] == ["One.", "Two."]


async def test_a_word_that_falls_out_after_a_barge_in_is_no_line() -> None:
    room = Room()
    relay = room.relay()
    captions = Captions(relay)
    await captions.capture_text("Once upon a")
    relay.on_item(said("assistant", "Once upon a", interrupted=True))
    await captions.capture_text(" time")
    assert [m.id for m in room.shown()] == ["agent-1"]
    relay.on_state(AgentStateChangedEvent(old_state="listening", new_state="speaking"))
    await captions.capture_text("Yes?")
    assert [m.text for m in room.shown() if isinstance(m, Transcript)] == ["Once upon a", "Yes?"]


async def test_a_line_whose_item_never_came_was_cut_and_is_closed_by_the_next() -> None:
    room = Room()
    relay = room.relay()
    captions = Captions(relay)
    await captions.capture_text("Hm.")
    captions.flush()
    await captions.capture_text("Next.")
    first, second = room.shown()
    assert isinstance(first, Transcript)
    assert isinstance(second, Transcript)
    assert (first.text, first.interrupted, second.text) == ("Hm.", True, "Next.")


async def test_a_typed_question_closes_the_line_it_cut_before_it_is_shown() -> None:
    room = Room()
    relay = room.relay()
    await Captions(relay).capture_text("You")
    relay.on_item(said("user", "stop, what time is it?"))
    *_, cut, typed = (m for m in room.messages if isinstance(m, Transcript))
    assert (cut.who, cut.text, cut.final, cut.interrupted) == ("agent", "You", True, True)
    assert (typed.who, typed.final) == ("user", True)


def test_a_typed_question_is_a_line_of_the_user() -> None:
    room = Room()
    room.relay().on_item(said("user", "and in Tokyo?"))
    (line,) = room.shown()
    assert isinstance(line, Transcript)
    assert (line.who, line.text, line.final) == ("user", "and in Tokyo?", True)


@pytest.mark.parametrize(
    ("status", "shown"), [("done", "done"), ("error", "failed"), ("cancelled", "cancelled")]
)
def test_a_tool_is_running_until_it_ends(status: str, shown: str) -> None:
    room = Room()
    relay = room.relay()
    call = FunctionCall(call_id="c1", name="get_time", arguments="{}")
    for update in (
        ToolCallStarted(function_call=call),
        ToolCallEnded(id="c1", call_id="c1", message="noon", status=status),  # type: ignore[arg-type]
    ):
        relay.on_tool(ToolExecutionUpdatedEvent(update=update))
    running, ended = room.messages
    assert isinstance(running, Tool)
    assert isinstance(ended, Tool)
    assert (running.id, running.name, running.status) == ("c1", "get_time", "running")
    assert (ended.id, ended.name, ended.status, ended.summary) == ("c1", "get_time", shown, "noon")


def test_the_state_is_one_thing_that_changes() -> None:
    room = Room()
    relay = room.relay()
    for old, new in (("initializing", "listening"), ("listening", "speaking")):
        relay.on_state(AgentStateChangedEvent(old_state=old, new_state=new))  # type: ignore[arg-type]
    (state,) = room.shown()
    assert isinstance(state, State)
    assert state.state == "speaking"


def test_every_notice_is_a_thing_of_its_own() -> None:
    room = Room()
    relay = room.relay()
    relay.notice("warning", "I can't reach my model right now.")
    relay.notice("info", "I am back.")
    assert [m.text for m in room.shown() if isinstance(m, Notice)] == [
        "I can't reach my model right now.",
        "I am back.",
    ]
