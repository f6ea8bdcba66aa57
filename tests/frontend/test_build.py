"""Which files are served, and how long browsers may keep them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from frontend import build
from frontend.errors import BuildError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>" + " " * 600)
    (tmp_path / "assets" / "index-3f.js").write_text("let answer = 42;" * 100)
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


def test_the_page_is_found_by_its_address_and_by_its_name(folder: Path) -> None:
    assets = build.load(folder)
    assert assets["/"] is assets["/index.html"]
    assert set(assets) == {"/", "/index.html", "/assets/index-3f.js", "/icon.svg"}


def test_names_with_a_hash_are_kept_for_ever_and_others_asked_for_again(folder: Path) -> None:
    assets = build.load(folder)
    assert assets["/assets/index-3f.js"].cache == build.FOR_EVER
    assert assets["/"].cache == assets["/icon.svg"].cache == "no-cache"


def test_packs_what_becomes_smaller_by_it(folder: Path) -> None:
    assets = build.load(folder)
    script = assets["/assets/index-3f.js"]
    assert script.packed is not None
    assert gzip.decompress(script.packed) == script.body
    assert assets["/icon.svg"].packed is None


def test_knows_kinds_and_characters(folder: Path) -> None:
    assets = build.load(folder)
    assert assets["/"].kind == "text/html; charset=utf-8"
    assert assets["/assets/index-3f.js"].kind == "text/javascript; charset=utf-8"


def test_says_what_to_do_where_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="make page"):
        build.load(tmp_path)
