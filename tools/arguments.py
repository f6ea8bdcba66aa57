"""A tool whose complaints about its arguments can be spoken.

LiveKit checks the arguments of a `@function_tool` before it runs, and tells the model what is wrong
in pydantic's words: type codes, an excerpt of the input, a web address. `speakable` takes the same
function, with the same schema, and says it in a sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any

from livekit.agents import FunctionTool, RunContext, function_tool
from livekit.agents.llm import RawFunctionTool, ToolError
from livekit.agents.llm.utils import function_arguments_to_pydantic_model
from pydantic import BaseModel, ValidationError

from tools.context import ToolContext

logger = logging.getLogger(__name__)

FAILED = "That did not work; something went wrong on my side."

Tool = RawFunctionTool[..., Coroutine[Any, Any, str]]


def speakable(tool: FunctionTool[..., Coroutine[Any, Any, str]]) -> Tool:
    """Give the same tool with spoken complaints; its name, description and schema stay."""
    model = function_arguments_to_pydantic_model(tool)
    for field in model.model_fields.values():
        # The line breaks of a docstring mean nothing to whoever hears or reads it.
        field.description = " ".join((field.description or "").split())
    model.model_rebuild(force=True)

    async def call(ctx: RunContext[ToolContext], raw_arguments: dict[str, object]) -> str:
        arguments = check(model, raw_arguments)
        try:
            return await tool(ctx, **arguments)
        except ToolError:
            raise
        except Exception as error:
            # The framework would show the text of the exception to everybody in the room.
            logger.exception("tool failed", extra={"tool": tool.info.name})
            raise ToolError(FAILED) from error

    described = {
        "name": tool.info.name,
        "description": (tool.info.description or "").strip(),
        "parameters": model.model_json_schema(),
    }
    return function_tool(call, raw_schema=described)


def check(model: type[BaseModel], arguments: dict[str, object]) -> dict[str, object]:
    """Turn what the model sent into the arguments of a tool; what it sent too much is left out.

    Raises:
        ToolError: An argument is missing or does not fit; the sentence says which and how.
    """
    # Null stands for "not given": models send it for what they may leave out.
    given = {name: value for name, value in arguments.items() if value is not None}
    for name, field in model.model_fields.items():
        # Pydantic would take true for the number 1.
        if isinstance(given.get(name), bool) and field.annotation is not bool:
            raise ToolError(_does_not_fit(model, name))
    try:
        checked = model.model_validate(given)
    except ValidationError as error:
        raise ToolError(_complaint(model, error)) from None
    return {name: getattr(checked, name) for name in model.model_fields}


def plain(text: str, *, longest: int) -> str:
    """Give a text on one line, without anything that cannot be seen, cut where it is too long."""
    visible = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    return " ".join(visible.split())[:longest].rstrip()


def _complaint(model: type[BaseModel], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing":
        return f"I still need the {name}. {_meaning(model, name)}"
    return _does_not_fit(model, name)


def _does_not_fit(model: type[BaseModel], name: str) -> str:
    return f"I cannot use what was given as the {name}. {_meaning(model, name)}"


def _meaning(model: type[BaseModel], name: str) -> str:
    field = model.model_fields.get(name)
    return (field.description if field else None) or ""
