"""Renews the README's pictures from those the browser tests have left: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2

from tests.browser.rig import PICTURES

KEPT = {
    "desktop-light-call": "call",
    "desktop-dark-frames": "frames",
    "phone-dark-call": "phone",
}
"""Pictures of the tests, and what they are called in the document."""
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
QUALITIES = (88, 80, 70, 60, 50)
LARGEST = 150_000
"""Bytes."""


def renew(source: Path, target: Path) -> int:
    """Write a PNG as WebP, as good as the size allows; return its bytes."""
    picture = cv2.imread(str(source))
    if picture is None:
        raise FileNotFoundError(source)
    for quality in QUALITIES:
        body = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
        if len(body) <= LARGEST:
            break
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body)
    return len(body)


def main() -> int:
    """Renew them all; return 1 after one line where one is missing."""
    for source, name in KEPT.items():
        try:
            size = renew(PICTURES / f"{source}.png", FOLDER / f"{name}.webp")
        except FileNotFoundError as error:
            print(f"{error} is missing: run the tests in tests/browser first", file=sys.stderr)
            return 1
        print(f"docs/pictures/{name}.webp: {size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
