"""A closer look is whole and fresh, a mark lies in the right video, who asks sees what we see."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
from livekit import rtc

from offline.camera import CameraOptions
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room

pytestmark = MARKS

HD = CameraOptions(width=1280, height=720, fps=15)


async def warmed_up(guest: Guest) -> None:
    """Wait until the server has learnt what the line carries."""
    await guest.wait_until("warm", lambda: guest.clock() > guest.joined_at + 12 or None, 15)


@pytest.mark.parametrize(
    ("asked", "size"),
    [("Look closer at it.", (1280, 720)), ("Look closer at the top left.", (640, 360))],
)
async def test_a_look_is_whole_and_fresh(
    stack: Rig, figures: Figures, asked: str, size: tuple[int, int]
) -> None:
    async with stack.guest(new_room("look"), camera=HD) as guest:
        await guest.wait_for_state("listening")
        await warmed_up(guest)
        typed = await guest.type(asked)
        await guest.until_text("I looked closer", typed)
        account = await stack.account(guest.joined_at)
    (call,), (given,) = account.calls("look"), account.responses("look")
    figures("look: from call to answer", (given["at"] - call["at"]) * 1000, "ms", "<= 450")
    sent = [(f.width, f.height) for f in account.frames_between(call["at"], given["at"])]
    assert size in sent
    assert f"{size[0]} by {size[1]} pixels" in str(given["response"])


async def test_a_look_is_refused_in_words_when_blind(stack: Rig) -> None:
    async with stack.guest(new_room("look"), camera=None) as guest:
        await guest.wait_for_state("listening")
        typed = await guest.type("Look closer at it.")
        await guest.until_text("no camera or screen", typed)


async def test_a_mark_names_the_video_and_the_place(stack: Rig) -> None:
    async with stack.guest(new_room("look"), camera=HD) as guest:
        await guest.wait_for_state("listening")
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        await guest.type("Point at the top left.")
        mark = await guest.wait_for_message("mark", lambda m: m.type == "vision.mark", 15)
        body, track = mark.body, guest.cameras[0].track.sid
    assert (body["identity"], body["sid"], body["source"]) == ("ann", track, "camera")
    assert [body[edge] for edge in ("left", "top", "right", "bottom")] == [0, 0, 0.5, 0.5]


class Onlooker:
    """Collects the pictures that arrive at a caller."""

    def __init__(self, guest: Guest) -> None:
        self.pictures: list[tuple[bytes, dict[str, str]]] = []
        self._reading: set[asyncio.Task[None]] = set()
        guest.room.register_byte_stream_handler("sightline.frame", self._on_stream)

    def _on_stream(self, reader: rtc.ByteStreamReader, identity: str) -> None:
        task = asyncio.create_task(self._read(reader))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, reader: rtc.ByteStreamReader) -> None:
        jpeg = b"".join([chunk async for chunk in reader])
        self.pictures.append((jpeg, dict(reader.info.attributes or {})))


async def test_shows_the_very_pictures_to_who_asks_and_to_nobody_else(
    stack: Rig, figures: Figures
) -> None:
    room = new_room("frames")
    ann, second = stack.guest(room, camera=HD), stack.guest(room, "bob", camera=None)
    async with contextlib.AsyncExitStack() as present:
        guest = await present.enter_async_context(ann)
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        bob = await present.enter_async_context(second)
        seen, unseen = Onlooker(guest), Onlooker(bob)
        answer = json.loads(await guest.rpc("sightline.frames", '{"on":true}'))
        await guest.type("Look closer at it.")
        await guest.wait_until("look", lambda: _of(seen, "look"), 15)
        with pytest.raises(rtc.RpcError) as refusal:
            await bob.rpc("sightline.frames", '{"on":true}')
        json.loads(await guest.rpc("sightline.frames", '{"on":false}'))
        account = await stack.account(guest.joined_at)
        sent = [await stack.gemini.picture(account.number, f.number) for f in account.frames]
    figures("frames shown to the room of those sent", len(seen.pictures), f"of {len(sent)}")
    assert answer["on"]
    assert refusal.value.code == 4403
    assert {jpeg for jpeg, _ in seen.pictures} <= set(sent)
    assert all({"at", "source", "reason"} <= attributes.keys() for _, attributes in seen.pictures)
    assert unseen.pictures == []


def _of(seen: Onlooker, reason: str) -> bool | None:
    return any(attributes.get("reason") == reason for _, attributes in seen.pictures) or None
