"""Make pictures off the event loop, in one thread that belongs to the eyes of one conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from worker.eyes.card import write
from worker.eyes.change import Glance, glance
from worker.eyes.choice import Kind
from worker.eyes.composite import Caption, compose, fit, lay_out
from worker.eyes.frames import read_planes
from worker.eyes.lens import Shot
from worker.eyes.picture import Picture, Region, draw, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How pictures are made."""

    camera_edge: int = 768
    """Pixels the longer side of a camera's picture may have."""
    screen_edge: int = 1536
    """The same for a screen, which is there to be read."""
    quality: int = 75
    """Of a camera's JPEG, 1..100."""
    screen_quality: int = 85
    """Of the JPEG of what is to be read: a screen, or a closer look."""

    def edge(self, kind: Kind) -> int:
        """Return the longest side for a picture of this kind of source."""
        return self.screen_edge if kind == "screen" else self.camera_edge

    def jpeg_quality(self, kind: Kind) -> int:
        """Return the quality for a picture of this kind of source."""
        return self.screen_quality if kind == "screen" else self.quality


class Darkroom:
    """Turns shots into pictures, one after the other.

    The thread is the eyes' own because a tool that blocks may fill the loop's pool of threads.
    """

    def __init__(self, profile: Profile, executor: Executor | None = None) -> None:
        self._profile = profile
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="eyes")

    async def glance(self, shot: Shot) -> Glance:
        """Take a thumbnail of a shot; raises as `develop` does."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _glance, shot)

    async def develop(self, shot: Shot, kind: Kind) -> Picture:
        """Make the picture of a shot as the profile has it.

        Raises:
            PictureError: none can be made of it.
        """
        edge, quality = self._profile.edge(kind), self._profile.jpeg_quality(kind)
        return await self._make(shot, None, edge, quality)

    async def enlarge(self, shot: Shot, region: Region | None, longest: int) -> Picture:
        """Make a picture of a part of a shot, to be read; raises as `develop` does."""
        return await self._make(shot, region, longest, self._profile.screen_quality)

    async def _make(self, shot: Shot, region: Region | None, longest: int, quality: int) -> Picture:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _make, shot, region, longest, quality)

    async def compose(
        self, parts: Sequence[tuple[Shot | None, Caption]], longest: int = 0
    ) -> Picture:
        """Make one picture of several shots, with a name for each; raises as `develop` does.

        Args:
            longest: Pixels of a picture that is to be read; 0: as the profile has it.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _compose, parts, self._profile, longest)

    async def write(self, lines: Sequence[str]) -> Picture:
        """Make a card of words."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, write, lines)

    def close(self) -> None:
        """Let the thread end; it has at most two pictures to finish."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _glance(shot: Shot) -> Glance:
    return glance(read_planes(shot.frame), shot.rotation)


def _make(shot: Shot, region: Region | None, longest: int, quality: int) -> Picture:
    planes = read_planes(shot.frame)
    return encode(planes, rotation=shot.rotation, longest=longest, quality=quality, region=region)


def _compose(
    parts: Sequence[tuple[Shot | None, Caption]], profile: Profile, longest: int
) -> Picture:
    captions = [caption for _, caption in parts]
    kinds = [caption.kind for caption in captions]
    leading: Kind = "screen" if longest or "screen" in kinds else "camera"
    most = longest or profile.edge(leading)
    longest = fit(kinds, [_size(shot) for shot, _ in parts], most)
    images = [
        None
        if shot is None
        else draw(
            read_planes(shot.frame), rotation=shot.rotation, width=cell.width, height=cell.height
        )
        for (shot, _), cell in zip(parts, lay_out(kinds, longest), strict=True)
    ]
    return compose(images, captions, longest, profile.jpeg_quality(leading))


def _size(shot: Shot | None) -> tuple[int, int]:
    if shot is None:
        return 0, 0
    size = shot.frame.width, shot.frame.height
    return size if shot.rotation in (0, 180) else size[::-1]
