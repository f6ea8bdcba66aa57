"""A closer look at what the camera or the shared screen shows, and a finger to point with."""

from __future__ import annotations

import re

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import ToolError

from tools.arguments import plain
from tools.context import LookResult, Region, Shown, ToolContext

MAX_QUESTION = 300
MAX_LABEL = 60
SMALLEST = 0.02
"""The least share of the width or height a region may have; less holds hardly a letter."""

_ACROSS = {"left": (0.0, 0.5), "right": (0.5, 1.0)}
_DOWN = {"top": (0.0, 0.5), "bottom": (0.5, 1.0)}
_CENTRE = (0.25, 0.75)
_SAME = {"upper": "top", "lower": "bottom", "center": "centre", "middle": "centre"}
_EVERYTHING = {"all", "everything", "full", "whole", "entire"}
_SOURCES: dict[str, Shown] = {
    **dict.fromkeys(("camera", "cam", "webcam"), "camera"),
    **dict.fromkeys(("screen", "screenshare", "desktop", "slide", "slides"), "screen"),
}
_FILLERS = {"the", "of", "half", "side", "part", "corner", "picture", "image", "view", "hand"}


@function_tool
async def look(
    ctx: RunContext[ToolContext], question: str, region: str = "", source: str = ""
) -> str:
    """Take a sharp picture of what is in view right now, for details the usual pictures lack.

    Args:
        question: What you want to find out, such as: what does the label say?
        region: The part of the usual picture to look at: left, right, top, bottom, centre or two
            of them, such as top left; or four fractions of its width and height as
            left,top,right,bottom, such as 0.25,0.5,0.75,1. Leave it out for the whole picture.
        source: camera or screen, where the usual picture shows several and you mean one: that one
            is then taken alone, and region is a part of it. Leave it out otherwise.
    """
    wanted = plain(question, longest=MAX_QUESTION)
    if not wanted:
        raise ToolError("I need to know what to look for.")
    part = parse_region(plain(region, longest=80))
    shown = parse_source(plain(source, longest=80))
    result = await ctx.userdata.look(ctx.function_call.call_id, wanted, part, shown)
    return result.blind or _sentence(result)


@function_tool
async def point_at(ctx: RunContext[ToolContext], box: str, label: str) -> str:
    """Mark a place in what you see, so that the people in the call see what you mean.

    It is a place in the sharp picture if you have looked since somebody spoke to you, else in the
    newest of the usual pictures.

    Args:
        box: Where it is in the picture: four fractions of width and height as
            left,top,right,bottom, such as 0.4,0.2,0.55,0.3; or a part in words, such as top left.
        label: What is there, in one to four words.
    """
    region = parse_region(plain(box, longest=80))
    if region is None:
        raise ToolError("I need to know which part of the picture to mark.")
    named = plain(label, longest=MAX_LABEL)
    if not named:
        raise ToolError("I need to know what to call it.")
    return ctx.userdata.point(region, named) or "It is marked; they see it on the video now."


def parse_region(text: str) -> Region | None:
    """Read a region in words or in fractions; None is the whole picture.

    Raises:
        ToolError: It is neither; the sentence says what would be right.
    """
    region = _fractions(text) if re.search("[0-9]", text) else _words(text)
    if region is not None and not _is_part(region):
        raise ToolError("A region goes from left to right and from top to bottom, from 0 to 1.")
    return region


def parse_source(text: str) -> Shown:
    """Read which of several is meant; empty is whatever is in view.

    Raises:
        ToolError: It is neither; the sentence says what would be right.
    """
    meant = {_SOURCES.get(word, "") for word in re.findall(r"\w+", text.lower())} - {""}
    if text and not meant:
        raise ToolError("A source is camera or screen.")
    return meant.pop() if len(meant) == 1 else ""


def _fractions(text: str) -> Region:
    numbers = re.split("[,; ]+", text.strip("[() ]"))
    try:
        left, top, right, bottom = (float(number) for number in numbers)
    except ValueError:
        raise ToolError("A region in numbers is left, top, right, bottom, from 0 to 1.") from None
    return Region(left=left, top=top, right=right, bottom=bottom)


def _words(text: str) -> Region | None:
    spoken = {_SAME.get(word, word) for word in re.findall(r"\w+", text.lower())} - _FILLERS
    if not spoken or spoken & _EVERYTHING:
        return None
    across, down = spoken & _ACROSS.keys(), spoken & _DOWN.keys()
    if spoken - across - down - {"centre"} or len(across) > 1 or len(down) > 1:
        raise ToolError("A region is left, right, top, bottom or centre, or two of them.")
    # The centre is meant on every axis that no side is named for: bottom centre, centre left.
    rest = _CENTRE if "centre" in spoken else (0.0, 1.0)
    left, right = _ACROSS[across.pop()] if across else rest
    top, bottom = _DOWN[down.pop()] if down else rest
    return Region(left=left, top=top, right=right, bottom=bottom)


def _is_part(region: Region) -> bool:
    wide = 0 <= region.left <= region.right - SMALLEST and region.right <= 1
    return wide and 0 <= region.top <= region.bottom - SMALLEST and region.bottom <= 1


def _sentence(result: LookResult) -> str:
    shown = result.source.replace("+", " and ")
    return (
        f"A sharp picture of the {shown}, {result.width} by {result.height} pixels and"
        f" {result.age:.1f} seconds old, is now in front of you. Answer from it; until somebody"
        " speaks to you again, point_at marks places in it."
    )
