"""What a message of the service means for the talk."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import types

from worker.gemini.moves import Event, GoAway, Resumable, Step, Turn
from worker.gemini.reading import events_of, for_the_plugin, seconds_of


def message(**fields: Any) -> types.LiveServerMessage:
    return types.LiveServerMessage.model_validate(fields)


def content(**fields: Any) -> types.LiveServerMessage:
    return message(server_content=fields)


CALLS = [{"id": "a", "name": "get_time", "args": {}}, {"id": "b", "name": "look", "args": {}}]
WORDS = {"output_transcription": {"text": " so"}}
SOUND = {"model_turn": {"parts": [{"text": "thought", "thought": True}]}}
HANDLE = {"new_handle": "h", "resumable": True}


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        (message(), []),
        (message(go_away={"time_left": "50s"}), [GoAway(50.0)]),
        (message(session_resumption_update=HANDLE), [Resumable("h")]),
        (message(session_resumption_update={"resumable": False}), [Resumable(None)]),
        (message(session_resumption_update={"new_handle": "h"}), [Resumable(None)]),
        (
            message(voice_activity={"voice_activity_type": "ACTIVITY_START"}),
            [Turn(Step.USER_BEGAN)],
        ),
        (message(voice_activity={"voice_activity_type": "ACTIVITY_END"}), [Turn(Step.USER_ENDED)]),
        (message(tool_call={"function_calls": CALLS}), [Turn(Step.CALLED), Turn(Step.CALLED)]),
        (message(tool_call_cancellation={"ids": ["a"]}), [Turn(Step.WITHDRAWN)]),
        (content(**WORDS), [Turn(Step.REPLYING, " so")]),
        (content(**SOUND), [Turn(Step.REPLYING)]),
        (content(input_transcription={"text": "what"}), []),
        (content(generation_complete=True), [Turn(Step.REPLIED)]),
        (content(waiting_for_input=True), [Turn(Step.WAITS)]),
        (
            content(waiting_for_input=True, turn_complete=True),
            [Turn(Step.WAITS), Turn(Step.DONE)],
        ),
        (content(**WORDS, turn_complete=True), [Turn(Step.REPLYING, " so"), Turn(Step.DONE)]),
        (content(turn_complete=True, interaction_status="IN_PROGRESS"), []),
        (content(turn_complete=True, interaction_status="IDLE"), [Turn(Step.DONE)]),
    ],
)
def test_each_message_has_its_meaning(said: types.LiveServerMessage, meaning: list[Event]) -> None:
    assert list(events_of(said)) == meaning


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [("50s", 50.0), ("0.160s", 0.16), ("", 0.0), (None, 0.0), ("soon", 0.0)],
)
def test_a_duration_is_in_seconds(duration: str | None, seconds: float) -> None:
    assert seconds_of(duration) == seconds


@pytest.mark.parametrize(
    ("said", "handed_on"),
    [
        (message(), False),
        (content(), False),
        (message(go_away={"time_left": "50s"}), False),
        (message(session_resumption_update=HANDLE), False),
        (content(**WORDS), True),
        (message(usage_metadata={"total_token_count": 3}), True),
        (message(tool_call={"function_calls": CALLS}), True),
    ],
)
def test_the_plugin_sees_the_talk_and_not_the_housekeeping(
    said: types.LiveServerMessage, handed_on: bool
) -> None:
    assert (for_the_plugin(said) is not None) is handed_on


@pytest.mark.parametrize(
    "housekeeping", [{"go_away": {"time_left": "50s"}}, {"session_resumption_update": HANDLE}]
)
def test_what_comes_beside_the_housekeeping_comes_alone(housekeeping: dict[str, Any]) -> None:
    used = {"total_token_count": 3}
    shown = for_the_plugin(message(usage_metadata=used, **housekeeping))
    assert shown == message(usage_metadata=used)
