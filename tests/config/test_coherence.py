"""Variables are held against each other, as far as each could be read."""

from __future__ import annotations

from typing import Any

import pytest

from worker.config.coherence import contradictions, missing


def test_names_what_is_missing_in_the_order_of_the_example() -> None:
    lines = missing({"LIVEKIT_API_KEY": "k"}, vertex=False)
    assert [line.split()[0] for line in lines] == [
        "LIVEKIT_URL",
        "LIVEKIT_API_SECRET",
        "GOOGLE_API_KEY",
    ]


def test_needs_a_project_for_vertex_and_no_key() -> None:
    present = {"LIVEKIT_URL": "u", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"}
    (line,) = missing(present, vertex=True)
    assert line.startswith("GOOGLE_CLOUD_PROJECT is missing")
    assert missing(present | {"GOOGLE_CLOUD_PROJECT": "p"}, vertex=True) == []


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"compression_trigger": 9000},
        {"compression_target": 9000},
        {"compression_trigger": 9000, "compression_target": 0},
        {"compression_trigger": 9000, "compression_target": 8999},
        {"compression_trigger": 0, "compression_target": 0},
        {"vertex": True, "gemini_base_url": ""},
        {"vertex": False, "gemini_base_url": "https://h"},
    ],
)
def test_does_not_compare_what_was_not_read_or_goes_together(values: dict[str, Any]) -> None:
    assert contradictions(values) == []
