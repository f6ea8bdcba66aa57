"""One conversation, for tests that read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from worker.record.entries import (
    Citation,
    Closing,
    Entry,
    Line,
    Opening,
    Remark,
    Script,
    Spent,
    ToolCall,
)
from worker.record.talks import Talk

CALL = "AJ_1"
OPENING = Opening(call=CALL, room="room", persona="guide", model="m", at=1_700_000_000.5)
ASKED = Line(
    call=CALL,
    id="user-1",
    place=1,
    who="user",
    identity="ann",
    text="What is <b>that</b> & *this*?",
    began=0.5,
    ended=1.25,
    final=True,
    interrupted=False,
)
LOOKED = ToolCall(
    call=CALL,
    id="call-1",
    place=2,
    name="look",
    status="done",
    summary="A picture was sent.",
    began=2.0,
    ended=3.0,
)
STORY = " ".join(f"Sentence number {number} of a rather long answer." for number in range(1, 9))
TOLD = Line(
    call=CALL,
    id="agent-1",
    place=3,
    who="agent",
    identity="agent",
    text=STORY,
    began=3.5,
    ended=23.5,
    final=True,
    interrupted=True,
)
REMARK = Remark(call=CALL, id="notice-1", place=4, level="info", text="I am back.", at=24.0)
RAN = Script(
    call=CALL,
    id="code-1",
    place=6,
    language="PYTHON",
    code="print('```')\n",
    status="done",
    output="<b>``` & more</b>\n",
    began=24.1,
    ended=24.3,
)
READ = Citation(
    call=CALL,
    id="sources-agent-1.01",
    place=7,
    line="agent-1",
    title="A [page] *of* <theirs>",
    url="https://example.org/a_(b)?c=<d>&e=1",
    queries="one query\nanother",
    at=24.4,
)
SEARCHED = replace(READ, id="sources-agent-2.01", place=8, title="", url="", queries="*stars*")
SPENT = Spent(
    call=CALL,
    id="usage-1",
    place=5,
    at=24.5,
    text_in=2**40,
    audio_in=165,
    image_in=0,
    video_in=560,
    text_out=0,
    audio_out=42,
    thoughts=136,
    searches=1,
    usd=0.003459,
    latency=1.25,
    own_latency=0.02,
)
CLOSING = Closing(call=CALL, after=25.5, reason="everybody left")
ALL: tuple[Entry, ...] = (OPENING, ASKED, LOOKED, TOLD, REMARK, RAN, READ, SEARCHED, SPENT, CLOSING)

TALK = Talk(
    id=CALL,
    room="room",
    persona="guide",
    model="m",
    started=datetime.fromtimestamp(OPENING.at, UTC),
    lasted=25.5,
    reason="everybody left",
    lines=(ASKED, TOLD),
    tools=(LOOKED,),
    remarks=(REMARK,),
    usages=(SPENT,),
    scripts=(RAN,),
    citations=(READ, SEARCHED),
)
