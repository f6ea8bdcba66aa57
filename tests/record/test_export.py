"""Every format is read back by a library that knows it."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pysubs2
import pytest
import webvtt
from markdown_it import MarkdownIt

from tests.record.samples import ASKED, LOOKED, RAN, READ, REMARK, SPENT, STORY, TALK, TOLD
from worker.record.export import FORMATS, as_json, clock, markdown, subrip
from worker.record.export import webvtt as as_webvtt
from worker.record.talks import Talk

BLOCKS = {f"{name}_{end}" for name in ("heading", "paragraph") for end in ("open", "close")}
SILENT = replace(TALK, lines=(), tools=(), remarks=(), usages=(), scripts=(), citations=())
EMPTY = replace(SILENT, lasted=None, reason=None)


def test_markdown_shows_what_was_said_as_it_was_said() -> None:
    page = MarkdownIt("commonmark", {"html": True}).render(markdown(TALK))
    assert "<h1>Conversation of 2023-11-14 22:13 UTC</h1>" in page
    assert "What is &lt;b&gt;that&lt;/b&gt; &amp; *this*?" in page
    assert "<strong>Agent</strong> (00:00:03)" in page
    assert "<em>(cut short)</em>" in page
    assert "<p>Tool look, done: A picture was sent.</p>" in page


@pytest.mark.parametrize(
    "text",
    [
        "# head",
        "- item",
        "1. one",
        "[a](http://b)",
        "![x](y)",
        "`code`",
        "***",
        "|a|b|",
        "\\*",
        "~~~",
    ],
)
def test_markdown_takes_nothing_said_for_markup(text: str) -> None:
    page = markdown(replace(EMPTY, lines=(replace(ASKED, text=text),)))
    tokens = MarkdownIt("commonmark").parse(page)
    kinds = {child.type for token in tokens for child in token.children or [token]}
    assert kinds <= {"text", "strong_open", "strong_close", *BLOCKS}
    shown = "".join(child.content for child in tokens[-2].children or [])
    assert shown == f"You (00:00:00): {text}"


def test_json_has_everything_in_order() -> None:
    whole = json.loads(as_json(TALK))
    assert [entry["kind"] for entry in whole["entries"]] == [
        *("line", "tool", "line", "remark", "script", "citation", "citation")
    ]
    assert whole["entries"][0]["text"] == ASKED.text
    assert whole["entries"][1]["summary"] == LOOKED.summary
    assert whole["entries"][3]["at"] == REMARK.at
    assert whole["started"] == "2023-11-14T22:13:20.500000+00:00"


def test_markdown_shows_code_as_it_was_run_and_what_it_printed() -> None:
    tokens = MarkdownIt("commonmark").parse(markdown(TALK))
    blocks = [(token.info, token.content) for token in tokens if token.type == "fence"]
    assert blocks == [("python", RAN.code), ("", RAN.output)]


def test_markdown_links_the_sources_and_takes_their_titles_for_no_markup() -> None:
    tokens = MarkdownIt("commonmark").parse(markdown(TALK))
    children = [child for token in tokens for child in token.children or []]
    hrefs = [child.attrs["href"] for child in children if child.type == "link_open"]
    assert hrefs == ["https://example.org/a_%28b%29?c=%3Cd%3E&e=1"]
    text = "".join(child.content for child in children)
    assert f"Source: {READ.title}" in text
    assert "Searched: *stars*" in text


def test_json_has_the_cost_by_turn_and_in_all() -> None:
    twice = replace(TALK, usages=(SPENT, replace(SPENT, id="usage-2", audio_in=1, latency=0.0)))
    usage = json.loads(as_json(twice))["usage"]
    assert [turn["latency"] for turn in usage["turns"]] == [1.25, 0.0]
    assert usage["total"]["audio_in"] == 166
    assert usage["total"]["thoughts"] == 272
    assert usage["total"]["usd"] == pytest.approx(0.006918)


def test_markdown_shows_what_it_has_cost() -> None:
    small = replace(TALK, usages=(replace(SPENT, text_in=357),))
    assert "It took 1 turn, 1,082 tokens in, 178 out, 1 search: 0.0035 US dollars." in markdown(
        small
    )
    twice = replace(small, usages=(small.usages[0], replace(SPENT, text_in=0, id="usage-2")))
    assert "out, 2 searches: " in markdown(twice)
    assert "US dollars" not in markdown(EMPTY)


def test_subrip_has_the_times_of_the_call_and_no_tags() -> None:
    cues = pysubs2.SSAFile.from_string(subrip(TALK), format_="srt")
    assert cues[0].start == ASKED.began * 1000
    assert cues[0].plaintext == "- What is \u2039b\u203athat\u2039/b\u203a & *this*?"
    assert cues[-1].end == pytest.approx(TOLD.ended * 1000, abs=1)
    assert " ".join(cue.plaintext.replace("\n", " ") for cue in cues[1:]) == STORY


def test_webvtt_names_the_speaker_and_escapes_the_rest() -> None:
    cues = webvtt.from_buffer(io.BytesIO(as_webvtt(TALK).encode())).captions
    assert [cue.voice for cue in cues[:2]] == ["You", "Agent"]
    assert "&lt;b&gt;that&lt;/b&gt; &amp;" in cues[0].raw_text
    assert cues[0].start_in_seconds == pytest.approx(ASKED.began, abs=0.5)


CHANGED = replace(REMARK, id="notice-2", at=2.5, text="The agent is now:\n--> *Tutor*.")


def test_who_the_agent_became_stands_there_with_its_time() -> None:
    talk = replace(TALK, remarks=(CHANGED, REMARK))
    page = MarkdownIt("commonmark").render(markdown(talk))
    assert "<p>Notice (00:00:02): The agent is now: --&gt; *Tutor*.</p>" in page
    assert "<p>Notice (00:00:24): I am back.</p>" in page
    (told, _) = [entry for entry in json.loads(as_json(talk))["entries"] if "level" in entry]
    assert (told["at"], told["text"]) == (2.5, CHANGED.text)
    captions = as_webvtt(talk)
    assert "NOTE 00:00:02.500 The agent is now: -> *Tutor*.\n\n" in captions
    assert captions.index("NOTE") < captions.index("<v Agent>")
    read = webvtt.from_buffer(io.BytesIO(captions.encode())).captions
    assert [cue.text for cue in read] == [
        cue.text for cue in webvtt.from_buffer(io.BytesIO(as_webvtt(TALK).encode())).captions
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_conversation_in_which_nothing_was_said_is_exported_too(name: str) -> None:
    text = FORMATS[name](EMPTY)
    assert text == "" if name == "srt" else text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "00:00:00.000"),
        (62.5, "00:01:02.500"),
        (3599.9996, "01:00:00.000"),
        (-1, "00:00:00.000"),
    ],
)
def test_times_are_clocks(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
    assert isinstance(TALK, Talk)
