"""What receiving a camera costs: CPU of a bare subscriber, in every way of asking for it.

A program: `python -m tests.bench.receive --codec vp8 --plain`. It starts a livekit-server, films in
one process and receives in another, whose CPU time it tells. The table is in docs/eyes.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time

import cv2
import numpy as np
from livekit import rtc

from offline.caller import Caller
from offline.camera import CODECS, CameraOptions
from offline.livekit import LiveKitServer
from offline.scene import read_stamp
from offline.tokens import room_token
from worker.eyes.lens import OnDemand
from worker.eyes.reception import FfiWire, Reception

SIZES = {"large": (1280, 720), "middle": (640, 360), "small": (320, 180)}
WAYS = ("none", *SIZES, "resting:1", "resting:3", "resting:12")
SETTLING = 6.0
"""Seconds in which the server goes to the layer that is asked for."""


class _Held:
    """Asks for one size, and never to pause."""

    def __init__(self, wire: FfiWire, size: tuple[int, int]) -> None:
        wire.set_enabled(True)
        wire.set_dimensions(*size)

    def set_enabled(self, enabled: bool) -> None: ...
    def set_dimensions(self, width: int, height: int) -> None: ...


async def receive(url: str, token: str, ways: list[str], seconds: float) -> None:
    """Receive in each way in turn; one JSON line each goes to standard output."""
    room, loop = rtc.Room(), asyncio.get_running_loop()
    came: asyncio.Future[rtc.Track] = loop.create_future()

    def on_track(track: rtc.Track, *_: object) -> None:
        if not came.done():
            came.set_result(track)

    room.on("track_subscribed", on_track)
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    people = room.remote_participants.values()
    publications = [pub for person in people for pub in person.track_publications.values()]
    camera = next(pub for pub in publications if pub.kind == rtc.TrackKind.KIND_VIDEO)
    for way in ways:
        if way != "none":
            camera.set_subscribed(True)
            track = await came
            await _measure(way, _lens(way, camera, track), seconds)
        else:
            await _measure(way, None, seconds)
    await room.disconnect()


def _lens(way: str, camera: rtc.RemoteTrackPublication, track: rtc.Track) -> OnDemand:
    wire = FfiWire(camera)
    held = _Held(wire, SIZES[way]) if way in SIZES else wire
    reception = Reception(held, (1280, 720), edge=768, steady=False, warmup=0)
    return OnDemand(lambda: rtc.VideoStream(track, capacity=1), time.monotonic, reception)


async def _measure(way: str, lens: OnDemand | None, seconds: float) -> None:
    gap = float(way.partition(":")[2] or 1)
    if lens is not None:
        await lens.next()
    await asyncio.sleep(SETTLING)
    waits, ages, widths = list[float](), list[float](), set[int]()
    used, began = time.process_time(), time.monotonic()
    while time.monotonic() < began + seconds:
        asked = time.monotonic()
        if lens is not None:
            shot = await lens.next()
            waits.append(time.monotonic() - asked)
            ages.append(_age(shot.frame))
            widths.add(shot.frame.width)
        await asyncio.sleep(max(0.0, asked + gap - time.monotonic()))
    cpu = (time.process_time() - used) / (time.monotonic() - began) * 60
    told = {"way": way, "cpu": round(cpu, 2), "widths": sorted(widths)}
    if waits:
        told |= {"wait": _milliseconds(waits), "age": _milliseconds(ages)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _age(frame: rtc.VideoFrame) -> float:
    now = time.monotonic()
    data = np.frombuffer(frame.data, np.uint8).reshape(frame.height * 3 // 2, frame.width)
    picture = np.asarray(cv2.cvtColor(data, cv2.COLOR_YUV2BGR_I420), np.uint8)
    stamp = read_stamp(picture)
    return float("nan") if stamp is None else (int(now * 1000) - stamp) % (1 << 24) / 1000


def _milliseconds(values: list[float]) -> str:
    return f"{1000 * statistics.median(values):.0f} (at most {1000 * max(values):.0f}) ms"


async def run(codec: str, simulcast: bool, ways: list[str], seconds: float) -> None:
    """Film in this process and receive in another."""
    async with LiveKitServer.start() as server:
        tokens = [
            room_token(
                api_key=server.api_key, api_secret=server.api_secret, room="receive", identity=who
            )
            for who in ("ann", "eyes")
        ]
        camera = CameraOptions(width=1280, height=720, codec=codec, simulcast=simulcast)
        async with Caller(url=server.url, token=tokens[0], identity="ann", camera=camera):
            await asyncio.sleep(2)
            child = [sys.executable, "-m", __spec__.name, "--receive", server.url, tokens[1]]
            child += ["--ways", *ways, "--seconds", str(seconds)]
            process = await asyncio.create_subprocess_exec(*child)
            await process.wait()


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codec", choices=sorted(CODECS), default="vp8")
    parser.add_argument("--plain", action="store_true", help="no simulcast")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--receive", nargs=2, metavar=("URL", "TOKEN"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.receive:
        url, token = asked.receive
        asyncio.run(receive(url, token, asked.ways, asked.seconds))
    else:
        asyncio.run(run(asked.codec, not asked.plain, asked.ways, asked.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
