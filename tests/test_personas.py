"""Personas are read from TOML and checked key by key."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from worker.errors import PersonaError
from worker.personas import FOLDER, load_persona, persona_names

GOOD = 'instructions = "Be kind."\nvoice = "Puck"\ngreeting = ""\ntools = ["look"]\n'


def written(folder: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    (folder / "odd.toml").write_bytes(data)
    return folder


def test_the_module_wins_over_the_folder_of_the_same_name() -> None:
    spec = PathFinder.find_spec("personas", [str(FOLDER.parent)])
    assert spec is not None
    assert spec.origin == f"{FOLDER}.py"
    assert not (FOLDER / "__init__.py").exists()


def test_lists_the_personas_that_there_are(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", "Bad Name.toml", "notes.txt"):
        (tmp_path / name).touch()
    assert persona_names(tmp_path) == ("a", "b")


def test_reads_a_persona(tmp_path: Path) -> None:
    persona = load_persona("odd", written(tmp_path, GOOD))
    assert (persona.name, persona.instructions, persona.voice) == ("odd", "Be kind.", "Puck")
    assert (persona.greeting, persona.tools) == ("", ("look",))


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf", b"\r\n", b"# comment\n"])
def test_reads_what_editors_leave_before_the_first_key(tmp_path: Path, change: bytes) -> None:
    assert load_persona("odd", written(tmp_path, change + GOOD.encode())).voice == "Puck"


@pytest.mark.parametrize("name", ["nobody", "../odd", "/etc/passwd", "", "ODD", "odd\0", "x" * 999])
def test_knows_no_persona_but_those_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(PersonaError, match="no such persona; there are odd$"):
        load_persona(name, written(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('instructions = "Be kind."', "", "instructions: is missing"),
        ('"Be kind."', '"  "', "instructions: must not be empty"),
        ('"Be kind."', "7", "instructions: must be a text"),
        ('"Be kind."', f'"{"x" * 20_001}"', "instructions: must be at most 20000"),
        ('voice = "Puck"', "", "voice: is missing"),
        ('"Puck"', '"Puck, loud"', "voice: must be one word"),
        ('greeting = ""', "", "greeting: is missing"),
        ('greeting = ""', f'greeting = "{"x" * 1001}"', "greeting: must be at most 1000"),
        ('["look"]', '"look"', "tools: must be a list"),
        ('["look"]', '["look", 7]', r"tools\[1\]: must be the name of a tool"),
        ('["look"]', '["rm -rf"]', r"tools\[0\]: must be the name of a tool"),
        ('["look"]', '["look", "look"]', r"tools\[1\]: is named twice"),
        ("voice", "voise", "voise: is no key of a persona"),
    ],
)
def test_names_the_file_and_the_key_at_fault(
    tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    with pytest.raises(PersonaError, match=rf"^odd\.toml: {wanted}"):
        load_persona("odd", written(tmp_path, GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("instructions = ", "is not TOML"),
        (b"voice = '\xff'", "is not TOML in UTF-8"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("#" * 70_000, "at most 65536 bytes"),
    ],
)
def test_refuses_a_file_it_cannot_read(tmp_path: Path, content: str | bytes, wanted: str) -> None:
    with pytest.raises(PersonaError, match=wanted):
        load_persona("odd", written(tmp_path, content))


def test_says_so_when_the_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").mkdir()
    with pytest.raises(PersonaError, match=r"odd\.toml: cannot be read"):
        load_persona("odd", tmp_path)


@pytest.mark.parametrize("name", persona_names())
def test_every_persona_of_ours_is_whole_and_its_tools_exist(name: str) -> None:
    from tools import TOOLS

    persona = load_persona(name)
    assert set(persona.tools) <= TOOLS.keys()
    assert len(persona.instructions) > 500
    assert persona.greeting


def test_the_guide_takes_what_it_sees_and_is_told_for_data_not_for_orders() -> None:
    instructions = load_persona("guide").instructions
    named = ("Names of participants", "attributes", "QR", "results of tools")
    assert all(words in instructions for words in named)
    assert "short sentences" in instructions
