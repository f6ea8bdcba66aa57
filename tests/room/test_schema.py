"""The published schema is that of the classes, and fits every sample and nothing that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from worker.room import schema
from worker.room.answers import ANSWERS
from worker.room.messages import MESSAGES
from worker.room.requests import REQUESTS

CONTRACT = Path(__file__).parents[1] / "contract"
PUBLISHED = Path(__file__).parents[2] / "docs" / "protocol.schema.json"
MESSAGE_SAMPLES = sorted(CONTRACT.glob("[!r]*.json"))
CALLS = [
    (f"{method}.{side}", CONTRACT / f"rpc.{method.removeprefix('sightline.')}.{side}.json")
    for method in ANSWERS
    for side in ("request", "response")
]


def check(name: str, value: object) -> None:
    document = schema.protocol()
    described = {**document["$defs"][name], "$defs": document["$defs"]} if name else document
    jsonschema.Draft202012Validator(described).validate(value)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_published_file_is_up_to_date() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.written(), (
        "python -m worker.room.schema writes it"
    )


def test_is_a_schema_of_everything_there_is() -> None:
    document = schema.protocol()
    jsonschema.Draft202012Validator.check_schema(document)
    assert set(document["$defs"]) == {*MESSAGES, *(name for name, _ in CALLS)}
    assert {kind.METHOD for kind in REQUESTS} == set(ANSWERS)


@pytest.mark.parametrize("path", MESSAGE_SAMPLES, ids=lambda path: path.stem)
def test_fits_every_sample_of_a_message(path: Path) -> None:
    check("", read(path))


@pytest.mark.parametrize(("name", "path"), CALLS, ids=[name for name, _ in CALLS])
def test_fits_every_sample_of_a_call(name: str, path: Path) -> None:
    check(name, read(path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", {"v": 1, "id": "state", "seq": 1, "at": 1.0, "type": "state", "state": "bored"}),
        ("state", {"v": 2, "id": "state", "seq": 1, "at": 1.0, "type": "state", "state": "idle"}),
        ("notice", {"v": 1, "id": "n", "seq": 1, "at": 1.0, "type": "notice", "level": "info"}),
        ("sightline.say.request", {"text": ""}),
        ("sightline.say.request", {"text": "x" * 1001}),
        ("sightline.say.request", {"text": "x", "loud": True}),
        ("sightline.vision.request", {"fps": 2}),
        ("sightline.frames.request", {}),
    ],
)
def test_does_not_fit_what_is_wrong(name: str, value: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        check(name, value)


def test_says_what_fields_mean() -> None:
    fields = schema.protocol()["$defs"]["transcript"]["properties"]
    assert fields["text"]["description"] == "All of the turn up to now, not only what is new."
    assert fields["id"]["description"].startswith("What the message speaks of")
