"""The plugin's realtime model with our connection in it, and its late deeds done in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from google.genai import types
from google.genai.live import AsyncSession
from livekit import rtc
from livekit.agents import NOT_GIVEN, NotGivenOr, llm, utils
from livekit.plugins.google.realtime import realtime_api

from worker.gemini.families import family_of
from worker.gemini.lifeline import Lifeline

PRIVATE_SURFACE: dict[type, tuple[str, ...]] = {
    realtime_api.RealtimeModel: ("session", "_sessions"),
    realtime_api.RealtimeSession: (
        "_resample_audio",
        "_handle_server_content",
        "_start_new_generation",
        "_handle_input_speech_started",
        "_handle_tool_calls",
        "_build_connect_config",
        "_mark_current_generation_done",
        "generate_reply",
    ),
    AsyncSession: ("_ws",),
    realtime_api._ResponseGeneration: (
        "audio_ch",
        "message_ch",
        "input_id",
        "input_transcription",
        "_created_timestamp",
        "_done",
    ),
}
"""Everything private that is overridden or reached into here and in `lifeline`; a test holds it
against the pinned versions. Set on instances besides: ``_client``, ``_current_generation``,
``_chat_ctx``, ``_tools``, ``_opts`` and ``_session_resumption_handle``."""


class RealtimeModel(realtime_api.RealtimeModel):
    """Gemini Live over a `Lifeline`. One model serves one session: the plugin shares options."""

    def __init__(self, *, lifeline: Lifeline, **options: Any) -> None:
        super().__init__(**options)
        self.lifeline = lifeline

    def session(self, *, turn_detection_disabled: bool = False) -> RealtimeSession:
        """Open the session; its connection is made in the background."""
        session = RealtimeSession(self)
        self._sessions.add(session)
        return session


class RealtimeSession(realtime_api.RealtimeSession):
    """The plugin's session with seven differences.

    Its connection is the lifeline's; audio goes there without a resampler or a second chunking;
    the user's words are final when they end, not when the reply does; a reply
    that is cut before its first sound is over; the tools that the model calls are none of its
    business (see `worker.gemini.toolcalls`); neither the rest of a reply that
    lost its connection nor what is said of a tool's result cuts what still plays.
    """

    def __init__(self, model: RealtimeModel) -> None:
        super().__init__(model)
        self._lifeline = model.lifeline
        self._whole_lines = family_of(self._opts.model).voice_activity
        self._asynchronous = self._opts.tool_behavior is types.Behavior.NON_BLOCKING
        # The plugin touches its client through `aio.live.connect` and `aio.aclose` alone.
        self._client = self._lifeline.adopt(self._client)  # type: ignore[assignment]
        # With any handle the plugin sends no history again when it connects anew; what the
        # service has seen is the lifeline's to know.
        self._session_resumption_handle = "lifeline"
        self._settled: tuple[str, str] | None = None
        self._going_on = False
        self._lifeline.handing_over = self._on_message

    def emit(self, event: Any, *args: Any) -> None:
        """Leave out partial lines of a family whose lines come whole.

        The final line follows in the same moment, and what RoomIO writes for the partial one would
        hold it up by some 20 ms: by as much as the reply may take to be heard.
        """
        partial = event == "input_audio_transcription_completed" and not args[0].is_final
        if not (partial and self._whole_lines):
            super().emit(event, *args)

    def reconfigure(
        self,
        *,
        instructions: str | None = None,
        voice: str | None = None,
        tools: Sequence[llm.Tool | llm.Toolset] | None = None,
        realtime_input: NotGivenOr[types.RealtimeInputConfig | None] = NOT_GIVEN,
    ) -> None:
        """Set the connection up anew, with what is given, when nobody speaks, and resume it.

        The plugin would cut its own reply for that, and write new instructions into the talk.

        Args:
            realtime_input: How speech is found; None leaves it to the service.
        """
        if instructions is not None:
            self._opts.instructions = instructions
        if voice is not None:
            self._opts.voice = voice
        if tools is not None:
            self._tools = llm.ToolContext(list(tools))
        if utils.is_given(realtime_input):
            self._opts.realtime_input_config = realtime_input or NOT_GIVEN
        self._lifeline.reconfigure(self._build_connect_config())

    def interrupt(self) -> None:
        """Do nothing: `Lifeline.stop` tells the service, and `Activity` when somebody speaks.

        The plugin would begin a turn of the user's that nobody ends, where a button does that.
        """

    def push_audio(self, frame: rtc.AudioFrame) -> None:
        """Send the frame as it came: 16 kHz mono frames are neither resampled nor re-cut."""
        for part in self._resample_audio(frame):
            self._lifeline.hear(bytes(part.data))

    async def update_chat_ctx(self, chat_ctx: llm.ChatContext) -> None:
        """Hand over new items, but not calls and results of tools: `ToolCalls` answers those."""
        await super().update_chat_ctx(chat_ctx.copy(exclude_function_call=True))

    def _handle_tool_calls(self, tool_call: types.LiveServerToolCall) -> None:
        """Leave them to `ToolCalls`, and let the reply go on.

        The plugin ends the reply here; what the model says after a call would be another one that
        cuts the first, and the framework would run tools as a part of that speech.
        """
        self._settle_input()

    def _start_new_generation(self) -> None:
        letters, talk = self._lifeline.letters, self._lifeline.course.talk
        of_result = letters.spoken_of_next and self._asynchronous
        self._going_on = talk.continued or of_result
        super()._start_new_generation()
        self._going_on = letters.spoken_of_next = False
        # One message is all that comes. Were another waited for, a reply that is cut before its
        # first sound would hold up what is typed, for 5 s or until the service has done with it.
        if self._current_generation is not None:
            self._current_generation.message_ch.close()

    def _handle_input_speech_started(self) -> None:
        """Cut what plays, as the plugin does before every reply.

        But not before the rest of it, nor before what is said of a tool's result: nobody has spoken
        in between.
        """
        if not self._going_on:
            super()._handle_input_speech_started()
            self._lifeline.taps.hush()

    def _handle_server_content(self, server_content: types.LiveServerContent) -> None:
        self._reopen_input(server_content)
        super()._handle_server_content(server_content)
        # After the parent: the last words may share a message with the first of the reply.
        if begins_reply(server_content):
            self._settle_input()

    def generate_reply(self, **options: Any) -> asyncio.Future[llm.GenerationCreatedEvent]:
        """Ask for a reply, which is another one than the last."""
        self._end_unmarked_turn()
        return super().generate_reply(**options)

    def _end_unmarked_turn(self) -> None:
        """End a turn that was generated whole and whose mark never came: the next one begins.

        The plugin would take the next reply for a part of it, and drop it as too late.
        """
        if self._current_generation is not None and self._current_generation.audio_ch.closed:
            self._mark_current_generation_done()

    def _on_message(self, message: types.LiveServerMessage) -> None:
        """Take the service's word for the end of speech: its transcription came just before."""
        activity = message.voice_activity
        if activity and activity.voice_activity_type is types.VoiceActivityType.ACTIVITY_START:
            self._end_unmarked_turn()
        if activity and activity.voice_activity_type is types.VoiceActivityType.ACTIVITY_END:
            self._settle_input()

    def _settle_input(self) -> None:
        """Declare the user's words final, once; the plugin would wait for the end of the reply."""
        generation = self._current_generation
        if generation is None or generation._done or not generation.input_transcription:
            return
        if self._settled is not None and self._settled[0] == generation.input_id:
            return
        text, generation.input_transcription = generation.input_transcription, ""
        self._settled = (generation.input_id, text)
        self.emit(
            "input_audio_transcription_completed",
            llm.InputTranscriptionCompleted(
                item_id=generation.input_id,
                transcript=text,
                is_final=True,
                turn_started_at=generation._created_timestamp,
            ),
        )
        self._chat_ctx.add_message(role="user", content=text, id=generation.input_id)

    def _reopen_input(self, content: types.LiveServerContent) -> None:
        """Words that come after the reply began continue the line that was declared final.

        The plugin then declares the whole line final once more, at the end of the reply.
        """
        generation = self._current_generation
        late = content.input_transcription and content.input_transcription.text
        if generation is None or generation._done or not late or self._settled is None:
            return
        item_id, text = self._settled
        if item_id == generation.input_id and not generation.input_transcription:
            generation.input_transcription = text
            self._chat_ctx.items = [item for item in self._chat_ctx.items if item.id != item_id]


def begins_reply(content: types.LiveServerContent) -> bool:
    """Whether a message carries the model's own words or voice."""
    words = content.output_transcription and content.output_transcription.text
    return bool(words or (content.model_turn and content.model_turn.parts))
