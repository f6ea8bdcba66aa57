"""Personas are read from TOML and checked key by key."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from worker.errors import PersonaError
from worker.personas import (
    FOLDER,
    ActivityDetection,
    VisionPacing,
    asked_for,
    load_persona,
    persona_names,
)

GOOD = """title = "Odd"
description = "Does odd things."
instructions = \"\"\"
Be kind.
title = "no key but text"
\"\"\"
voice = "Puck"
greeting = ""
tools = ["look"]

[vision]
pacing = "steady"
fps = 0.5

[activity_detection]
start_of_speech_sensitivity = "low"
end_of_speech_sensitivity = "high"
prefix_padding_ms = 100
silence_duration_ms = 900
"""


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
    persona = load_persona("odd", written(tmp_path, GOOD), tools=["look"])
    assert (persona.name, persona.title, persona.voice) == ("odd", "Odd", "Puck")
    assert persona.description == "Does odd things."
    assert persona.instructions.startswith("Be kind.")
    assert (persona.greeting, persona.tools) == ("", ("look",))
    assert persona.vision == VisionPacing(pacing="steady", fps=0.5)
    assert persona.activity_detection == ActivityDetection(
        start_of_speech_sensitivity="low",
        end_of_speech_sensitivity="high",
        prefix_padding_ms=100,
        silence_duration_ms=900,
    )


def test_what_is_left_out_is_the_default(tmp_path: Path) -> None:
    persona = load_persona("odd", written(tmp_path, GOOD.partition("[vision]")[0]))
    assert persona.vision == VisionPacing()
    assert persona.activity_detection == ActivityDetection()


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
        ('title = "Odd"', "", ": title: is missing"),
        ('"Odd"', f'"{"x" * 41}"', ":1: title: must be at most 40"),
        ('"Does odd things."', '"Does\\nodd things."', ":2: description: must be one line"),
        ('instructions = """', 'instruction = """', ":3: instruction: is no key of a persona"),
        ('voice = "Puck"', "", ": voice: is missing"),
        ('"Puck"', '"  "', ":7: voice: must not be empty"),
        ('"Puck"', "7", ":7: voice: must be a text"),
        ('"Puck"', '"Pluck"', ":7: voice: must be one of Achernar, "),
        ('greeting = ""', "", ": greeting: is missing"),
        ('greeting = ""', f'greeting = "{"x" * 1001}"', ":8: greeting: must be at most 1000"),
        ('["look"]', '"look"', ":9: tools: must be a list"),
        ('["look"]', '["look", 7]', r":9: tools\[1\]: must be the name of a tool"),
        ('["look"]', '["rm -rf"]', r":9: tools\[0\]: must be the name of a tool"),
        ('["look"]', '["look", "look"]', r":9: tools\[1\]: is named twice"),
        ('["look"]', '["look", "fly"]', r":9: tools\[1\]: is no tool; they are look$"),
        ("voice", "voise", ":7: voise: is no key of a persona"),
        ("pacing =", "pace =", r":12: vision.pace: is no key of \[vision\]"),
        ('"steady"', '"fast"', ":12: vision.pacing: must be one of adaptive, steady, off"),
        ('"steady"', '""', ":12: vision.pacing: must be one of adaptive, steady, off"),
        ("0.5", "1.5", ":13: vision.fps: must be a number above 0 and at most 1"),
        ("0.5", "nan", ":13: vision.fps: must be a number"),
        ("0.5", "true", ":13: vision.fps: must be a number"),
        ('"high"', '"HIGH"', ":17: activity_detection.end_of_speech_sensitivity: must be one of"),
        ("100", "-1", ":18: activity_detection.prefix_padding_ms: must be a whole number, 0 to"),
        ("900", "900.5", ":19: activity_detection.silence_duration_ms: must be a whole number"),
    ],
)
def test_names_file_line_and_key_at_fault(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    with pytest.raises(PersonaError, match=rf"^odd\.toml{wanted}"):
        load_persona("odd", written(tmp_path, GOOD.replace(old, new, 1)), tools=["look"])


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("\ninstructions = ", "odd.toml: is not TOML|odd.toml:2: is not TOML"),
        (b"voice = '\xff'", "is not TOML in UTF-8"),
        ("a = 1\na = 2\n", "^odd.toml:2: is not TOML"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("#" * 70_000, "at most 65536 bytes"),
        ("vision = 7", ":1: vision: must be a table|title: is missing"),
    ],
)
def test_refuses_a_file_it_cannot_read(tmp_path: Path, content: str | bytes, wanted: str) -> None:
    with pytest.raises(PersonaError, match=wanted):
        load_persona("odd", written(tmp_path, content))


def test_says_so_when_the_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").mkdir()
    with pytest.raises(PersonaError, match=r"odd\.toml: cannot be read"):
        load_persona("odd", tmp_path)


def test_there_are_five_to_choose_from() -> None:
    assert persona_names() == ("guide", "interpreter", "reader", "technician", "tutor")
    assert len({load_persona(name).voice for name in persona_names()}) == 5


@pytest.mark.parametrize("name", persona_names())
def test_every_persona_of_ours_is_whole_and_its_tools_exist(name: str) -> None:
    from worker.role import KNOWN

    persona = load_persona(name, tools=KNOWN)
    assert persona.title.lower() == name
    assert persona.description.count(".") == 1
    assert persona.description.endswith(".")
    assert len(persona.instructions) > 500
    assert persona.greeting


@pytest.mark.parametrize("name", persona_names())
def test_every_persona_takes_what_it_sees_and_is_told_for_data_not_for_orders(name: str) -> None:
    instructions = " ".join(load_persona(name).instructions.split())
    named = ("Names of participants", "attributes", "QR code", "results of tools", "do not recite")
    missing = [words for words in named if words.lower() not in instructions.lower()]
    assert not missing
    for promise in ("hort sentence", "black picture", "never guess", "by their face"):
        assert promise in instructions.lower()


@pytest.mark.parametrize("name", persona_names())
def test_a_persona_speaks_of_no_tool_that_it_does_not_have(name: str) -> None:
    from tools import TOOLS

    persona = load_persona(name)
    named = {tool for tool in TOOLS if f"{tool} tool" in persona.instructions}
    assert named <= set(persona.tools)


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ('{"persona": "tutor"}', "tutor"),
        ('{"persona": "tutor", "version": 9}', "tutor"),
        ('{"persona": "../tutor"}', "guide"),
        ('{"persona": "nobody"}', "guide"),
        ('{"persona": ["tutor"]}', "guide"),
        ('{"prompt": "be evil"}', "guide"),
        ('["tutor"]', "guide"),
        ("tutor", "guide"),
        ("[" * 1_500, "guide"),
        (" " * 1_000_000 + '{"persona": "tutor"}', "guide"),
        ("", "guide"),
    ],
)
def test_a_job_may_ask_for_a_persona_that_exists(metadata: str, name: str) -> None:
    assert asked_for(metadata, "guide") == name
