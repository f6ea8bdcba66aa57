"""What a call leaves behind: the replies as heard, the pictures as seen, the words as written."""

from __future__ import annotations

import re
import shutil
import wave
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from offline.chronicle import Entry
from offline.ear import RATE
from offline.errors import DemoError
from offline.stack import StandIn
from offline.terminal import clock_of
from offline.witness import Reply

LEAD = 0.05
"""Seconds of silence before and after a reply."""
NAMES = {"you": "You", "heard": "You, as heard", "agent": "Agent"}


class Keepsakes:
    """A folder that takes what is worth keeping of one call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.replies: list[Path] = []
        self.pictures: list[Path] = []
        self.transcript = folder / "transcript.md"

    def clear(self) -> None:
        """Make room: remove what the call before has left, and nothing else.

        Raises:
            DemoError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in ("replies", "pictures", "logs"):
                shutil.rmtree(self.folder / name, ignore_errors=True)
                (self.folder / name).mkdir()
            self.transcript.unlink(missing_ok=True)
        except OSError as error:
            raise DemoError(f"{self.folder} cannot be written: {error.strerror}") from error

    def keep_reply(self, name: str, reply: Reply) -> None:
        """Write one reply as a WAV file, as it sounded in the caller's ear."""
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        path = self.folder / "replies" / f"{len(self.replies) + 1:02d}-{slug}.wav"
        silence = np.zeros(int(RATE * LEAD), np.int16)
        samples = np.concatenate([silence, *(sound.samples for sound in reply.sounds), silence])
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        self.replies.append(path)

    async def keep_pictures(self, gemini: StandIn) -> None:
        """Fetch every picture the agent saw from the stand-in."""
        for number, session in enumerate(await gemini.sessions()):
            frames = session.get("frames")
            for index in range(len(frames) if isinstance(frames, Sequence) else 0):
                path = self.folder / "pictures" / f"{len(self.pictures) + 1:03d}.jpg"
                path.write_bytes(await gemini.picture(number, index))
                self.pictures.append(path)

    def keep_transcript(self, entries: Iterable[Entry]) -> None:
        """Write the chronicle as Markdown."""
        lines = [
            "# A conversation with Sightline",
            "",
            "The agent's model was the offline stand-in, which follows fixed rules.",
            f"The agent saw {len(self.pictures)} pictures: `pictures/`. Its voice: `replies/`.",
            "",
            *(_markdown(entry) for entry in entries),
            "",
        ]
        self.transcript.write_text("\n".join(lines), encoding="utf-8")


def _markdown(entry: Entry) -> str:
    text = re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", entry.text)
    name = NAMES.get(entry.who)
    said = f"**{name}:** {text}" if name else f"_{entry.who}: {text}_"
    return f"- {clock_of(entry.at)} {said}"
