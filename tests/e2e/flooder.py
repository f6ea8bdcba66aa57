"""Types far more than anybody reads: `python -m tests.e2e.flooder URL TOKEN`; a line asks for each.

A process of its own: what it costs to send so much must not be heard as silence by who listens.
Standard input: `say TEXT` types a line, `flood N` types N as fast as it goes, and answers with the
lines a second as soon as they are sent. It stays until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
import time

from livekit import rtc

from offline.caller import CHAT

AT_ONCE = 25
"""Lines that are on their way together: each costs its sender a look at every event of the room."""


async def flood(person: rtc.LocalParticipant, count: int) -> float:
    """Type so many lines; returns how many a second it came to."""
    numbers, began = iter(range(count)), time.monotonic()

    async def type_on() -> None:
        for number in numbers:
            await person.send_text(f"flood {number}", topic=CHAT)

    await asyncio.gather(*(type_on() for _ in range(AT_ONCE)))
    return count / (time.monotonic() - began)


async def obey(url: str, token: str) -> None:
    """Join, and do as each line of the standard input says."""
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    print("in", flush=True)
    while line := (await asyncio.to_thread(sys.stdin.readline)).rstrip("\n"):
        verb, _, what = line.partition(" ")
        if verb == "flood":
            print(f"{await flood(room.local_participant, int(what)):.0f}", flush=True)
        else:
            await room.local_participant.send_text(what or " ", topic=CHAT)
            print("said", flush=True)
    await room.disconnect()


if __name__ == "__main__":
    asyncio.run(obey(*sys.argv[1:]))
