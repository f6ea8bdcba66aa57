"""A tool that always answers, in time and in words the model can speak.

LiveKit checks the arguments of a `@function_tool` before it runs, and tells the model what is wrong
in pydantic's words: type codes, an excerpt of the input, a web address. It waits for a tool for
ever, lets one that blocks hold the event loop, and refuses results it knows no text for.
`speakable` takes the same function, with the same schema, and does none of this.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import math
import re
import traceback
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakSet

from livekit.agents import FunctionTool, RunContext, function_tool
from livekit.agents.llm import RawFunctionTool, ToolError
from livekit.agents.llm.utils import function_arguments_to_pydantic_model
from pydantic import BaseModel

from tools.arguments import check
from tools.context import ToolContext
from tools.encoding import cut, encode
from tools.threads import Busy, Threads

logger = logging.getLogger(__name__)

DEADLINE = 20.0
"""Seconds a tool may take if nothing else is said of it."""
FAILED = "That did not work; something went wrong on my side."
BUSY = "Too much is going on at once. Try again in a moment."

Tool = RawFunctionTool[..., Coroutine[Any, Any, str]]
Body = Callable[..., Coroutine[Any, Any, object]]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}", re.ASCII)
_THREADS = Threads()
_MADE: WeakSet[Tool] = WeakSet()
"""What `speakable` has made."""


class RegistrationError(ValueError):
    """A tool that cannot be declared to the model."""


def speakable(tool: FunctionTool[..., Any], *, deadline: float = DEADLINE) -> Tool:
    """Give the same tool with spoken complaints; its name, description and schema stay.

    An ordinary function (`def`) runs in a thread and may block; it must only read its context.

    Args:
        tool: What `@function_tool` made of a function.
        deadline: Seconds after which the model is told that it took too long.

    Raises:
        RegistrationError: Gemini would refuse its name, or the deadline is none.
    """
    name = tool.info.name
    if not _NAME.fullmatch(name):
        raise RegistrationError(f"{name[:80]!r} is no name for a tool: ASCII, 64 signs at most")
    if not 0 < deadline < math.inf:
        raise RegistrationError(f"the deadline of {name} must be some seconds, not {deadline}")
    model = _arguments_of(tool)
    body = _body_of(tool)

    async def call(ctx: RunContext[ToolContext], raw_arguments: dict[str, object]) -> str:
        arguments = check(model, raw_arguments)
        try:
            return encode(await _in_time(functools.partial(body, ctx, **arguments), deadline))
        except ToolError as error:
            raise ToolError(cut(error.message)) from error
        except Busy:
            raise ToolError(BUSY) from None
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            # The framework would show the text of the exception to everybody in the room.
            _report(name, error)
            raise ToolError(FAILED) from error

    described = {
        "name": name,
        "description": (tool.info.description or "").strip(),
        "parameters": model.model_json_schema(),
    }
    made = function_tool(call, raw_schema=described)
    _MADE.add(made)
    return made


def _report(name: str, error: BaseException) -> None:
    """Log where a tool failed; its own words may hold what somebody said."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    facts = {"tool": name, "error": type(error).__name__, "place": place}
    logger.error("tool failed", extra=facts)
    logger.debug("tool failed", extra=facts, exc_info=error)


def registry(*tools: Tool) -> dict[str, Tool]:
    """Give the tools by their names.

    Raises:
        RegistrationError: Two have the same name, or `speakable` has not made one of them.
    """
    for tool in tools:
        if tool not in _MADE:
            name = getattr(getattr(tool, "info", None), "name", getattr(tool, "__name__", "it"))
            raise RegistrationError(f"{name} must be registered as speakable({name})")
    named = {tool.info.name: tool for tool in tools}
    if len(named) < len(tools):
        raise RegistrationError("two tools have the same name")
    return named


def _arguments_of(tool: FunctionTool[..., Any]) -> type[BaseModel]:
    model = function_arguments_to_pydantic_model(tool)
    for field in model.model_fields.values():
        # The line breaks of a docstring mean nothing to whoever hears or reads it.
        field.description = " ".join((field.description or "").split())
    model.model_rebuild(force=True)
    return model


def _body_of(tool: FunctionTool[..., Any]) -> Body:
    if inspect.iscoroutinefunction(inspect.unwrap(tool)):
        return tool

    async def call(*args: object, **kwargs: object) -> object:
        return await _THREADS.run(tool.info.name, functools.partial(tool, *args, **kwargs))

    return call


async def _in_time(call: Callable[[], Coroutine[Any, Any, object]], deadline: float) -> object:
    try:
        async with asyncio.timeout(deadline) as limit:
            return await call()
    except TimeoutError:
        # A tool has time limits of its own, which are its own affair.
        if not limit.expired():
            raise
        unit = "second" if deadline == 1 else "seconds"
        raise ToolError(
            f"That took longer than {deadline:g} {unit}, so I have given up on it."
        ) from None


def _is_cancelled() -> bool:
    """Whether somebody wants this call to end, and not only something in the tool has ended."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
