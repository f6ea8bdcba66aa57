"""`.env.example` and the registry in `worker/config/settings.py` say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from worker.config.envfile import read_env_file
from worker.config.sections import registry
from worker.config.settings import Settings
from worker.config.variables import Variable

EXAMPLE = Path(__file__).parents[2] / ".env.example"
NEEDED = {"LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "GOOGLE_API_KEY"}
ENTRIES = [entry for entry in registry(Settings).values() if entry.example]


def test_names_every_variable_once_and_no_other_in_the_order_of_the_registry() -> None:
    named = re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)
    assert named == [entry.name for entry in ENTRIES]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_tells_what_it_is_for_and_its_default(entry: Variable) -> None:
    marker = "" if entry.name in NEEDED else "# "
    wanted = f"\n# {entry.doc}\n{marker}{entry.name}={entry.default}\n"
    assert wanted in EXAMPLE.read_text()


@pytest.mark.parametrize("entry", registry(Settings).values(), ids=lambda entry: entry.name)
def test_every_default_is_a_value_that_may_be_set(entry: Variable) -> None:
    if entry.name not in NEEDED:
        entry.parse(entry.default)


def test_can_be_copied_as_it_is() -> None:
    assert read_env_file(EXAMPLE) == dict.fromkeys(NEEDED, "")
