"""A conversation as Markdown, JSON, SubRip or WebVTT; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from worker.record.captions import Caption, captions
from worker.record.entries import TOKENS, Citation, Entry, Line, Remark, Script, ToolCall
from worker.record.talks import Happening, Talk

SPEAKERS = {"user": "You", "agent": "Agent"}
_MARKUP = re.compile(r"([\\`*_\[\]<>&|~])")


def markdown(talk: Talk) -> str:
    """For people to read; whatever was said stands there as it was said, and is no markup."""
    head = [
        f"# Conversation of {talk.started:%Y-%m-%d %H:%M} UTC",
        "",
        f"Room {_plain(talk.room)}, persona {_plain(talk.persona)}, {clock(talk.length)} long.",
        *_cost(talk),
        "",
    ]
    return "\n".join([*head, *(_paragraph(entry) for entry in talk.in_order())])


def as_json(talk: Talk) -> str:
    """For programs: everything the record has."""
    whole = {
        "id": talk.id,
        "room": talk.room,
        "persona": talk.persona,
        "model": talk.model,
        "started": talk.started.isoformat(),
        "lasted": talk.lasted,
        "reason": talk.reason,
        "usage": {
            "total": talk.totals(),
            "turns": [_values(spent) for spent in talk.usages],
        },
        "entries": [_values(entry) for entry in talk.in_order()],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def subrip(talk: Talk) -> str:
    """Captions for players, with times counted from the beginning of the call."""
    return "\n".join(
        f"{number}\n{clock(c.start, ',')} --> {clock(c.end, ',')}\n{_shown(c)}\n"
        for number, c in enumerate(captions(talk.lines), 1)
    )


def webvtt(talk: Talk) -> str:
    """Captions for browsers, with the speaker as a voice tag; notices stand there as comments."""
    blocks = [
        (c.start, f"{clock(c.start)} --> {clock(c.end)}\n<v {SPEAKERS[c.who]}>{_escaped(c)}</v>\n")
        for c in captions(talk.lines)
    ]
    blocks += [(told.at, _comment(told)) for told in talk.remarks]
    blocks.sort(key=lambda block: block[0])
    return "\n".join(["WEBVTT\n", *(text for _, text in blocks)])


FORMATS: MappingProxyType[str, Callable[[Talk], str]] = MappingProxyType(
    {"md": markdown, "json": as_json, "srt": subrip, "vtt": webvtt}
)


def clock(seconds: float, point: str = ".") -> str:
    """`00:01:02.500`."""
    whole, thousandths = divmod(round(max(0.0, seconds) * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}{point}{thousandths:03}"


def _paragraph(entry: Happening) -> str:
    if isinstance(entry, Line):
        cut = " *(cut short)*" if entry.interrupted else "" if entry.final else " *(unfinished)*"
        at = clock(entry.began)[:8]
        return f"**{SPEAKERS[entry.who]}** ({at}): {_plain(entry.text)}{cut}\n"
    if isinstance(entry, ToolCall):
        came = f": {_plain(entry.summary)}" if entry.summary else ""
        return f"> Tool {_plain(entry.name)}, {entry.status}{came}\n"
    if isinstance(entry, Script):
        return _listing(entry)
    if isinstance(entry, Citation):
        return _source(entry)
    return f"> Notice ({clock(entry.at)[:8]}): {_plain(entry.text)}\n"


def _comment(told: Remark) -> str:
    text = " ".join(told.text.split()).replace("-->", "->")
    return f"NOTE {clock(told.at)} {text}\n"


def _listing(ran: Script) -> str:
    """Code and what it printed, in blocks that none of their lines can end."""
    blocks = [_block(ran.code, re.sub(r"[^a-z0-9]", "", ran.language.lower()))]
    if ran.output:
        blocks.append(_block(ran.output))
    return f"> Code, {ran.status}\n\n" + "\n".join(blocks)


def _block(text: str, language: str = "") -> str:
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}{language}\n{text}{end}{fence}\n"


def _source(page: Citation) -> str:
    if not page.url:
        return f"> Searched: {_plain(page.queries)}\n"
    address = page.url.translate({ord(sign): f"%{ord(sign):02X}" for sign in "<>()\\ `"})
    return f"> Source: [{_plain(page.title or page.url)}]({address})\n"


def _cost(talk: Talk) -> list[str]:
    if not talk.usages:
        return []
    total = talk.totals()
    said = int(total["text_out"] + total["audio_out"] + total["thoughts"])
    read = int(sum(total[name] for name in TOKENS) - said)
    turns = f"{len(talk.usages)} turn{'s' * (len(talk.usages) != 1)}"
    count = int(total["searches"])
    searched = f", {count:,} search{'es' * (count != 1)}" if count else ""
    tokens = f"{read:,} tokens in, {said:,} out{searched}"
    return [f"It took {turns}, {tokens}: {total['usd']:.4f} US dollars."]


def _plain(text: str) -> str:
    """Text on one line that Markdown takes for nothing else."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _values(entry: Entry) -> dict[str, Any]:
    values = entry.values()
    del values["call"]
    return {"kind": entry.KIND, **values}


def _shown(caption: Caption) -> str:
    # SubRip knows tags too: without its brackets nothing is one.
    rows = "\n".join(caption.rows).replace("<", "\u2039").replace(">", "\u203a")
    return rows if caption.who == "agent" else f"- {rows}"


def _escaped(caption: Caption) -> str:
    text = "\n".join(caption.rows)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
