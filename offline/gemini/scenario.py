"""A scenario: on which connection, at which moment, which fault; read from a TOML file.

A file tells its `story` first, may set some of the stand-in's settings in `[temper]`, and then has
one `[[on]]` table a rule:

    [[on]]
    connection = 1            # the first since the scenario began; a list, "every", "from 2"
    when = "agent speaks"     # or `at = 12.5` seconds after setupComplete, or `received = 50_000`
    turn = 2                  # the second time on that connection; "every"; 1 if left out
    spoken = 1.2              # seconds of speech that have left by then
    do = "go away"            # a fault, and what it takes
    time_left = 5
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from offline.gemini.fault import Fault, FaultError
from offline.gemini.faults import build
from offline.gemini.moments import Moment, When
from offline.gemini.temper import Temper

FOLDER = Path(__file__).parent / "scenarios"

_TRIGGER = ("connection", "when", "at", "received", "sent", "turn", "spoken", "after")
_FROM = re.compile(r"from (\d+)")


class ScenarioError(ValueError):
    """One line: file, line and what is wrong there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Which connections a rule is about, counted from 1."""

    listed: frozenset[int] = frozenset()
    since: int | None = None
    """All from this one on."""

    def __contains__(self, ordinal: int) -> bool:
        return ordinal in self.listed or (self.since is not None and ordinal >= self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    connections: Connections
    when: When
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Ordered rules; those of the same moment act in the order of the file."""

    name: str
    story: str
    """What a person in the call goes through."""
    rules: tuple[Rule, ...]
    temper: Mapping[str, object] = field(default_factory=dict)
    """Settings that hold while the scenario does."""

    def rules_of(self, ordinal: int) -> tuple[Rule, ...]:
        """Return the rules for the connection of that number, counted from 1."""
        return tuple(rule for rule in self.rules if ordinal in rule.connections)


def names() -> list[str]:
    """Return the names of the scenarios that come along."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name_or_path: str) -> Scenario:
    """Return a scenario by its name, or from a file; ScenarioError says what is wrong, and where.

    A name holds neither a slash nor a dot; it is found from any working directory.
    """
    named = FOLDER / f"{name_or_path}.toml"
    path = named if named.is_file() else Path(name_or_path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        known = ", ".join(names())
        raise ScenarioError(f"no scenario {name_or_path!r}; there are: {known}") from None
    return parse(text, source=path.name)


def parse(text: str, *, source: str = "scenario") -> Scenario:
    """Return the scenario written in `text`; ScenarioError says what is wrong, and where."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source}: {error}") from error
    tables = found.get("on", [])
    known = {"story", "temper", "on"}
    try:
        for name in found:
            if name not in known:
                raise FaultError(f"unknown key {name!r}; there are story, [temper], [[on]]", name)
        story = _story(found.get("story"))
        temper = _temper(found.get("temper", {}))
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            raise FaultError("a rule is written as an [[on]] table", "on")
    except FaultError as error:
        raise ScenarioError(f"{source}:{_line(text, error.key)}: {error}") from error
    rules = []
    for index, table in enumerate(tables, start=1):
        try:
            rules.append(_rule(table))
        except FaultError as error:
            line = _line(text, error.key, index)
            raise ScenarioError(f"{source}:{line}: {error}") from error
    name = source.removesuffix(".toml")
    return Scenario(name=name, story=story, rules=tuple(rules), temper=temper)


def _story(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FaultError("`story` must say what a person in the call goes through", "story")
    return " ".join(value.split())


def _temper(values: object) -> Mapping[str, object]:
    if not isinstance(values, dict):
        raise FaultError("[temper] must be a table of settings", "temper")
    for name, value in values.items():
        try:
            Temper().changed({name: value})
        except ValueError as error:
            raise FaultError(str(error), name) from error
    return values


def _rule(table: Mapping[str, object]) -> Rule:
    if "do" not in table:
        raise FaultError("a rule needs a `do`", "")
    trigger = {name: value for name, value in table.items() if name in _TRIGGER}
    values = {name: value for name, value in table.items() if name not in (*_TRIGGER, "do")}
    connections = _connections(trigger.pop("connection", "every"))
    when, fault = When.read(trigger), build(table["do"], values)
    if fault.only and (when.moment is None or when.moment.value not in fault.only):
        allowed = " or ".join(repr(word) for word in fault.only)
        raise FaultError(f"{fault.words!r} can only be done when {allowed}", "when")
    if when.moment is Moment.CONNECTING and "connecting" not in fault.only:
        raise FaultError("when 'connecting' one can only 'refuse'")
    return Rule(connections=connections, when=when, fault=fault)


def _connections(value: object) -> Connections:
    if value == "every":
        return Connections(since=1)
    if isinstance(value, str) and (match := _FROM.fullmatch(value)):
        return Connections(since=int(match[1]))
    given = value if isinstance(value, list) else [value]
    listed = frozenset(one for one in given if type(one) is int and one > 0)
    if not listed or len(listed) < len(given):
        wanted = '1 or more, a list of those, "every" or "from 2"'
        raise FaultError(f"connection must be {wanted}", "connection")
    return Connections(listed=listed)


def _line(text: str, key: str, table: int = 0) -> int:
    """Return the line of a key, in the `table`-th [[on]], else in what comes before the first."""
    tables, header = 0, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*on\s*\]\]", line):
            tables += 1
            header = number if tables == table else header
        if tables == table and key and re.match(rf'\s*\[?"?{re.escape(key)}"?\]?\s*(=|$)', line):
            return number
    return header
