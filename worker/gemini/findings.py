"""What the service found by itself, read from its messages: the plugin drops all of it; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.genai import types


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """The web pages that a reply is based on."""

    queries: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    """Title and address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Code that the model has run."""

    language: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    succeeded: bool
    output: str


def findings_of(message: types.LiveServerMessage) -> Iterator[Grounding | Script | Outcome]:
    """What one message tells, in its order; nothing for nearly all of them."""
    content = message.server_content
    if content is None:
        return
    for part in (content.model_turn and content.model_turn.parts) or ():
        if code := part.executable_code:
            yield Script(language=_name(code.language), code=code.code or "")
        if result := part.code_execution_result:
            succeeded = _name(result.outcome) == "OUTCOME_OK"
            yield Outcome(succeeded=succeeded, output=result.output or "")
    if content.grounding_metadata:
        yield _grounding(content.grounding_metadata)


def _grounding(found: types.GroundingMetadata) -> Grounding:
    pages = (chunk.web for chunk in found.grounding_chunks or () if chunk.web)
    return Grounding(
        queries=tuple(found.web_search_queries or ()),
        # Vertex AI has no titles but domains.
        pages=tuple((page.title or page.domain or "", page.uri) for page in pages if page.uri),
    )


def _name(value: types.Language | types.Outcome | None) -> str:
    return "" if value is None else value.value
