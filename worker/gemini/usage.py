"""What the service has used: tokens by modality, searches, their price, turn by turn; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.genai import types

    from worker.gemini.families import Prices

MILLION = 1_000_000
THOUSAND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens of one direction."""

    text: int = 0
    """Documents, and whatever has no modality, besides."""
    audio: int = 0
    image: int = 0
    video: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.text + self.audio + self.image + self.video

    def __add__(self, other: Tokens) -> Tokens:
        """Both together."""
        return Tokens(
            text=self.text + other.text,
            audio=self.audio + other.audio,
            image=self.image + other.image,
            video=self.video + other.video,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a turn, or several, have used."""

    prompt: Tokens = Tokens()
    """The whole context: it is billed again for every turn."""
    reply: Tokens = Tokens()
    thoughts: int = 0
    queries: int = 0
    """Queries that the model has made of Google Search; the same one twice in a turn is one."""
    grounded: int = 0
    """Turns that rest on such a search."""

    @property
    def total(self) -> int:
        """All tokens."""
        return self.prompt.total + self.reply.total + self.thoughts

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            prompt=self.prompt + other.prompt,
            reply=self.reply + other.reply,
            thoughts=self.thoughts + other.thoughts,
            queries=self.queries + other.queries,
            grounded=self.grounded + other.grounded,
        )

    def searches(self, prices: Prices) -> int:
        """How many searches are billed."""
        return self.queries if prices.search_unit == "query" else self.grounded

    def usd(self, prices: Prices) -> float:
        """What it costs in US dollars."""
        asked, said = self.prompt, self.reply
        tokens = (
            asked.text * prices.text_in
            + asked.audio * prices.audio_in
            + (asked.image + asked.video) * prices.picture_in
            + (said.text + said.image + said.video) * prices.text_out
            + (said.audio + self.thoughts) * prices.audio_out
        )
        return tokens / MILLION + self.searches(prices) * prices.search / THOUSAND


def usage_of(given: types.UsageMetadata) -> Usage:
    """Read one report.

    Its details need not add up (25 of 522 tokens had no modality in a published recording): what
    they do not account for is text. What a tool's use put into the prompt is counted beside it.
    """
    used = _tokens(given.tool_use_prompt_token_count, given.tool_use_prompt_tokens_details)
    prompt = _tokens(given.prompt_token_count, given.prompt_tokens_details) + used
    reply = _tokens(given.response_token_count, given.response_tokens_details)
    return Usage(prompt=prompt, reply=reply, thoughts=_count(given.thoughts_token_count))


def _tokens(total: int | None, details: Iterable[types.ModalityTokenCount] | None) -> Tokens:
    tokens = Tokens()
    for detail in details or ():
        name = detail.modality.value.lower() if detail.modality else "text"
        known = name if name in ("audio", "image", "video") else "text"
        tokens += Tokens(**{known: _count(detail.token_count)})
    return tokens + Tokens(text=max(0, _count(total) - tokens.total))


def _count(given: int | None) -> int:
    return max(0, given or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One turn of the service's, and the call up to it."""

    number: int
    """Of the turn, from 1."""
    turn: Usage
    call: Usage


@dataclass(slots=True)
class Tally:
    """Adds up the reports of one call, each turn's once.

    A report stands beside the end of a turn or comes alone after it; the largest of a turn counts.
    What a resumed connection reports again of a turn that is over is therefore not counted twice,
    and what comes alone before the first turn belongs to none. A turn that lost its connection and
    was begun anew by a fresh one is never reported: a call's sum is then a lower bound. Searches
    are in no report: they are counted as the service tells what it has found.
    """

    turns: int = 0
    """Turns that were reported."""
    _before: Usage = Usage()
    """All turns but the present one."""
    _turn: Usage | None = None
    """The largest report of the present turn, which may be over."""
    _begun: bool = False
    """Whether the present turn goes on."""
    _any: bool = False
    _numbered: bool = False
    """Whether the present turn has its number."""
    _queries: set[str] = field(default_factory=set)
    _grounded: bool = False

    def on_message(self, message: types.LiveServerMessage) -> Bill | None:
        """Take any message of the service; gives the bill where a turn's is new or has changed."""
        content, given = message.server_content, message.usage_metadata
        over = bool(content and content.turn_complete)
        report = usage_of(given) if given else None
        found = content.grounding_metadata if content else None
        speaks = bool(message.tool_call or found) or bool(
            content and (content.model_turn or content.output_transcription)
        )
        if not self._begun and (speaks or (over and not self._repeats(report))):
            self._begin()
        ends = self._begun and over
        changed = self._take(report)
        if found:
            self._search(found)
        self._begun = self._begun and not over
        if self._begun or not (changed or ends) or (turn := self._present()) is None:
            return None
        self.turns += not self._numbered
        self._numbered = True
        return Bill(number=self.turns, turn=turn, call=self._before + turn)

    def _present(self) -> Usage | None:
        if self._turn is None and not self._grounded:
            return None
        # Pages without a word of what was searched for: it was one query at least.
        queries = max(len(self._queries), self._grounded)
        return replace(self._turn or Usage(), queries=queries, grounded=int(self._grounded))

    def _search(self, found: types.GroundingMetadata) -> None:
        # Google says that it bills different queries, and empty ones not at all.
        self._queries |= {query.strip() for query in found.web_search_queries or ()} - {""}
        pages = any(chunk.web for chunk in found.grounding_chunks or ())
        self._grounded = self._grounded or pages or bool(self._queries)

    def _repeats(self, report: Usage | None) -> bool:
        """Whether a turn that nothing was said in is the last one, told again."""
        return report is not None and report == self._turn

    def _begin(self) -> None:
        self._before += self._present() or Usage()
        self._turn, self._begun, self._any = None, True, True
        self._numbered = self._grounded = False
        self._queries.clear()

    def _take(self, report: Usage | None) -> bool:
        if report is None or not self._any:
            return False
        if self._turn is not None and report.total <= self._turn.total:
            return False
        self._turn = report
        return True
