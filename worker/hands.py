"""What the agent does: runs tools in the session they belong to, and lets the session know."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Literal

from livekit.agents import AgentSession, FunctionToolsExecutedEvent, RunContext, llm
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted, ToolExecutionUpdatedEvent
from livekit.agents.voice.speech_handle import SpeechHandle

logger = logging.getLogger(__name__)


class Hands:
    """Runs the tools of a session's agent, as LiveKit would, but apart from any speech.

    Whoever follows the session hears of it by the framework's own events, and its history has calls
    and results in their places.
    """

    def __init__(self) -> None:
        self._session: AgentSession[Any] | None = None

    def serve(self, session: AgentSession[Any]) -> None:
        """Run the tools of this session from now on."""
        self._session = session

    async def run(self, call: llm.FunctionCall) -> llm.FunctionCallOutput:
        """Run one tool; what goes wrong in it is its result.

        Raises:
            RuntimeError: There is no session, or it has no agent.
        """
        if self._session is None:
            raise RuntimeError("no session to run a tool in")
        session = self._session
        self._tell(session, ToolCallStarted(function_call=call))
        try:
            output = await _execute(session, call)
        except asyncio.CancelledError:
            self._tell(session, _ended(call, "cancelled"))
            raise
        logger.info("tool called", extra={"tool": call.name, "failed": output.is_error})
        self._tell(session, _ended(call, "error" if output.is_error else "done", output.output))
        session.history.insert([call, output])
        executed = FunctionToolsExecutedEvent(function_calls=[call], function_call_outputs=[output])
        session.emit("function_tools_executed", executed)
        return output

    def _tell(self, session: AgentSession[Any], update: ToolCallStarted | ToolCallEnded) -> None:
        session.emit("tool_execution_updated", ToolExecutionUpdatedEvent(update=update))


async def _execute(session: AgentSession[Any], call: llm.FunctionCall) -> llm.FunctionCallOutput:
    context = RunContext(
        session=session,
        speech_handle=session.current_speech or SpeechHandle.create(),
        function_call=call,
    )
    asked = llm.FunctionToolCall(call_id=call.call_id, name=call.name, arguments=call.arguments)
    tools = llm.ToolContext(session.current_agent.tools)
    return (await llm.execute_function_call(asked, tools, call_ctx=context)).fnc_call_out


def _ended(
    call: llm.FunctionCall, status: Literal["done", "error", "cancelled"], message: str = ""
) -> ToolCallEnded:
    return ToolCallEnded(id=call.call_id, call_id=call.call_id, message=message, status=status)
