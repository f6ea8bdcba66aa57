"""The right picture at the right moment: at the end of a turn, hardly any in a quiet room, and a
word where there is nothing to see."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from offline.caller import QR_TEXT
from offline.camera import CameraOptions
from offline.scene import Picture, Scene, read_stamp
from tests.e2e.account import Account, Frame
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, until

pytestmark = [*MARKS, pytest.mark.slow]

STILL = CameraOptions(width=640, height=360, fps=15, simulcast=False)
FAST = CameraOptions(width=640, height=360, fps=30, simulcast=False)
CARD = (512, 288)
"""The size of a card; no camera here has it."""
STAMPS = 1 << 24


class Still:
    """The usual scene at one moment, for ever; with a sensor's noise, or without."""

    def __init__(self, noise: float = 0.0) -> None:
        self.picture = Scene(STILL.width, STILL.height, QR_TEXT).frame(1.0)
        self.noise = noise
        self.rng = np.random.default_rng(1)

    def frame(self, t: float) -> Picture:
        if not self.noise:
            return self.picture
        grain = self.rng.normal(0, self.noise, self.picture.shape[:2])[..., None]
        return np.asarray(np.clip(self.picture + grain, 0, 255), np.uint8)


async def counted(stack: Rig, guest: Guest, figures: Figures, what: str, seconds: float) -> int:
    """Let a first picture come and time pass, with a question in it; return the pictures."""
    await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
    began = guest.clock()
    await guest.say("What do you see?")
    await guest.wait_until("time", lambda: guest.clock() - began > seconds or None, seconds + 5)
    account = await stack.account(guest.joined_at)
    frames = account.frames_between(began, began + seconds)
    figures(f"{what}: pictures a minute, one question in it", len(frames) * 60 / seconds)
    return len(frames)


async def test_a_frozen_camera_is_noticed_and_costs_next_to_nothing(
    stack: Rig, figures: Figures
) -> None:
    async with stack.guest(new_room("eyes"), camera=STILL, drawing=Still()) as guest:
        pictures = await counted(stack, guest, figures, "frozen camera", 32)
        reasons = [m["reason"] for m in guest.shown("vision") if m["status"] == "blind"]
    assert reasons == ["frozen"]
    assert pictures <= 3, "what was there when somebody asked, and the card"


async def test_a_quiet_room_costs_two_pictures_a_minute(stack: Rig, figures: Figures) -> None:
    async with stack.guest(new_room("eyes"), camera=STILL, drawing=Still(2.0)) as guest:
        pictures = await counted(stack, guest, figures, "a room that stands still", 32)
        reasons = [m["reason"] for m in guest.shown("vision") if m["status"] == "blind"]
    assert reasons == [], "noise shows that the camera lives"
    assert pictures <= 4


async def stamp(stack: Rig, account: Account, frame: Frame) -> float:
    """Return when a picture was taken, by the clock that all share here."""
    jpeg = await stack.gemini.picture(account.number, frame.number)
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    taken = read_stamp(np.asarray(image, np.uint8))
    assert taken is not None
    return frame.at - (int(frame.at * 1000) - taken) % STAMPS / 1000


async def test_the_newest_picture_of_a_turn_was_taken_at_its_end(
    stack: Rig, figures: Figures
) -> None:
    async with stack.guest(new_room("eyes"), camera=FAST) as guest:
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        taken, came = [], []
        for _ in range(3):
            spoken = await guest.say("What do you see?")
            await guest.wait_for_reply(spoken.last_loud)
            account = await stack.account(guest.joined_at)
            ended = account.at("activity_end", spoken.last_loud)[0]
            newest = [f for f in account.frames if f.at < ended][-1]
            taken.append((await stamp(stack, account, newest) - spoken.last_loud) * 1000)
            came.append((newest.at - spoken.last_loud) * 1000)
        early = account.report["early_frames"]
    figures("end of a turn: its last picture, taken after the last sound", min(taken), "ms", "> 0")
    figures("end of a turn: the same, at the service, median", sorted(came)[1], "ms", "< 500")
    figures("end of a turn: the same, latest", max(came), "ms", "< 500: the silence timer")
    figures("pictures closer than 0.9 s, in three turns", early)
    assert min(taken) > 0


async def card(stack: Rig, guest: Guest, since: float) -> Frame:
    """Return the card that has reached the stand-in."""

    async def look() -> Frame | None:
        frames = (await stack.account(guest.joined_at)).frames_between(since, guest.clock())
        return next((f for f in frames if (f.width, f.height) == CARD), None)

    return await until("card", look)


async def test_a_camera_turned_off_is_told_to_the_model_without_cutting_its_reply(
    stack: Rig, figures: Figures
) -> None:
    async with stack.guest(new_room("eyes"), camera=STILL) as guest:
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        told = await guest.type("Tell me a long story.")
        began = await guest.wait_for_sound(told)
        muted = guest.clock()
        guest.mute(guest.cameras[0].track)
        seen = await card(stack, guest, muted)
        reply = await guest.wait_for_reply(told, timeout=60)
        figures("camera turned off: to the card at the service", (seen.at - muted) * 1000, "ms")
        asked = await guest.say("Can you see me?")
        answer = await guest.until_text("CAMERA OFF", asked.first_loud)
        account = await stack.account(guest.joined_at)
    assert began < muted < reply.last_sound
    assert seen.at < account.at("activity_end", asked.first_loud)[0]
    assert account.at("interrupted") == []
    assert "I see a card that says" in answer
    assert len([f for f in account.frames if (f.width, f.height) == CARD]) == 1


@pytest.mark.parametrize("typed", ["What do you see?"])
async def test_a_typed_question_comes_after_its_picture(
    stack: Rig, figures: Figures, typed: str
) -> None:
    async with stack.guest(new_room("eyes"), camera=FAST) as guest:
        await guest.wait_for_message("picture", lambda m: m.body.get("status") == "sent")
        asked = await guest.type(typed)
        await guest.wait_for_sound(asked)
        account = await stack.account(guest.joined_at)
        content = account.at("client_content", asked)[0]
        newest = [f for f in account.frames if f.at < content][-1]
        age = content - await stamp(stack, account, newest)
    figures("typed question: age of the newest picture before it", age * 1000, "ms", "<= 300")
    assert newest.at > asked


async def test_the_newest_picture_shows_screen_and_camera_together(
    stack: Rig, figures: Figures
) -> None:
    page = CameraOptions(width=800, height=600, fps=5, simulcast=False, screen=True)
    async with stack.guest(new_room("eyes"), camera=STILL) as guest:
        await guest.show(page, Scene(page.width, page.height, "page 7"))
        await guest.wait_for_message("both", lambda m: m.body.get("source") == "screen+camera")
        told = await card(stack, guest, guest.joined_at)
        asked = await guest.type("What do you see?")
        answer = await guest.until_text("page 7", asked)
        account = await stack.account(guest.joined_at)
    wide = [frame for frame in account.frames if frame.width > page.width]
    figures("screen and camera: width of the one picture", wide[0].width, "pixels")
    assert told.number < wide[0].number
    assert 'QR code that says "page 7"' in answer
