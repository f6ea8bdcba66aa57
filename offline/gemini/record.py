"""Write what was said and seen on every connection into a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from offline.gemini.account import Account


def write(accounts: Iterable[Account], folder: Path) -> None:
    """Write `session-N.json`, `session-N.wav` and `session-N-frame-K.jpg`; OSError as it comes."""
    folder.mkdir(parents=True, exist_ok=True)
    for account in accounts:
        name = f"session-{account.number}"
        (folder / f"{name}.json").write_text(json.dumps(account.report(), indent=2))
        (folder / f"{name}.wav").write_bytes(account.wav())
        for number in range(len(account.frames)):
            if (picture := account.picture(number)) is not None:
                (folder / f"{name}-frame-{number:04d}.jpg").write_bytes(picture)
