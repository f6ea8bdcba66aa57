"""What is looked at is followed within half a second, in every codec, and rests between frames."""

from __future__ import annotations

import asyncio

import pytest

from offline.camera import CameraOptions
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room

pytestmark = [*MARKS, pytest.mark.slow]

AWAY = 1.5
"""Seconds for which a camera is muted."""


def sent_since(guest: Guest, since: float, width: int = 0) -> list[float]:
    """Return when messages told of pictures, of that width if one is given."""
    return [
        m.at
        for m in guest.messages
        if (m.type, m.body.get("status")) == ("vision", "sent")
        and m.at >= since
        and width in (0, m.body["width"])
    ]


async def picture_of(guest: Guest, since: float, width: int, timeout: float = 10) -> float:
    """Wait for a picture of that width; returns the seconds since then."""
    found = await guest.wait_until(
        f"picture {width} wide", lambda: next(iter(sent_since(guest, since, width)), None), timeout
    )
    return found - since


async def followed(guest: Guest, figures: Figures, what: str, since: float, width: int) -> None:
    """Wait for a whole picture, and tell when it and the first of any size were there.

    A simulcast's first frames may be small: what is shown is seen by then, if coarsely.
    """
    whole = await picture_of(guest, since, width, 20)
    first = sent_since(guest, since)[0] - since
    figures(f"{what} to first picture", first, "s", "<= 0.5")
    figures(f"{what} to a picture {width} wide", whole, "s")


@pytest.mark.parametrize("codec", ["vp8", "h264", "vp9", "av1"])
@pytest.mark.parametrize("simulcast", [True, False])
async def test_follows_a_camera_of_every_codec(
    stack: Rig, figures: Figures, codec: str, simulcast: bool
) -> None:
    options = CameraOptions(width=1280, height=720, fps=15, codec=codec, simulcast=simulcast)
    async with stack.guest(new_room("codec"), camera=None) as guest:
        await guest.wait_for_state("listening")
        what = f"{codec}{' simulcast' if simulcast else ''}"
        before = guest.clock()
        camera = await guest.show(options)
        await followed(guest, figures, f"{what}: shown", before, 640)
        guest.mute(camera.track)
        await guest.wait_for_message("off", lambda m: m.body.get("reason") == "off", since=before)
        # Sooner it would wait for the second to pass in which the server asks for one key frame.
        await asyncio.sleep(AWAY)
        back = guest.clock()
        guest.unmute(camera.track)
        await followed(guest, figures, f"{what}: unmuted", back, 640)


async def test_follows_a_switch_of_cameras(stack: Rig, figures: Figures) -> None:
    """As phones do it: one is unpublished, another published at once, in another codec and size."""
    first = CameraOptions(width=1280, height=720, fps=15)
    second = CameraOptions(width=800, height=600, fps=15, codec="h264", simulcast=False)
    async with stack.guest(new_room("switch"), camera=first) as guest:
        await picture_of(guest, 0.0, 640, 20)
        for options, width in ((second, 768), (first, 640)) * 2:
            await guest.hide(guest.cameras[0])
            shown = guest.clock()
            await guest.show(options)
            what = f"switched to {options.width}x{options.height}"
            await followed(guest, figures, what, shown, width)
    assert not [m for m in guest.shown("vision") if m.get("reason") == "too_slow"]


async def test_a_quiet_track_rests_and_is_back_for_speech(stack: Rig, figures: Figures) -> None:
    async with stack.guest(new_room("rest"), camera=CameraOptions(fps=30)) as guest:
        await picture_of(guest, 0.0, 640, 20)
        process = stack.job(guest.room.name)
        await asyncio.sleep(12)
        used, began = sum(process.cpu_times()[:2]), guest.clock()
        await asyncio.sleep(8)
        cpu = (sum(process.cpu_times()[:2]) - used) / (guest.clock() - began) * 60
        figures("a quiet room with a 720p30 camera: CPU of the call", cpu, "s/min")
        spoken = await guest.say("Can you see what I am holding in my hand?")
        reply = await guest.wait_for_reply(spoken.last_loud)
        account = await stack.account(guest.joined_at)
        frames = account.frames_between(spoken.first_loud, reply.first_sound)
        figures("speech begins to frame", frames[0].at - spoken.first_loud, "s", "<= 0.5")
    figures("the turn's pictures: narrowest", min(frame.width for frame in frames), "pixels")
    assert frames[-1].width == 640, "the answer is given with a whole one"
