"""What is changed in the plugin's session, and that the plugin is still the one it was made for."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from importlib.metadata import version

import pytest
from google.genai import types
from livekit.plugins.google.realtime import realtime_api

from worker.gemini.realtime import PRIVATE_SURFACE, begins_reply

SET_ON_INSTANCES = ("_client", "_current_generation", "_chat_ctx")


def test_the_plugin_is_the_version_this_was_written_for() -> None:
    pinned = (version("livekit-agents"), version("livekit-plugins-google"))
    assert pinned == ("1.8.9", "1.8.9"), (
        "the pair was changed: read the plugin's new realtime_api.py against "
        "worker/gemini/realtime.py and run tests/e2e before pinning it"
    )


@pytest.mark.parametrize(
    ("owner", "name"),
    [(owner, name) for owner, names in PRIVATE_SURFACE.items() for name in names],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_is_reached_into_is_still_there(owner: type, name: str) -> None:
    declared = {field.name for field in fields(owner)} if is_dataclass(owner) else set()
    there = hasattr(owner, name) or name in declared or f"self.{name}" in inspect.getsource(owner)
    assert there, f"{owner.__name__}.{name} is gone from the plugin"


@pytest.mark.parametrize("name", SET_ON_INSTANCES)
def test_what_is_replaced_on_an_instance_is_set_in_its_constructor(name: str) -> None:
    source = inspect.getsource(realtime_api.RealtimeSession.__init__)
    assert f"self.{name}" in source, f"the plugin's session no longer sets {name}"


def test_the_plugin_reaches_its_client_only_where_the_lifeline_stands() -> None:
    source = inspect.getsource(realtime_api.RealtimeSession)
    uses = [line for line in source.splitlines() if "self._client" in line]
    assert [line.strip() for line in uses] == [
        "self._client = GenAIClient(",
        "await self._client.aio.aclose()",
        "async with self._client.aio.live.connect(",
    ]


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (types.LiveServerContent(), False),
        (types.LiveServerContent(input_transcription=types.Transcription(text="hi")), False),
        (types.LiveServerContent(output_transcription=types.Transcription(text="hi")), True),
        (types.LiveServerContent(output_transcription=types.Transcription(text="")), False),
        (types.LiveServerContent(model_turn=types.Content(parts=[types.Part(text="x")])), True),
        (types.LiveServerContent(turn_complete=True), False),
    ],
)
def test_a_reply_begins_with_its_first_words_or_voice(
    content: types.LiveServerContent, begins: bool
) -> None:
    assert begins_reply(content) is begins
