"""What each family of models accepts."""

from __future__ import annotations

from typing import get_args

import pytest
from livekit.plugins.google.realtime.api_proto import Voice

from worker.gemini.families import VOICES, UnknownModel, family_of, known_models


def test_the_voices_are_those_the_plugin_knows() -> None:
    assert set(VOICES) == set(get_args(Voice))
    assert len(VOICES) == 30


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gemini-3.8-live", "3.8"),
        ("models/gemini-3.8-live", "3.8"),
        ("gemini-3.8-live-extended-thinking", "3.8-extended-thinking"),
        ("gemini-3.1-flash-live-preview", "3.1"),
        ("gemini-2.5-flash-native-audio-preview-12-2025", "2.5"),
        ("gemini-live-2.5-flash-native-audio", "2.5"),
    ],
)
def test_a_model_belongs_to_one_family(model: str, family: str) -> None:
    assert family_of(model).name == family


def test_an_unknown_model_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownModel) as caught:
        family_of("gpt-realtime")
    assert "gemini-3.8-live" in str(caught.value)


def test_no_model_is_listed_twice() -> None:
    assert len(known_models()) == len(set(known_models()))


def test_a_frame_costs_more_at_high_resolution_on_the_third_generation() -> None:
    family = family_of("gemini-3.8-live")
    assert family.tokens_per_frame() == family.tokens_per_frame("low") == 70
    assert family.tokens_per_frame("high") == 280


@pytest.mark.parametrize(("resolution", "tokens"), [("", 258), ("low", 64), ("high", 258)])
def test_a_frame_costs_less_at_low_resolution_on_the_second(resolution: str, tokens: int) -> None:
    family = family_of("gemini-2.5-flash-native-audio-preview-12-2025")
    assert family.tokens_per_frame(resolution) == tokens
    assert family.forgets_pictures


def test_a_model_that_only_vertex_serves_is_known_too() -> None:
    family = family_of("gemini-live-2.5-flash-native-audio")
    assert family.vertex_models == ("gemini-live-2.5-flash-native-audio",)
    assert "gemini-live-2.5-flash-native-audio" not in family.models
