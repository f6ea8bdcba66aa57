"""What the browser's fake camera films and its fake microphone hears, as files."""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import numpy as np

from offline.caller import QR_TEXT, voice
from offline.microphone import RATE
from offline.scene import Scene

WIDTH, HEIGHT, FPS = 640, 360, 15
SECONDS = 4
"""After which the film begins again."""
QUALITY = 90


def write_film(path: Path) -> None:
    """Write the test camera's picture as motion JPEG, which Chromium plays in a loop."""
    scene = Scene(WIDTH, HEIGHT, QR_TEXT)
    frames = (scene.frame(number / FPS) for number in range(FPS * SECONDS))
    options = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    path.write_bytes(
        b"".join(cv2.imencode(".jpg", frame, options)[1].tobytes() for frame in frames)
    )


def write_speech(path: Path, *parts: str | float) -> None:
    """Write sentences, and seconds of silence between them, as a 48 kHz WAV file."""
    sounds = [
        voice(part) if isinstance(part, str) else np.zeros(int(RATE * part), np.int16)
        for part in parts
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.concatenate(sounds).tobytes())
