"""Whatever a camera sends, the eyes go on; and they say when there is nothing to see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import pytest_asyncio

from offline.camera import CameraOptions
from offline.scene import Picture, read_stamp
from offline.witness import Message
from tests.e2e.account import Frame
from tests.e2e.figures import Figures
from tests.e2e.film import Film, filming, picture
from tests.e2e.rig import MARKS, Guest, Rig, new_room, until
from worker.eyes.composite import fit

pytestmark = MARKS

BOTH = "screen+camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """A call in which a film is shown."""

    stack: Rig
    guest: Guest
    film: Film

    async def frame(self, width: int, height: int, since: float, timeout: float = 15.0) -> Frame:
        """Return the first picture of that size that arrived after `since`."""

        async def look() -> Frame | None:
            seen = (await self.stack.account(self.guest.joined_at)).frames
            fits = (f for f in seen if f.at > since and (f.width, f.height) == (width, height))
            return next(fits, None)

        return await until(f"picture of {width}x{height}", look, timeout)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def viewing(stack: Rig) -> AsyncIterator[Viewing]:
    async with stack.guest(new_room("frames"), camera=None) as guest, filming(guest) as film:
        it = Viewing(stack=stack, guest=guest, film=film)
        await it.frame(640, 360, 0.0, 20)
        yield it


def news(shown: Picture, place: int) -> Picture:
    """Put a white field into a picture: what shows nothing new is not sent again."""
    height, width = shown.shape[0] // 3, shown.shape[1] // 4
    shown[:height, place * width : (place + 1) * width] = 255
    return shown


@pytest.mark.parametrize(
    ("width", "height", "seen", "place"),
    [
        (641, 361, (640, 360), 0),
        # The same picture in another size would be no new one.
        (1279, 719, (638, 358), 1),
        (64, 48, (64, 48), 2),
        (8, 8, (8, 8), 3),
        (1920, 1080, (640, 360), 0),
    ],
)
async def test_sees_pictures_of_every_usual_and_odd_size(
    viewing: Viewing, width: int, height: int, seen: tuple[int, int], place: int
) -> None:
    changed = viewing.guest.clock()
    viewing.film.picture = news(picture(width, height), place)
    frame = await viewing.frame(*seen, changed)
    assert frame.width <= width
    assert frame.height <= height


@pytest.mark.parametrize(
    ("width", "height", "moved"), [(5, 4, 160), (4000, 6, 320), (6, 2000, 480)]
)
async def test_goes_on_after_pictures_that_nothing_can_be_made_of(
    viewing: Viewing, figures: Figures, width: int, height: int, moved: int
) -> None:
    viewing.film.picture = picture(width, height)
    shown = viewing.guest.clock()
    await viewing.guest.wait_until(
        "two periods of it", lambda: viewing.guest.clock() - shown > 2 or None, 5
    )
    # Something new: what has not changed since it was last sent is not sent again.
    viewing.film.picture = np.roll(picture(640, 360), moved, axis=1)
    back = viewing.guest.clock()
    frame = await viewing.frame(640, 360, back)
    recovered = figures(f"eyes back after {width}x{height}", frame.at - back, "s", "<= 2")
    assert recovered <= 2


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_sends_turned_pictures_upright(viewing: Viewing, turns: int) -> None:
    viewing.film.picture, viewing.film.turns = news(picture(640, 360), turns), turns
    changed = viewing.guest.clock()
    frame = await viewing.frame(640, 360, changed)
    viewing.film.turns = 0
    account = await viewing.stack.account(viewing.guest.joined_at)
    jpeg = await viewing.stack.gemini.picture(account.number, frame.number)
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert read_stamp(np.asarray(image, np.uint8)) == 1000


def vision(status: str, reason: str, source: str = "camera") -> tuple[str, str, str]:
    return (status, reason, source)


def tells(message: Message, wanted: tuple[str, str, str]) -> bool:
    body = message.body
    return (body.get("status"), body.get("reason"), body.get("source")) == wanted


async def test_tells_when_it_is_blind_and_when_it_sees_again(
    caller: Guest, figures: Figures
) -> None:
    camera = caller.cameras[0]
    await caller.wait_for_message("picture", lambda m: tells(m, vision("sent", "source")))
    muted = caller.clock()
    caller.mute(camera.track)
    await caller.wait_for_message("off", lambda m: tells(m, vision("blind", "off")), since=muted)
    unmuted = caller.clock()
    caller.unmute(camera.track)
    seen = await caller.wait_for_message(
        "again", lambda m: tells(m, vision("sent", "unmuted")), since=unmuted
    )
    figures("camera on again: to a picture", seen.at - unmuted, "s", "<= 2")
    hidden = caller.clock()
    await caller.hide(camera)
    gone = vision("blind", "no_camera", "")
    await caller.wait_for_message("no camera", lambda m: tells(m, gone), since=hidden)
    assert seen.at - unmuted <= 2


async def test_shows_a_shared_screen_beside_the_camera(caller: Guest, figures: Figures) -> None:
    await caller.wait_for_message("camera", lambda m: m.body.get("source") == "camera")
    shared = caller.clock()
    screen = await caller.show(CameraOptions(width=800, height=600, fps=5, screen=True))
    first = await caller.wait_for_message("both", lambda m: m.body.get("source") == BOTH)
    # The server begins with a smaller layer of simulcast and goes up as it learns the line.
    full = fit(("screen", "camera"), ((800, 600), (640, 360)), 1536)
    whole = await caller.wait_for_message("whole", lambda m: m.body.get("width") == full, 15)
    figures("screen shared: to a picture of it", first.at - shared, "s", "<= 2")
    figures("screen shared: to one of its full size", whole.at - shared, "s")
    hidden = caller.clock()
    await caller.hide(screen)
    await caller.wait_for_message(
        "camera", lambda m: m.body.get("source") == "camera", since=hidden + 0.5
    )
    assert first.at - shared <= 2
