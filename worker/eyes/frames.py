"""Read an rtc.VideoFrame of any buffer type as planes, with as few copies as its layout allows.

livekit's own `VideoFrame.convert` is not used: it aborts the whole process on I010 and on ABGR
(measured with livekit 1.1.21), and `VideoFrame.get_plane` returns memory that outlives nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from worker.errors import PictureError
from worker.eyes.planes import MAX_PIXELS, Plane, Planes

_Type = rtc.VideoBufferType

_PLANAR = {_Type.I420: (2, 2), _Type.I420A: (2, 2), _Type.I422: (2, 1), _Type.I444: (1, 1)}
"""Luma samples to one of chroma, across and down, where the planes lie one after the other."""

_PACKED = {
    _Type.RGBA: (4, 0, cv2.COLOR_RGB2YUV_I420),
    _Type.ARGB: (4, 1, cv2.COLOR_RGB2YUV_I420),
    _Type.RGB24: (3, 0, cv2.COLOR_RGB2YUV_I420),
    _Type.BGRA: (4, 0, cv2.COLOR_BGR2YUV_I420),
    _Type.ABGR: (4, 1, cv2.COLOR_BGR2YUV_I420),
}
"""Bytes a pixel, the first byte of its colour, and OpenCV's name for the way to planes."""


def read_planes(frame: rtc.VideoFrame) -> Planes:
    """Return the planes of a frame.

    Of the planar types they are views of the frame's own buffer, which they keep alive, so they may
    go to a thread. The other types cost a pass over the pixels: call this in the thread too.

    Raises:
        PictureError: the frame is empty, too large, shorter than its size says, or of a type that
            is not known here.
    """
    width, height = frame.width, frame.height
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise PictureError(f"a frame of {width}x{height} cannot be looked at")
    try:
        return _read(frame, np.frombuffer(frame.data, np.uint8))
    except (ValueError, cv2.error) as error:
        raise PictureError(f"the data do not fill a frame of {width}x{height}") from error


def _read(frame: rtc.VideoFrame, data: NDArray[np.uint8]) -> Planes:
    width, height = frame.width, frame.height
    if frame.type in _PLANAR:
        across, down = _PLANAR[frame.type]
        return _split(data, (height, width), (-(-height // down), -(-width // across)))
    if frame.type == _Type.NV12:
        return _read_nv12(data, width, height)
    if frame.type == _Type.I010:
        return _read_i010(data, width, height)
    if frame.type in _PACKED:
        return _read_packed(data, width, height, *_PACKED[frame.type])
    raise PictureError("a frame of this buffer type cannot be read")


def _split(data: Plane, luma: tuple[int, int], chroma: tuple[int, int]) -> Planes:
    """Cut a buffer in three; the shapes are (height, width)."""
    first, second = luma[0] * luma[1], chroma[0] * chroma[1]
    return Planes(
        y=data[:first].reshape(luma),
        u=data[first : first + second].reshape(chroma),
        v=data[first + second : first + 2 * second].reshape(chroma),
    )


def _read_nv12(data: Plane, width: int, height: int) -> Planes:
    chroma = ((height + 1) // 2, (width + 1) // 2)
    first = width * height
    mixed = data[first : first + 2 * chroma[0] * chroma[1]].reshape(*chroma, 2)
    u, v = np.ascontiguousarray(mixed[..., 0]), np.ascontiguousarray(mixed[..., 1])
    return Planes(y=data[:first].reshape(height, width), u=u, v=v)


def _read_i010(data: Plane, width: int, height: int) -> Planes:
    """Ten bits in two little-endian bytes, laid out like I420: keep the upper eight."""
    samples = width * height + 2 * ((height + 1) // 2) * ((width + 1) // 2)
    words = data[: 2 * samples].view("<u2")
    eight = np.asarray(cv2.convertScaleAbs(words, alpha=0.25), np.uint8).reshape(-1)
    return _split(eight, (height, width), ((height + 1) // 2, (width + 1) // 2))


def _read_packed(data: Plane, width: int, height: int, depth: int, first: int, code: int) -> Planes:
    pixels = data[: height * width * depth].reshape(height, width, depth)[..., first : first + 3]
    # OpenCV makes planes of even sides only: the rim is doubled, and left out of the views again.
    even = cv2.copyMakeBorder(
        np.ascontiguousarray(pixels), 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE
    )
    rows, columns = even.shape[:2]
    flat = np.asarray(cv2.cvtColor(even, code), np.uint8).reshape(-1)
    planes = _split(flat, (rows, columns), (rows // 2, columns // 2))
    return Planes(y=planes.y[:height, :width], u=planes.u, v=planes.v)
