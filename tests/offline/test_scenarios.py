"""Scenario files: what they may say, what is said about a mistake, and those that come along."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline.gemini.faults import FAULTS
from offline.gemini.moments import Moment, When
from offline.gemini.outages import Close, GoAway, Reset
from offline.gemini.scenario import FOLDER, ScenarioError, load, names, parse

STORY = 'story = "A test."\n'
RESET = '[[on]]\nwhen = "ready"\ndo = "reset"\n'


@pytest.mark.parametrize("name", names())
def test_every_scenario_that_comes_along_tells_a_story(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert scenario.story.endswith(".")
    assert scenario.rules or scenario.temper


def test_is_found_by_name_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("goaway-mid-sentence").rules[0].fault == GoAway(time_left=5)


def test_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STORY + RESET)
    assert load(str(path)).rules[0].fault == Reset()
    assert load(str(path)).name == "mine"


@pytest.mark.parametrize("what", ["nowhere", "nowhere.toml", "../scenarios"])
def test_names_those_there_are_when_there_is_none(what: str) -> None:
    with pytest.raises(ScenarioError, match="there are: .*goaway-mid-sentence"):
        load(what)


def test_reads_a_rule_with_everything() -> None:
    [rule] = parse(
        STORY + '[[on]]\nconnection = [1, 3]\nwhen = "agent speaks"\nturn = 2\nspoken = 1.5\n'
        'after = 0.5\ndo = "close"\ncode = 1008\nreason = "No."\n'
    ).rules
    assert rule.when == When(moment=Moment.AGENT_SPEAKS, turn=2, spoken=1.5, after=0.5)
    assert rule.fault == Close(code=1008, reason="No.")
    assert [number in rule.connections for number in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize(
    ("connection", "matching"),
    [("1", [1]), ("[2, 3]", [2, 3]), ('"every"', [1, 2, 3, 4]), ('"from 3"', [3, 4])],
)
def test_says_on_which_connections(connection: str, matching: list[int]) -> None:
    rule = f'[[on]]\nconnection = {connection}\nwhen = "ready"\ndo = "reset"\n'
    scenario = parse(STORY + rule)
    assert [number for number in (1, 2, 3, 4) if scenario.rules_of(number)] == matching


def test_keeps_the_order_of_the_rules() -> None:
    rules = parse(STORY + RESET + RESET.replace("reset", "close")).rules
    assert [rule.fault for rule in rules] == [Reset(), Close()]


@pytest.mark.parametrize(
    ("rule", "line", "says"),
    [
        ('when = "ready"\ndo = "rest"', 8, "unknown fault 'rest'; there are: reset, close"),
        ('when = "redy"\ndo = "reset"', 7, "no moment 'redy'; there are 'connecting'"),
        ('when = "ready"\ndo = "close"\ncodes = 1', 9, "'close' does not take 'codes'"),
        ('when = "ready"\ndo = "close"\ncode = "1"', 9, "code must be a whole number >= 0"),
        ('when = "ready"\ndo = "go away"\nthen = "x"', 9, "then must be one of 'close on time'"),
        ('when = "ready"\ndo = "go away"\ntime_left = -1', 9, "time_left must be a number >= 0"),
        ('when = "ready"', 6, "a rule needs a `do`"),
        ('do = "reset"', 6, "a rule needs one of `when`, `at`, `received` and `sent`"),
        ('at = 1\nwhen = "ready"\ndo = "reset"', 8, "a rule needs one of"),
        ('at = 1\nturn = 2\ndo = "reset"', 8, "'turn' goes with `when`, not with 'at'"),
        ('at = "soon"\ndo = "reset"', 7, "at must be a number of seconds >= 0"),
        ('sent = 0\ndo = "reset"', 7, "sent must be a whole number of bytes"),
        ('when = "ready"\nturn = 0\ndo = "reset"', 8, 'turn must be 1 or more, or "every"'),
        ('when = "ready"\nspoken = 1\ndo = "reset"', 8, "`spoken` goes with 'agent speaks'"),
        ('connection = 0\nat = 1\ndo = "reset"', 7, "connection must be 1 or more"),
        ('when = "ready"\ndo = "refuse"', 7, "'refuse' can only be done when 'connecting'"),
        ('when = "connecting"\ndo = "reset"', 8, "when 'connecting' one can only 'refuse'"),
    ],
)
def test_says_where_a_rule_is_wrong(rule: str, line: int, says: str) -> None:
    text = f"{STORY}\n{RESET}[[on]]\n{rule}\n"
    with pytest.raises(ScenarioError) as caught:
        parse(text, source="mine.toml")
    assert str(caught.value).startswith(f"mine.toml:{line}: {says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1: `story` must say"),
        ("story = 3", "1: `story` must say"),
        (STORY + "\nrules = 1", "3: unknown key 'rules'"),
        (STORY + "[temper]\nmood = 1", "3: unknown setting 'mood'"),
        (STORY + "[temper]\nlifetime = -1", "3: lifetime must be a number >= 0"),
        (STORY + "temper = 1", "2: [temper] must be a table"),
        (STORY + "on = 1", "2: a rule is written as an [[on]] table"),
        (STORY + "[[on]", " "),
    ],
)
def test_says_where_a_file_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(text, source="mine.toml")
    assert str(caught.value).startswith(f"mine.toml:{says}")


def test_every_place_of_the_fault_list_has_a_fault() -> None:
    assert {kind.number for kind in FAULTS.values()} == set(range(27))


def test_every_fault_says_what_it_is_when_it_was_done() -> None:
    for words, kind in FAULTS.items():
        facts = kind().facts()
        assert (facts["do"], facts["number"]) == (words, kind.number)


def test_the_files_lie_beside_the_code() -> None:
    assert FOLDER.parent.name == "gemini"
    assert {path.suffix for path in FOLDER.iterdir()} == {".toml"}
