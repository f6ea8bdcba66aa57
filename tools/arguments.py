"""What the model gives a tool: checked against its schema, and complained about in sentences."""

from __future__ import annotations

from livekit.agents.llm import ToolError
from pydantic import BaseModel, ValidationError

MAX_TEXT = 4_000
"""Characters of one argument; what a person would say is far below it."""


def check(model: type[BaseModel], arguments: object) -> dict[str, object]:
    """Turn what the model sent into the arguments of a tool; what it sent too much is left out.

    Raises:
        ToolError: An argument is missing or does not fit; the sentence says which and how.
    """
    # Null stands for "not given": models send it for what they may leave out, and for no arguments.
    sent = arguments if isinstance(arguments, dict) else {}
    given = {name: value for name, value in sent.items() if value is not None}
    for name, field in model.model_fields.items():
        value = given.get(name)
        # Pydantic would take true for the number 1.
        if isinstance(value, bool) and field.annotation is not bool:
            raise ToolError(_does_not_fit(model, name))
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise ToolError(f"What was given as the {name} is too long.")
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
