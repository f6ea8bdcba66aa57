"""What the browser's fake camera films and its fake microphone hears, as files."""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import numpy as np

from offline.caller import QR_TEXT, voice
from offline.microphone import RATE
from tests.browser.desk import Desk

FPS = 10
SECONDS = 4
"""After which the film begins again."""
QUALITY = 90


def write_film(path: Path) -> None:
    """Write the desk as motion JPEG, which Chromium plays in a loop."""
    desk = Desk(QR_TEXT)
    with path.open("wb") as file:
        for number in range(FPS * SECONDS):
            frame = desk.frame(number / FPS, SECONDS)
            packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
            file.write(packed.tobytes())


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
