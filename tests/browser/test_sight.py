"""What the agent sees, and that the visitor sees it too: pauses, screens, frames and marks."""

from __future__ import annotations

import base64
import re

import cv2
import numpy as np
from playwright.async_api import Locator, expect

from offline.caller import QR_TEXT
from tests.browser.rig import AGENT_TIMEOUT, MARKS, Visitor
from tests.e2e.figures import Figures

pytestmark = MARKS

CORNER = (0.0, 0.0, 0.5, 0.5)
"""The top left of a video: left, top, right and bottom as fractions of it."""
WHOLE = """(image) => {
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL();
}"""
"""Gives the picture of an image element in its own size, as a data address."""
NEAR = 0.03
"""Of the video's size, by which a mark may lie elsewhere."""


async def test_a_mark_lies_where_the_agent_points(caller: Visitor, figures: Figures) -> None:
    await caller.sees_sight("Sees your camera")
    await caller.type("Point at the top left.")
    mark = caller.page.get_by_role("img", name=re.compile("The agent points at"))
    await expect(mark).to_be_visible(timeout=AGENT_TIMEOUT)
    video = caller.page.get_by_label("Your camera", exact=True)
    wanted, drawn = await shown(video, CORNER), await box(mark)
    width, height = await film_size(video)
    off = [abs(a - b) / size for a, b, size in zip(wanted, drawn, (width, height) * 2, strict=True)]
    await caller.picture("mark")
    assert figures("page: mark off its place, of the video", max(off), "", "<= 0.03") <= NEAR


async def test_the_agent_looks_away_when_it_is_asked_to(caller: Visitor) -> None:
    await caller.sees_sight("Sees your camera")
    eyes = caller.button("The agent looks")
    await expect(eyes).to_have_attribute("aria-pressed", "true")
    await eyes.click()
    await caller.sees_sight("Cannot see: its eyes are switched off")
    await expect(eyes).to_have_attribute("aria-pressed", "false")
    await caller.picture("paused")
    await eyes.click()
    await caller.sees_sight("Sees your camera")


async def test_the_drawer_shows_the_frames_that_the_model_gets(caller: Visitor) -> None:
    await caller.button("What the agent sees").click()
    drawer = caller.page.get_by_role("region", name="What the agent sees")
    frame = drawer.get_by_role("img", name=re.compile("The agent sees"))
    await caller.type("What do you see?")
    await expect(frame.first).to_be_visible(timeout=AGENT_TIMEOUT)
    await expect(drawer.get_by_role("time").first).to_contain_text(re.compile("now|second| s"))
    await caller.picture("frames")
    body = base64.b64decode((await frame.first.evaluate(WHOLE)).partition(",")[2])
    image = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert cv2.QRCodeDetector().detectAndDecode(image)[0] == QR_TEXT


async def test_a_shared_screen_is_seen_beside_the_camera(caller: Visitor) -> None:
    share = caller.button("Share screen")
    await share.click()
    await caller.sees_sight("Sees your (screen|camera) and (screen|camera)")
    await expect(caller.page.get_by_label("Your screen", exact=True)).to_be_visible()
    await caller.picture("screen")
    await share.click()
    await caller.sees_sight("Sees your camera")


async def film_size(video: Locator) -> tuple[float, float]:
    """Return the width and height at which the whole film is shown, in CSS pixels."""
    _, _, width, height = await film(video)
    return width, height


async def film(video: Locator) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the whole film, which the element may cut off."""
    x, y, wide, high = await video.evaluate(
        "(v) => { const r = v.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }"
    )
    across, down = await video.evaluate("(v) => [v.videoWidth, v.videoHeight]")
    scale = max(wide / across, high / down)
    return (
        x + (wide - across * scale) / 2,
        y + (high - down * scale) / 2,
        across * scale,
        down * scale,
    )


async def shown(
    video: Locator, place: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Return where the edges of a place in the film must be, cut to the element's own."""
    left, top, width, height = await film(video)
    bounds = await box(video)
    x0, y0, x1, y1 = (
        left + place[0] * width,
        top + place[1] * height,
        left + place[2] * width,
        top + place[3] * height,
    )
    return (max(x0, bounds[0]), max(y0, bounds[1]), min(x1, bounds[2]), min(y1, bounds[3]))


async def box(element: Locator) -> tuple[float, float, float, float]:
    """Return the edges of an element: left, top, right, bottom."""
    found = await element.bounding_box()
    assert found is not None
    x, y, width, height = (found[name] for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height
