"""What visitors are told of the personas there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend import personas
from frontend.errors import PersonasError
from frontend.settings import PERSONAS


def test_the_workers_own_personas_are_read() -> None:
    found = personas.load(PERSONAS)
    assert "guide" in {one.name for one in found}
    assert all(one.title and one.description for one in found)


def test_there_are_none_without_a_folder(tmp_path: Path) -> None:
    assert personas.load(tmp_path / "none") == ()


def test_offers_none_that_the_worker_would_not_take(tmp_path: Path) -> None:
    for name in ("Chef", "x y", "chef"):
        (tmp_path / f"{name}.toml").write_text("title = 'x'\ndescription = 'y'")
    assert [one.name for one in personas.load(tmp_path)] == ["chef"]


@pytest.mark.parametrize("text", ["title = ", "title = 'x'", "title = 1\ndescription = 'y'"])
def test_says_which_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(PersonasError, match=r"odd\.toml"):
        personas.load(tmp_path)
