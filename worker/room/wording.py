"""Text that came from elsewhere, made fit to be shown: no hidden signs, no more than fits."""

from __future__ import annotations

import json
import re
import unicodedata

ELLIPSIS = "…"
MAX_MARKS = 4
"""Accents on one letter; no script in use needs more, towers of them are a prank."""

# Control characters but the line feed; marks that turn the direction of writing; separators,
# annotation and tag characters that nobody sees; halves of surrogate pairs, which UTF-8 refuses;
# and the non-characters at the end of the first plane. The joiners stay: emoji are built with them.
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n|[\r\u2028\u2029\x85]")
_BLANKS = re.compile("[\t\x0b\x0c]")


def tidy(text: str, *, limit: int) -> str:
    """Clean a text and cut it to `limit` bytes of JSON; doing it twice changes nothing more."""
    # Whatever comes after this many signs could not fit; megabytes of it are not worth reading.
    return clip(clean(text[: 4 * limit]), limit)


def clean(text: str) -> str:
    """Take out what cannot be seen: control and bidi characters, lone surrogates, mark towers."""
    text = _BLANKS.sub(" ", _BREAKS.sub("\n", text))
    text = _HIDDEN.sub("", text)
    return text if text.isascii() else _flatten(text)


def clip(text: str, limit: int) -> str:
    """Cut a cleaned text to `limit` bytes as it stands in JSON, with an ellipsis where it was cut.

    `limit` must leave room for the ellipsis, 3 bytes.
    """
    if len(json.dumps(text, ensure_ascii=False).encode()) - 2 <= limit:
        return text
    room = limit - len(ELLIPSIS.encode())
    for index, character in enumerate(text):
        room -= 2 if character in '"\\\n' else len(character.encode())
        if room < 0:
            return text[:index] + ELLIPSIS
    return text


def _flatten(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
