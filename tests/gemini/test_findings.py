"""What the service found by itself is read from its messages, whatever else is in them."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import types

from worker.gemini.findings import Grounding, Outcome, Script, findings_of

PAGE = {"web": {"uri": "https://example.org/", "title": "A page"}}


def message(**content: Any) -> types.LiveServerMessage:
    """A message as it comes from the wire, in camel case."""
    return types.LiveServerMessage.model_validate({"serverContent": content})


def turn(*parts: dict[str, Any]) -> types.LiveServerMessage:
    return message(modelTurn={"parts": list(parts)})


CODE = {"executableCode": {"language": "PYTHON", "code": "print(6 * 7)"}}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (turn(CODE), [Script(language="PYTHON", code="print(6 * 7)")]),
        (
            turn({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n"}}),
            [Outcome(succeeded=True, output="42\n")],
        ),
        (
            turn({"codeExecutionResult": {"outcome": "OUTCOME_DEADLINE_EXCEEDED"}}),
            [Outcome(succeeded=False, output="")],
        ),
        (
            turn(CODE, {"text": "So"}, {"codeExecutionResult": {"outcome": "OUTCOME_OK"}}),
            [Script(language="PYTHON", code="print(6 * 7)"), Outcome(succeeded=True, output="")],
        ),
        (
            message(groundingMetadata={"webSearchQueries": ["q"], "groundingChunks": [PAGE]}),
            [Grounding(queries=("q",), pages=(("A page", "https://example.org/"),))],
        ),
        (
            message(
                groundingMetadata={
                    "groundingChunks": [
                        {"web": {"title": "no address"}},
                        {"retrievedContext": {"uri": "gs://b"}},
                        {"web": {"uri": "https://v.org/", "domain": "v.org"}},
                    ],
                    "searchEntryPoint": {"renderedContent": "<script>"},
                }
            ),
            [Grounding(queries=(), pages=(("v.org", "https://v.org/"),))],
        ),
        (message(turnComplete=True), []),
        (turn({"text": "Hello", "thought": True}), []),
        (types.LiveServerMessage(), []),
    ],
)
def test_reads_what_one_message_tells(given: types.LiveServerMessage, found: list[object]) -> None:
    assert list(findings_of(given)) == found
