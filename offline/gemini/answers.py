"""The client's tool responses: matched to their calls, and spoken about when their time comes."""

from __future__ import annotations

from collections.abc import Mapping

from offline.gemini.floor import Floor
from offline.gemini.inputs import FunctionResponse, ToolResponse
from offline.gemini.line import Line
from offline.gemini.listening import Listening
from offline.gemini.memory import PendingCall, text_tokens
from offline.gemini.prompting import Request
from offline.gemini.watching import Watching


class Answers:
    """Takes toolResponse messages."""

    def __init__(
        self, line: Line, *, floor: Floor, watching: Watching, listening: Listening
    ) -> None:
        self._line, self._floor = line, floor
        self._watching, self._listening = watching, listening

    def take(self, given: ToolResponse, now: float) -> None:
        """Take all responses of one message; those to unknown or dropped calls are ignored."""
        spoken: list[tuple[PendingCall, Mapping[str, object]]] = []
        for item in given.responses:
            call = self._matched(item, now)
            if call is not None and self._speaks(call, item, now):
                spoken.append((call, item.response))
        if spoken:
            call = spoken[-1][0]
            self._floor.owe(
                Request(text=call.text),
                now,
                typed=call.typed,
                results=tuple((call.name, response) for call, response in spoken),
                late=self._line.temper.tool_reply_ms / 1000,
            )

    def _matched(self, item: FunctionResponse, now: float) -> PendingCall | None:
        line = self._line
        call = line.memory.calls.get(item.id)
        line.account.tool_responses.append(
            {
                "id": item.id,
                "name": item.name,
                "response": dict(item.response),
                "scheduling": item.scheduling,
                "known": call is not None,
                "at": now,
            }
        )
        line.account.note("tool_response", now, id=item.id, known=call is not None)
        if call is None:
            return None
        if not item.will_continue:
            del line.memory.calls[item.id]
        line.memory.count("TEXT", text_tokens(str(item.response)))
        for blob in item.blobs:
            self._watching.see(blob, now, active=True)
        return call

    def _speaks(self, call: PendingCall, item: FunctionResponse, now: float) -> bool:
        if call.blocking and self._floor.answer(item.id, call.name, item.response):
            if not item.will_continue:
                self._floor.resume(item.id, now)
            return False
        scheduling = item.scheduling if self._line.profile.scheduling else "WHEN_IDLE"
        if scheduling == "INTERRUPT" and not self._listening.speaking:
            self._floor.interrupt(now)
        return scheduling != "SILENT"
