"""Every tool in `TOOLS` is fit for the model, and nothing it is given ends a call."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.agents.llm import ToolContext, ToolError
from livekit.plugins.google.utils import create_tools_config

from tests.fakes.calls import Call
from tools import TOOLS

FITTING: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(), max_size=80)
    | st.sampled_from(["x" * 10_000, "../../etc/passwd", "http://127.0.0.1/", "0,0,1,1", "a, b"]),
    "number": st.floats()
    | st.integers()
    | st.sampled_from([1, 1e308, 10**400, math.inf, math.nan]),
}
ANYTHING = (
    st.one_of(*FITTING.values())
    | st.none()
    | st.booleans()
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
)


def arguments_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments as a model might send them: of the right types, or of any, null and new ones."""
    properties = TOOLS[name].info.raw_schema["parameters"]["properties"]
    fitting = {key: FITTING[schema["type"]] for key, schema in properties.items()}
    anything = {key: values | ANYTHING for key, values in fitting.items()}
    return st.fixed_dictionaries(fitting) | st.fixed_dictionaries(
        {}, optional=anything | {"other": ANYTHING}
    )


class Conversation:
    """As much of a RunContext as a tool may touch."""

    def __init__(self, call: Call) -> None:
        self.userdata = call.context


def declared(name: str) -> Any:
    """Give the declaration as it goes to Gemini Live."""
    (config, *_), _ = create_tools_config(
        ToolContext([TOOLS[name]]), use_parameters_json_schema=False
    )
    assert config.function_declarations
    return config.function_declarations[0]


@pytest.mark.parametrize("name", TOOLS)
def test_name_is_valid_for_gemini_and_the_one_it_is_registered_by(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}", name)
    assert declared(name).name == TOOLS[name].info.name == name


@pytest.mark.parametrize("name", TOOLS)
def test_has_a_description_and_so_has_every_argument(name: str) -> None:
    declaration = declared(name)
    assert len(declaration.description) > 30
    for argument, schema in declaration.parameters.properties.items():
        assert schema.description, argument
        assert len(schema.description) > 10
        assert "\n" not in schema.description


@pytest.mark.parametrize("name", TOOLS)
def test_schema_is_flat(name: str) -> None:
    kinds = {schema.type.value for schema in declared(name).parameters.properties.values()}
    assert kinds <= {"STRING", "NUMBER", "INTEGER", "BOOLEAN"}


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("get_time", None),
        ("set_timer", ["seconds"]),
        ("cancel_timer", None),
        ("get_weather", ["place"]),
        ("look", ["question"]),
        ("point_at", ["box", "label"]),
    ],
)
def test_declares_what_it_cannot_do_without(name: str, required: list[str] | None) -> None:
    assert declared(name).parameters.required == required


@pytest.mark.parametrize("name", TOOLS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
async def test_answers_anything_with_a_sentence(name: str, data: st.DataObject) -> None:
    arguments = data.draw(arguments_of(name))
    call = Call()
    try:
        answer = await TOOLS[name](Conversation(call), arguments)
    except ToolError as error:
        answer = error.message
    finally:
        await call.aclose()
    assert isinstance(answer, str)
    assert 5 < len(answer) < 600
    assert answer.isprintable()
    assert "pydantic" not in answer


@pytest.mark.parametrize("name", TOOLS)
async def test_an_answer_can_be_sent_as_json(name: str) -> None:
    call = Call()
    arguments: dict[str, object] = {"seconds": 5, "place": "Paris", "question": "what?"}
    _, answer = await call.answer_raw(name, arguments | {"other": math.pi})
    await call.aclose()
    assert json.loads(json.dumps(answer)) == answer
