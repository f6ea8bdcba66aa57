"""What a call costs: tokens by modality, money, each turn once whatever connections do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from google.genai import types

from worker.gemini.families import FAMILIES, Family, Prices, family_of
from worker.gemini.usage import Bill, Tally, Tokens, Usage, usage_of

PRICES = Prices(
    as_of="2000-01",
    text_in=1.0,
    audio_in=10.0,
    picture_in=100.0,
    text_out=1000.0,
    audio_out=1e4,
    search=100.0,
    search_unit="query",
)


def report(prompt: int, reply: int = 0, **more: object) -> types.UsageMetadata:
    return types.UsageMetadata.model_validate(
        {"prompt_token_count": prompt, "response_token_count": reply, **more}
    )


def details(**counts: int) -> list[dict[str, object]]:
    return [{"modality": name.upper(), "token_count": count} for name, count in counts.items()]


def said(
    usage: types.UsageMetadata | None = None, *, over: bool = False, words: str = ""
) -> types.LiveServerMessage:
    content = types.LiveServerContent(turn_complete=over or None)
    if words:
        content.output_transcription = types.Transcription(text=words)
    return types.LiveServerMessage(server_content=content, usage_metadata=usage)


SPEAKS, OVER = said(words="Well,"), said(over=True)


def alone(prompt: int, reply: int = 0) -> types.LiveServerMessage:
    return types.LiveServerMessage(usage_metadata=report(prompt, reply))


def ends(prompt: int, reply: int = 0) -> types.LiveServerMessage:
    return said(report(prompt, reply), over=True)


def bills(*messages: types.LiveServerMessage) -> list[Bill]:
    tally = Tally()
    return [bill for message in messages if (bill := tally.on_message(message)) is not None]


@pytest.mark.parametrize(
    ("given", "usage"),
    [
        (report(10), Usage(prompt=Tokens(text=10))),
        (
            report(90, 5, prompt_tokens_details=details(text=10, audio=20, video=60)),
            Usage(prompt=Tokens(text=10, audio=20, video=60), reply=Tokens(text=5)),
        ),
        # As recorded from the real service: 25 of 522 have no modality.
        (
            report(
                522,
                42,
                thoughts_token_count=136,
                prompt_tokens_details=details(text=332, audio=165),
                response_tokens_details=details(audio=42),
            ),
            Usage(prompt=Tokens(text=357, audio=165), reply=Tokens(audio=42), thoughts=136),
        ),
        (report(0, prompt_tokens_details=details(image=7)), Usage(prompt=Tokens(image=7))),
        (report(3, prompt_tokens_details=details(document=3)), Usage(prompt=Tokens(text=3))),
        (report(4, tool_use_prompt_token_count=6), Usage(prompt=Tokens(text=10))),
        (report(-5, -1, prompt_tokens_details=details(audio=-3)), Usage()),
        (types.UsageMetadata(), Usage()),
    ],
)
def test_reads_tokens_by_modality_and_takes_the_rest_for_text(
    given: types.UsageMetadata, usage: Usage
) -> None:
    assert usage_of(given) == usage


@pytest.mark.parametrize(
    ("usage", "micros"),
    [
        (Usage(prompt=Tokens(text=1)), 1),
        (Usage(prompt=Tokens(audio=1)), 10),
        (Usage(prompt=Tokens(image=1, video=1)), 200),
        (Usage(reply=Tokens(text=1)), 1000),
        (Usage(reply=Tokens(audio=1)), 10_000),
        (Usage(thoughts=1), 10_000),
        (Usage(queries=2, grounded=1), 200_000),
    ],
)
def test_every_modality_has_its_price(usage: Usage, micros: int) -> None:
    assert usage.usd(PRICES) * 1e6 == pytest.approx(micros)


def test_a_minute_of_talk_costs_what_google_says_it_does() -> None:
    prices = family_of("gemini-3.8-live").prices
    minute = Tokens(audio=60 * 25)
    assert Usage(prompt=minute).usd(prices) == pytest.approx(0.005, rel=0.15)
    assert Usage(reply=minute).usd(prices) == pytest.approx(0.018, rel=0.15)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_has_dated_prices(family: Family) -> None:
    prices = family.prices
    assert len(prices.as_of) == len("2026-09")
    assert 0 < prices.text_in <= prices.audio_in < prices.audio_out
    assert prices.search > 0


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        ([SPEAKS, ends(768, 40)], [808]),
        ([SPEAKS, OVER, alone(768, 40)], [808]),
        ([SPEAKS, alone(700), alone(768, 40), OVER], [808]),
        ([SPEAKS, ends(768, 40), SPEAKS, ends(906, 20)], [808, 926]),
        ([ends(5)], [5]),
        ([SPEAKS, OVER], []),
        ([alone(125)], []),
    ],
    ids=[
        "with the end of the turn",
        "after it",
        "growing while the turn goes on",
        "the whole context anew for every turn",
        "interrupted before a word",
        "never reported",
        "of no turn",
    ],
)
def test_each_turn_is_billed_by_its_report(
    messages: list[types.LiveServerMessage], turns: list[int]
) -> None:
    assert [bill.turn.total for bill in bills(*messages)] == turns


@pytest.mark.parametrize(
    "again",
    [[alone(768, 40)], [ends(768, 40)], [alone(700)], [alone(768, 40), ends(768, 40)]],
    ids=["alone", "with an end", "less of it", "both"],
)
def test_what_a_resumed_connection_tells_again_is_not_counted_twice(
    again: list[types.LiveServerMessage],
) -> None:
    last = bills(SPEAKS, ends(768, 40), *again, SPEAKS, ends(906, 20))[-1]
    assert (last.number, last.call.total) == (2, 808 + 926)


def test_a_turn_that_goes_on_over_another_connection_is_one() -> None:
    (bill,) = bills(SPEAKS, SPEAKS, ends(768, 90))
    assert (bill.number, bill.call.total) == (1, 858)


def test_a_larger_report_of_the_same_turn_takes_the_place_of_the_smaller() -> None:
    first, second = bills(SPEAKS, ends(700, 40), alone(768, 40))
    assert (first.number, second.number) == (1, 1)
    assert second.call.total == 808


def test_a_call_is_the_sum_of_its_turns() -> None:
    found = bills(*[m for n in range(5) for m in (SPEAKS, ends(100 * n, n))])
    assert [bill.number for bill in found] == [1, 2, 3, 4, 5]
    for before, after in pairwise(found):
        assert after.call == before.call + after.turn


def found(*queries: str, page: bool = False, over: bool = False) -> types.LiveServerMessage:
    """What the service has found by itself; queries come without pages, pages without queries."""
    chunk = types.GroundingChunk(web=types.GroundingChunkWeb(uri="https://example.org/"))
    metadata = types.GroundingMetadata(
        web_search_queries=list(queries) or None, grounding_chunks=[chunk] if page else None
    )
    content = types.LiveServerContent(grounding_metadata=metadata, turn_complete=over or None)
    return types.LiveServerMessage(server_content=content)


@pytest.mark.parametrize(
    ("messages", "counts"),
    [
        ([found("a", "b"), SPEAKS, ends(10)], [(2, 1)]),
        ([SPEAKS, found("a"), ends(10), SPEAKS, ends(10)], [(1, 1), (0, 0)]),
        ([SPEAKS, found("a"), found("a ", "", "b"), ends(10)], [(2, 1)]),
        ([SPEAKS, found(page=True), ends(10)], [(1, 1)]),
        ([SPEAKS, found("a", over=True), alone(10)], [(1, 1), (1, 1)]),
        ([SPEAKS, found("", " "), ends(10)], [(0, 0)]),
        ([SPEAKS, found("a"), OVER, SPEAKS, ends(10)], [(1, 1), (0, 0)]),
    ],
    ids=[
        "before a word",
        "of one turn",
        "again, empty, another",
        "pages alone",
        "with the end, told before the tokens",
        "empty",
        "in a turn whose tokens are never reported",
    ],
)
def test_searches_are_counted_with_the_turn_they_belong_to(
    messages: list[types.LiveServerMessage], counts: list[tuple[int, int]]
) -> None:
    made = bills(*messages)
    assert [(bill.turn.queries, bill.turn.grounded) for bill in made] == counts
    of_turns = {bill.number: bill.turn for bill in made}.values()
    assert made[-1].call.queries == sum(turn.queries for turn in of_turns)


@pytest.mark.parametrize(
    ("model", "searches", "usd"),
    [
        ("gemini-3.8-live", 3, 3 * 0.014),
        ("gemini-2.5-flash-native-audio-preview-12-2025", 2, 2 * 0.035),
    ],
)
def test_a_search_is_a_query_or_an_answer_as_google_bills_the_family(
    model: str, searches: int, usd: float
) -> None:
    used, prices = Usage(queries=3, grounded=2), family_of(model).prices
    assert used.searches(prices) == searches
    assert used.usd(prices) == pytest.approx(usd)


def test_a_tool_call_is_a_turn_of_its_own() -> None:
    calls = types.LiveServerMessage(tool_call=types.LiveServerToolCall(function_calls=[]))
    first, second = bills(calls, ends(50), SPEAKS, ends(60, 10))
    assert (first.turn.total, second.turn.total, second.call.total) == (50, 70, 120)
