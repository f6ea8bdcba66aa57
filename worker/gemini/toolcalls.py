"""The service's tool calls: each is run once and answered once, whatever the connection does."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from google.genai import types
from livekit.agents import llm, utils

from tools.speakable import FAILED
from worker.gemini.lifeline import Lifeline

logger = logging.getLogger(__name__)

Run = Callable[[llm.FunctionCall], Awaitable[llm.FunctionCallOutput]]
"""Runs one tool; gives its result or its error, and ends when it is cancelled."""

MOST = 32
"""Calls that run at a time; a model that asks for more is told so."""
REMEMBERED = 500
"""Calls whose answers are kept for the case that the service asks again."""
TOO_MANY = "Too many tools run at once. Try again in a moment."


@dataclass(slots=True)
class _Call:
    task: asyncio.Task[None] | None = None
    response: types.FunctionResponse | None = None
    cancelled: bool = False

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()


class ToolCalls:
    """Runs what the service calls, beside the talk, and gives it each result when there is one.

    The framework would do this too, but as a part of a speech: only after the agent has finished
    speaking, not at all when the user interrupts first, all calls of a message together, and marked
    SILENT (say nothing of it) when anybody spoke meanwhile. None of that concerns a tool's result.

    A call is known by its id, so one that comes again, as after a resumption, is not run again;
    its answer is given again only where the connection it went over has been lost.
    """

    def __init__(self, *, run: Run, lifeline: Lifeline) -> None:
        self._run = run
        self._lifeline = lifeline
        self._calls: dict[str, _Call] = {}
        lifeline.listeners.append(self.on_message)

    def on_message(self, message: types.LiveServerMessage) -> None:
        """Take the calls of one message of the service."""
        if message.tool_call:
            for call in message.tool_call.function_calls or []:
                self._take(call)

    def cancel(self, ids: Iterable[str]) -> None:
        """The service no longer wants these: what runs is cancelled, nothing more is said of it."""
        for call_id in ids:
            known = self._calls.setdefault(call_id, _Call())
            known.cancelled = True
            if known.task is not None:
                known.task.cancel()

    async def aclose(self) -> None:
        """Cancel what still runs and wait for its end."""
        tasks = [call.task for call in self._calls.values() if call.task and call.running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, asked: types.FunctionCall) -> None:
        # A call without an id is a new one: there is nothing else to know it by.
        call_id = asked.id or utils.shortuuid("call-")
        known = self._calls.get(call_id)
        if known is None:
            self._begin(call_id, asked)
        elif known.response is not None and not self._lifeline.has_answer(call_id):
            self._lifeline.answer([known.response])
        else:
            self._lifeline.disregard()

    def _begin(self, call_id: str, asked: types.FunctionCall) -> None:
        running = sum(call.running for call in self._calls.values())
        known = self._calls[call_id] = _Call()
        if running >= MOST:
            self._answer(known, asked, TOO_MANY, failed=True)
        else:
            name = f"tool {asked.name}"
            known.task = asyncio.create_task(self._carry_out(known, call_id, asked), name=name)
        self._forget()

    async def _carry_out(self, known: _Call, call_id: str, asked: types.FunctionCall) -> None:
        try:
            arguments = json.dumps(asked.args or {})
            call = llm.FunctionCall(call_id=call_id, name=asked.name or "", arguments=arguments)
            result = await self._run(call)
        except Exception as error:
            # Whatever it was, the service waits for an answer; its words may hold somebody's.
            facts = {"tool": asked.name, "error": type(error).__name__}
            logger.error("tool call failed", extra=facts)
            logger.debug("tool call failed", extra=facts, exc_info=error)
            self._answer(known, asked, FAILED, failed=True)
        else:
            self._answer(known, asked, result.output, failed=result.is_error)

    def _answer(self, known: _Call, asked: types.FunctionCall, text: str, *, failed: bool) -> None:
        if known.cancelled:
            return
        key = "error" if failed else "output"
        response = types.FunctionResponse(id=asked.id, name=asked.name, response={key: text})
        known.response = response
        self._lifeline.answer([response])

    def _forget(self) -> None:
        for call_id in list(self._calls)[: max(0, len(self._calls) - REMEMBERED)]:
            if not self._calls[call_id].running:
                del self._calls[call_id]
