"""Our errors carry data and write their own sentences."""

from __future__ import annotations

import inspect
import pickle

import pytest

from worker import errors
from worker.errors import ConnectionRefused, PersonaError, SettingsError, SightlineError

SAMPLES = [
    SettingsError(["A is missing.", "B must be 1."]),
    PersonaError("guide.toml", "voice", "must be one word", line=7),
    ConnectionRefused("key", "GOOGLE_API_KEY is not valid.", "I cannot reach my model."),
]


def test_all_errors_share_one_root_and_stand_in_the_drawn_tree() -> None:
    members = [member for _, member in inspect.getmembers(errors, inspect.isclass)]
    kinds = [kind for kind in members if kind.__module__ == errors.__name__]
    assert all(issubclass(kind, SightlineError) for kind in kinds)
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)


def test_settings_error_puts_each_problem_on_its_line() -> None:
    assert str(SAMPLES[0]) == "A is missing.\nB must be 1."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PersonaError("guide.toml", "voice", "is missing"), "guide.toml: voice: is missing"),
        (PersonaError("guide.toml", "voice", "x", line=7), "guide.toml:7: voice: x"),
        (PersonaError("guide.toml", "", "is not TOML"), "guide.toml: is not TOML"),
        (PersonaError("", "", "no such persona"), "no such persona"),
    ],
)
def test_persona_error_names_file_line_and_key(error: PersonaError, sentence: str) -> None:
    assert str(error) == sentence


def test_refusal_has_words_for_the_operator_and_for_the_room() -> None:
    error = ConnectionRefused("key", "GOOGLE_API_KEY is not valid.", "I cannot reach my model.")
    assert (error.kind, error.room) == ("key", "I cannot reach my model.")
    assert str(error) == "key: GOOGLE_API_KEY is not valid."


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_travel_to_another_process(error: SightlineError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.args) == (str(error), error.args)
