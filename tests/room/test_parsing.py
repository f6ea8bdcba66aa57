"""Requests are read from JSON and from plain text, and every sample is what the classes say."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ControlError
from worker.room.answers import ANSWERS
from worker.room.parsing import read
from worker.room.requests import (
    MAX_REQUEST,
    MAX_SPOKEN,
    REQUESTS,
    EndRequest,
    ExportRequest,
    FramesRequest,
    HistoryRequest,
    LookRequest,
    PersonaRequest,
    PushToTalkRequest,
    Request,
    SayRequest,
    StatusRequest,
    VisionRequest,
)

CONTRACT = Path(__file__).parents[1] / "contract"


def sample(kind: type[Request], side: str) -> dict[str, Any]:
    name = kind.METHOD.removeprefix("sightline.")
    content: dict[str, Any] = json.loads(
        (CONTRACT / f"rpc.{name}.{side}.json").read_text(encoding="utf-8")
    )
    return content


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.METHOD)
def test_every_method_has_samples_of_what_it_takes_and_answers(kind: type[Request]) -> None:
    request, answer = sample(kind, "request"), sample(kind, "response")
    assert asdict(read(kind, json.dumps(request))) == request
    assert list(answer) == [field.name for field in fields(ANSWERS[kind.METHOD])]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", StatusRequest()),
        ("", HistoryRequest()),
        (" 57 ", HistoryRequest(after=57)),
        ("SRT", ExportRequest(format="srt")),
        ("off", VisionRequest(mode="off")),
        ("0.5", VisionRequest(fps=0.5)),
        ("steady 0.5", VisionRequest(mode="steady", fps=0.5)),
        ("0.5 steady", VisionRequest(mode="steady", fps=0.5)),
        ('{"fps":1}', VisionRequest(fps=1.0)),
        ("what is it?", LookRequest(question="what is it?")),
        ('{"left":0.5}', LookRequest(left=0.5)),
        ("On", FramesRequest(on=True)),
        ("tutor\n", PersonaRequest(name="tutor")),
        ("one\u202e two\x00", SayRequest(text="one two")),
        ("start", PushToTalkRequest(action="start")),
        ("no", EndRequest(goodbye=False)),
    ],
)
def test_reads_what_a_person_types_into_a_panel(text: str, wanted: Request) -> None:
    assert read(type(wanted), text) == wanted


@pytest.mark.parametrize(
    ("kind", "payload", "wanted"),
    [
        (StatusRequest, "please", "takes no text"),
        (StatusRequest, '{"all":true}', "unknown field 'all'"),
        (HistoryRequest, "-1", "from 0 to"),
        (HistoryRequest, "1.5", "takes a number"),
        (HistoryRequest, '{"after":true}', "after must be a number"),
        (HistoryRequest, '{"after":' + "9" * 4000 + "}", "from 0 to"),
        (ExportRequest, "pdf", "one of md, json, srt, vtt"),
        (VisionRequest, "off off", "takes a number"),
        (VisionRequest, "nan", "from 0 to 1"),
        (VisionRequest, '{"fps":2}', "fps must be from 0 to 1"),
        (VisionRequest, '{"mode":["off"]}', "mode must be one of on, off, steady, adaptive"),
        (LookRequest, '{"right":1.01}', "right must be from 0 to 1"),
        (FramesRequest, "", "on is missing"),
        (FramesRequest, '{"on":1}', "on must be on or off"),
        (PersonaRequest, "x" * 65, "at most 64"),
        (PersonaRequest, '{"name":"\\u202e"}', "name must not be empty"),
        (SayRequest, "", "text is missing"),
        (SayRequest, "x" * (MAX_SPOKEN + 1), "at most 1000 characters"),
        (SayRequest, '{"text":', "a JSON object or plain text"),
        (SayRequest, '{"a":' + "[" * 7000, "a JSON object or plain text"),
        (SayRequest, " " * (MAX_REQUEST + 1), "at most 8000 characters"),
        (PushToTalkRequest, "hold", "one of on, off, start, end"),
        (EndRequest, "now", "on or off"),
    ],
)
def test_says_what_a_request_should_have_been(
    kind: type[Request], payload: str, wanted: str
) -> None:
    with pytest.raises(ControlError, match=wanted) as refusal:
        read(kind, payload)
    assert refusal.value.code == 4400


@given(
    kind=st.sampled_from(REQUESTS),
    payload=st.one_of(
        st.text(max_size=200),
        st.dictionaries(
            st.sampled_from(["on", "text", "name", "mode", "fps", "after", "left", "action", "x"]),
            st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.just([])),
        ).map(json.dumps),
    ),
)
def test_raises_nothing_but_its_own_error(kind: type[Request], payload: str) -> None:
    with suppress(ControlError):
        request = read(kind, payload)
        assert read(kind, json.dumps(asdict(request))) == request
