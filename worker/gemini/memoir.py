"""Keeps the history of the talk from what goes over the connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.genai import types

from worker.gemini.history import History, Role, told_result

INSTRUCTION = "<instructions>"
"""How the plugin marks a turn that is an order to the model and no part of the talk."""
PLACEHOLDER = "."
"""With what it asks the 2.5 family for a reply, behind the order, if there is one."""


class Memoir:
    """Writes both sides' words into a `History` as they are known to be complete."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._lines = 0
        self._user = ""
        self._model = ""

    def on_message(self, message: types.LiveServerMessage) -> None:
        """Words that the service has heard or said; it knows them already."""
        content = message.server_content
        if content is None:
            return
        if (heard := content.input_transcription) and heard.text:
            self._user += heard.text
        if (said := content.output_transcription) and said.text:
            self._flush_user()
            self._model += said.text
        if content.turn_complete or content.interrupted:
            self.flush()

    def on_content(self, turns: Iterable[types.Content]) -> frozenset[str]:
        """Turns that go out as content; typed questions, above all. Gives their ids."""
        self._flush_user()
        said = [(turn, "".join(part.text or "" for part in turn.parts or [])) for turn in turns]
        if said and said[-1][1] == PLACEHOLDER:
            return frozenset()
        return frozenset(
            self._add("model" if turn.role == "model" else "user", text)
            for turn, text in said
            if text and not text.startswith(INSTRUCTION)
        )

    def on_results(self, responses: Iterable[types.FunctionResponse]) -> frozenset[str]:
        """Results of tools, as a fresh connection can be told of them. Gives their ids."""
        # What they were got for was said before; what the model says beside them goes on.
        self._flush_user()
        ids = set()
        for response in responses:
            self._history.add(response.id or "", "user", as_text(response))
            ids.add(response.id or "")
        return frozenset(ids)

    def on_told(self, responses: Iterable[types.FunctionResponse]) -> frozenset[str]:
        """Results that go out as content. Gives the ids of their lines."""
        return frozenset(self._add("user", as_text(response)) for response in responses)

    def flush(self) -> None:
        """A turn is over, or its connection: what was said in it is complete."""
        self._flush_user()
        words, self._model = self._model, ""
        self._add("model", words)

    def _flush_user(self) -> None:
        words, self._user = self._user, ""
        self._add("user", words)

    def _add(self, role: Role, text: str) -> str:
        self._lines += 1
        name = f"line-{self._lines}"
        self._history.add(name, role, text)
        return name


def as_text(response: types.FunctionResponse) -> str:
    """A tool's result for a model that knows nothing of the call."""
    given: Mapping[str, Any] = response.response or {}
    result = str(given.get("output", given.get("error", given)))
    return told_result(response.name or "", result)
