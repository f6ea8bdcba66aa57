"""What a message of the service means for the talk; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from worker.gemini.moves import Event, GoAway, Resumable, Step, Turn

if TYPE_CHECKING:
    from google.genai import types


def events_of(message: types.LiveServerMessage) -> Iterator[Event]:
    """What the course is told of one message, in the order it happened."""
    if message.go_away:
        yield GoAway(seconds_of(message.go_away.time_left))
    if update := message.session_resumption_update:
        yield Resumable(update.new_handle if update.resumable and update.new_handle else None)
    if (activity := message.voice_activity) and activity.voice_activity_type:
        began = activity.voice_activity_type.value == "ACTIVITY_START"
        yield Turn(Step.USER_BEGAN if began else Step.USER_ENDED)
    if message.tool_call:
        yield from (Turn(Step.CALLED) for _ in message.tool_call.function_calls or ())
    if message.tool_call_cancellation:
        yield from (Turn(Step.WITHDRAWN) for _ in message.tool_call_cancellation.ids or ())
    if message.server_content:
        yield from _steps(message.server_content)


def _steps(content: types.LiveServerContent) -> Iterator[Event]:
    words = content.output_transcription and content.output_transcription.text
    if words or content.model_turn:
        yield Turn(Step.REPLYING, words or "")
    if content.generation_complete:
        yield Turn(Step.REPLIED)
    if content.waiting_for_input:
        yield Turn(Step.WAITS)
    status = content.interaction_status
    if content.turn_complete and (status is None or status.value != "IN_PROGRESS"):
        yield Turn(Step.DONE)


def seconds_of(duration: str | None) -> float:
    """A duration as the service writes it (``"50s"``); 0 when it is none."""
    try:
        return max(0.0, float((duration or "").removesuffix("s")))
    except ValueError:
        return 0.0


def for_the_plugin(message: types.LiveServerMessage) -> types.LiveServerMessage | None:
    """What the plugin sees of a message: None if nothing.

    Not what belongs to the life of a connection, of which it knows nothing (the service may put
    ``usageMetadata`` beside it), and not the empty messages that the service sends now and then.
    """
    if message.go_away or message.session_resumption_update:
        message = message.model_copy(update={"go_away": None, "session_resumption_update": None})
    content = message.server_content
    said = (content is not None and bool(content.model_fields_set)) or message.model_dump(
        exclude_none=True, exclude={"server_content"}
    )
    return message if said else None
