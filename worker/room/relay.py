"""What happens in the session, told to the room as messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    UserInputTranscribedEvent,
    io,
)
from livekit.agents.llm import ChatMessage
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent

from worker.room.messages import Mark, Message, Notice, State, Tool, Transcript, Vision

_STATUS: dict[str, Literal["done", "failed", "cancelled"]] = {
    "done": "done",
    "error": "failed",
    "cancelled": "cancelled",
}


@dataclass(slots=True)
class _Line:
    """What the agent is saying."""

    id: str
    text: str = ""
    ended: bool = False


@dataclass(slots=True)
class Relay:
    """Turns session events into messages; holds just what joins several events to one message.

    The agent's words come twice: as they are heard (`Captions`, in step with the voice) and once
    more when the speech is over, cut to what was really played. Both speak of the same line.
    """

    put: Callable[[Message], None]
    agent: Callable[[], str]
    """The agent's identity."""
    user: Callable[[], str]
    """The identity of the participant who is served."""
    on_line: Callable[[str], None] = lambda _: None
    """Told the id of each line of the agent's, when it is first heard."""
    on_rest: Callable[[], None] = lambda: None
    """The agent listens again."""
    _spoken: str | None = None
    """The user's line that was last said to be final; as an item of the history it comes again."""
    _hushed: bool = False
    """The agent was cut short: what its captions still say was not heard."""
    _speaks: bool = False
    _cut: Literal["", "this", "next"] = ""
    """What the agent is saying, or says next, lacks words that were lost with a connection. It may
    never be a line: of a short reply only sound may have come."""
    _lines: int = 0
    _line: _Line | None = None
    _notices: int = 0
    _seen: int = 0
    _marks: int = 0
    _tools: dict[str, str] = field(default_factory=dict)

    def follow(self, session: AgentSession[Any]) -> None:
        """Listen to a session until it is closed."""
        session.on("user_input_transcribed", self.on_user_words)
        session.on("conversation_item_added", self.on_item)
        session.on("agent_state_changed", self.on_state)
        session.on("tool_execution_updated", self.on_tool)

    def on_user_words(self, event: UserInputTranscribedEvent) -> None:
        """Words of the user, so far or final."""
        if not event.transcript:
            return
        if event.is_final:
            self._spoken = event.item_id
        self.put(
            Transcript(
                id=f"user-{event.item_id or 'now'}",
                who="user",
                identity=self.user(),
                text=event.transcript,
                final=event.is_final,
            )
        )

    def on_agent_words(self, text: str) -> None:
        """More of what the agent says, as it is heard."""
        if self._hushed:
            return
        if self._line is not None and self._line.ended:
            self._close_cut_line()
        begins = self._line is None
        line = self._line or self._begin()
        line.text += text
        self._put_line(line, final=False, interrupted=False)
        if begins:
            self.on_line(line.id)

    def line(self) -> str:
        """The id of the line that the agent is speaking, empty if it speaks none."""
        return self._line.id if self._line is not None and not self._line.ended else ""

    def on_agent_pause(self) -> None:
        """The agent's line is complete; what was heard of it follows as an item."""
        if self._line is not None:
            self._line.ended = True

    def on_cut(self) -> None:
        """The model lost its connection in mid-reply: words are missing at the end of this line."""
        self._cut = "this" if self._speaks else "next"

    def on_item(self, event: ConversationItemAddedEvent) -> None:
        """A message of either side is in the history."""
        item = event.item
        if not isinstance(item, ChatMessage) or not item.text_content:
            return
        if item.role == "assistant":
            # After a barge-in one more word may fall out of the framework's captions.
            self._hushed = item.interrupted
            cut, self._cut = self._cut != "", ""
            self._finish(item.text_content, interrupted=item.interrupted or cut)
        elif item.role == "user" and item.id != self._spoken:
            self._close_cut_line()
            typed = UserInputTranscribedEvent(
                transcript=item.text_content, is_final=True, item_id=item.id
            )
            self.on_user_words(typed)

    def on_state(self, event: AgentStateChangedEvent) -> None:
        """The agent listens, thinks or speaks."""
        self._speaks = event.new_state == "speaking"
        if self._speaks:
            self._hushed = False
            self._cut = "this" if self._cut == "next" else ""
        elif event.new_state == "listening":
            self.on_rest()
        self.put(State(id="state", state=event.new_state))

    def on_tool(self, event: ToolExecutionUpdatedEvent) -> None:
        """A tool began or ended; only the first of these events knows its name."""
        update = event.update
        if isinstance(update, ToolCallStarted):
            call = update.function_call
            self._tools[call.call_id] = call.name
            self.put(Tool(id=call.call_id, name=call.name, status="running"))
        elif isinstance(update, ToolCallEnded):
            name = self._tools.pop(update.call_id, "")
            status = _STATUS[update.status]
            self.put(
                Tool(id=update.call_id, name=name, status=status, summary=update.message or "")
            )

    def on_vision(
        self, status: str, reason: str, *, source: str, width: int, height: int, size: int
    ) -> None:
        """A picture was sent, or there is none to send."""
        self._seen += 1
        self.put(
            Vision(
                id=f"vision-{self._seen}",
                status="sent" if status == "sent" else "blind",
                reason=reason,
                source=source,
                width=width,
                height=height,
                bytes=size,
            )
        )

    def on_mark(self, label: str, place: Mapping[str, str | float]) -> None:
        """The agent points at something; `place` has the fields of `Mark` that say where."""
        self._marks += 1
        self.put(Mark(id=f"mark-{self._marks}", label=label, **place))  # type: ignore[arg-type]

    def notice(self, level: str, text: str) -> None:
        """Words for people about the call itself."""
        self._notices += 1
        self.put(Notice(id=f"notice-{self._notices}", level=level, text=text))  # type: ignore[arg-type]

    def _close_cut_line(self) -> None:
        """End a line that never came to the history: the speech was cut."""
        if self._line is not None:
            self._finish(self._line.text, interrupted=True)

    def _begin(self) -> _Line:
        self._lines += 1
        self._line = _Line(f"agent-{self._lines}")
        return self._line

    def _finish(self, text: str, *, interrupted: bool) -> None:
        line = self._line or self._begin()
        self._line = None
        line.text = text
        self._put_line(line, final=True, interrupted=interrupted)

    def _put_line(self, line: _Line, *, final: bool, interrupted: bool) -> None:
        self.put(
            Transcript(
                id=line.id,
                who="agent",
                identity=self.agent(),
                text=line.text,
                final=final,
                interrupted=interrupted,
            )
        )


class Captions(io.TextOutput):
    """Listens to the agent's words where they are in step with its voice."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(label="Sightline captions", next_in_chain=None)
        self._relay = relay

    async def capture_text(self, text: str) -> None:
        """A few more words are being heard."""
        self._relay.on_agent_words(text)

    def flush(self) -> None:
        """The line is complete."""
        self._relay.on_agent_pause()
