"""What one variable of the environment may hold: its entry in the registry and its parser.

The functions here are parsers or make one: text in, value out, `ValueError` with words that follow
the variable's name ("must be …"). No parser repeats what it was given: it may be a secret in the
wrong place.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from worker.gemini.families import UnknownModel, family_of, known_models
from worker.personas import persona_names

T = TypeVar("T")

_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_ON = ("on", "true", "yes", "1")
_OFF = ("off", "false", "no", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the environment, as the registry describes it."""

    name: str
    default: str
    """As text; an empty variable counts as one that is not set."""
    doc: str
    parse: Callable[[str], object]
    example: bool
    """Whether it belongs in `.env.example`; not what other programs set for us."""


def variable(
    name: str,
    default: str,
    parse: Callable[[str], T],
    doc: str,
    *,
    hidden: bool = False,
    example: bool = True,
) -> T:
    """Declare a dataclass field that is read from a variable; `hidden` keeps it out of `repr`."""
    entry = Variable(name=name, default=default, doc=doc, parse=parse, example=example)
    # Typed as the value it stands for, like dataclasses.field: the parser is checked against the
    # field's annotation.
    declared: T = field(repr=not hidden, metadata={"variable": entry})
    return declared


def text(wanted: str, pattern: str) -> Callable[[str], str]:
    """Take what matches the whole pattern; `wanted` completes "must be …"."""
    compiled = re.compile(pattern)

    def parse(given: str) -> str:
        if not compiled.fullmatch(given):
            raise ValueError(f"must be {wanted}")
        return given

    return parse


def secret(*, google: bool = False) -> Callable[[str], str]:
    """Take a key: visible ASCII without spaces or quotes; or nothing.

    Only where `google` says so may it be a key of Google's, which are easily put in the wrong line.
    """

    def parse(given: str) -> str:
        if any(not "!" <= character <= "~" or character in "\"'`" for character in given):
            raise ValueError("must be letters, digits and signs only, without spaces or quotes")
        if given.startswith("AIza") and not google:
            raise ValueError("must come from LiveKit; what stands there is a Google API key")
        return given

    return parse


def switch(given: str) -> bool:
    """Take on or off."""
    word = given.lower()
    if word in _ON:
        return True
    if word in _OFF:
        return False
    raise ValueError("must be on or off")


def choice(*words: str) -> Callable[[str], str]:
    """Take one of these words; an empty one among them means that empty is allowed."""
    named = ", ".join(word or "empty" for word in words)

    def parse(given: str) -> str:
        if given not in words:
            raise ValueError(f"must be one of: {named}")
        return given

    return parse


def number(*, above: float, up_to: float, unit: str = "") -> Callable[[str], float]:
    """Take a finite decimal number, above < x <= up_to."""

    def parse(given: str) -> float:
        value = _float(given)
        if not above < value <= up_to:
            raise ValueError(
                f"must be a number{unit and ' of ' + unit} above {above:g} and at most {up_to:g}"
            )
        return value

    return parse


def whole(low: int, high: int, *, unit: str = "", zero: str = "") -> Callable[[str], int]:
    """Take a whole number, low <= x <= high, or 0 where `zero` says what that means."""
    wanted = f"a whole number{unit and ' of ' + unit} from {low} to {high}"
    wanted += zero and f", or 0: {zero}"

    def parse(given: str) -> int:
        # int() would take "1_000", " 7 " and the digits of other scripts.
        value = int(given) if re.fullmatch(r"[0-9]{1,12}", given) else -1
        if not (low <= value <= high or (zero and value == 0)):
            raise ValueError(f"must be {wanted}")
        return value

    return parse


def maybe(parse: Callable[[str], T], empty: str) -> Callable[[str], T | None]:
    """Take what `parse` takes, or nothing at all; `empty` says what that means."""

    def parse_maybe(given: str) -> T | None:
        if not given:
            return None
        try:
            return parse(given)
        except ValueError as error:
            raise ValueError(f"{error}, or empty: {empty}") from None

    return parse_maybe


def address(*schemes: str, example: str) -> Callable[[str], str]:
    """Take an absolute URL with one of the schemes, a host, no user and no query; or nothing."""
    wanted = (
        f"an address that starts with {' or '.join(f'{s}://' for s in schemes)}, like {example}"
    )

    def parse(given: str) -> str:
        if not given:
            return given
        if given != given.strip():
            raise ValueError("must have no space before or after it")
        parts = _split(given)
        if parts is None or parts.scheme not in schemes or not is_host(parts.hostname or ""):
            raise ValueError(f"must be {wanted}")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must have no user or password in it")
        if parts.query or parts.fragment or "?" in given or "#" in given:
            raise ValueError(f"must have nothing after the path, like {example}")
        return given.rstrip("/")

    return parse


def host(given: str) -> str:
    """Take the name or number of a network interface to listen on."""
    if not is_host(given):
        raise ValueError("must be an address or a host name, like 127.0.0.1")
    return given


def persona_name(given: str) -> str:
    """Take the name of a persona that there is."""
    if given not in persona_names():
        raise ValueError(f"must be one of the personas there are: {', '.join(persona_names())}")
    return given


def model_name(given: str) -> str:
    """Take the name of a model that some family has."""
    try:
        family_of(given)
    except UnknownModel:
        known = ", ".join(known_models())
        raise ValueError(f"must be one of the models known here: {known}") from None
    return given


def is_host(name: str) -> bool:
    """Tell whether this is a host name, an IPv4 or an (unbracketed) IPv6 address."""
    if ":" in name or re.fullmatch(r"[0-9.]+", name):
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True
    labels = name.removesuffix(".").split(".")
    return len(name) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in labels)


def _split(given: str) -> SplitResult | None:
    if any(character <= " " or character > "~" for character in given):
        return None
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 or parts.netloc.endswith(":") else parts


def _float(given: str) -> float:
    # float() would take "1_0", " 1 ", "nan" and "infinity".
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", given):
        return math.nan
    return float(given)
