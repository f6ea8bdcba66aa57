"""Durations, places and regions found in plain English, for the arguments of tools."""

from __future__ import annotations

import re
import unicodedata

ZONES = {
    "amsterdam": "Europe/Amsterdam",
    "beijing": "Asia/Shanghai",
    "berlin": "Europe/Berlin",
    "cairo": "Africa/Cairo",
    "chicago": "America/Chicago",
    "delhi": "Asia/Kolkata",
    "dubai": "Asia/Dubai",
    "greenwich": "Etc/UTC",
    "lisbon": "Europe/Lisbon",
    "london": "Europe/London",
    "los angeles": "America/Los_Angeles",
    "madrid": "Europe/Madrid",
    "mexico city": "America/Mexico_City",
    "new york": "America/New_York",
    "paris": "Europe/Paris",
    "rome": "Europe/Rome",
    "san francisco": "America/Los_Angeles",
    "seoul": "Asia/Seoul",
    "shanghai": "Asia/Shanghai",
    "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney",
    "tokyo": "Asia/Tokyo",
    "toronto": "America/Toronto",
    "utc": "UTC",
    "vienna": "Europe/Vienna",
    "zurich": "Europe/Zurich",
}
"""Zones of places that people ask for; any other place is passed on as it was said."""

ONES = (
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    + ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
    + ("eighteen", "nineteen")
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LONGEST = 5
_UNITS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600}
_UNIT = re.compile(r"\b(seconds?|secs?|minutes?|mins?|hours?)\b(\s+and\s+a\s+half\b)?")
_ZONE = re.compile(r"\b(?:[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|UTC)\b")
_PLACE = re.compile(r"\b(?:in|at|near|for) (?:the )?(?P<place>\D+)$")
_NOT_PLACE = re.compile(
    r"\s+(?:right now|now|today|tonight|tomorrow|please|like|at the moment|this week)$"
)
_REGION = re.compile(
    r"\b(?:(?:top|upper|bottom|lower) (?:left|right)|left|right|top|bottom|cent(?:er|re)|middle)\b"
)
_CALLED = re.compile(r"\b(?:called|named|labell?ed) (?P<label>[a-z]+(?: [a-z]+)?)(?= for| in|$)")
_BEFORE = re.compile(r"\b(?:a|an|the|my) (?P<label>(?!second|minute|hour)[a-z]+) timer\b")
_SAME = {"upper": "top", "lower": "bottom", "centre": "center", "middle": "center"}


def plain(text: str) -> str:
    """Return `text` in lower case, without punctuation, its usual contractions written out."""
    lowered = unicodedata.normalize("NFC", text).lower().replace("\u2019", "'")
    spelled = re.sub(r"\b(what|who|that|it)'s\b", r"\1 is", lowered)
    kept = re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w\s.'/:]", " ", spelled)
    return " ".join(kept.split())


def duration(words: str) -> int | float | None:
    """Return the seconds that plain `words` name, None if they name none."""
    seconds, start = 0.0, 0
    for unit in _UNIT.finditer(words):
        count = number(words[start : unit.start()])
        if count is None:
            continue
        if unit[2]:
            count += 0.5
        seconds += count * _UNITS[unit[1].rstrip("s")]
        start = unit.end()
    if not seconds:
        return None
    return int(seconds) if seconds.is_integer() else seconds


def number(words: str) -> float | None:
    """Return the number, in digits or words, that plain `words` end with; None without one."""
    said = words.split()
    if said and re.fullmatch(r"\d+(\.\d+)?", said[-1]):
        return float(said[-1])
    endings = (" ".join(said[-count:]) for count in range(_LONGEST, 0, -1))
    return next((_NUMBERS[ending] for ending in endings if ending in _NUMBERS), None)


def zone(text: str) -> str | None:
    """Return the IANA zone named in `text`, or its place as it was said; None without one."""
    if found := _ZONE.search(text):
        return found[0]
    asked = place(text)
    return None if asked is None else ZONES.get(asked.lower(), asked)


def place(text: str) -> str | None:
    """Return the place that `text` asks about, capitalised; None without one."""
    words, before = plain(text), ""
    while words != before:
        before, words = words, _NOT_PLACE.sub("", words)
    found = _PLACE.search(words)
    return found["place"].title() if found else None


def region(words: str) -> str | None:
    """Return the part of the picture that plain `words` name, such as "top left"."""
    found = _REGION.search(words)
    if found is None:
        return None
    return " ".join(_SAME.get(word, word) for word in found[0].split())


def label(words: str) -> str | None:
    """Return what a timer in plain `words` is called: "tea" in "set a tea timer"; or None."""
    found = _CALLED.search(words) or _BEFORE.search(words)
    return found["label"] if found else None


def _numbers() -> dict[str, float]:
    below = dict(zip(ONES, range(20), strict=True))
    for tens, value in zip(TENS, range(20, 100, 10), strict=True):
        below[tens] = value
        below |= {f"{tens} {one}": value + below[one] for one in ONES[1:10]}
    known: dict[str, float] = dict(below)
    for hundreds in ("a", *ONES[1:10]):
        value = 100 * below.get(hundreds, 1)
        known[f"{hundreds} hundred"] = value
        known |= {f"{hundreds} hundred {rest}": value + below[rest] for rest in below}
        known |= {f"{hundreds} hundred and {rest}": value + below[rest] for rest in below}
    return known | {"a": 1, "an": 1, "half a": 0.5, "half an": 0.5, "a couple of": 2, "a few": 3}


_NUMBERS = _numbers()
