"""The line to a publication that writes down what is asked of it."""

from __future__ import annotations

from worker.eyes.reception import Reception


class FakeWire:
    """Keeps the size that is asked for and whether anything is to come."""

    def __init__(self) -> None:
        self.enabled: bool | None = None
        self.size: tuple[int, int] | None = None
        self.asked: list[str] = []
        """Every request, in order."""

    def set_enabled(self, enabled: bool) -> None:
        self.enabled = enabled
        self.asked.append("on" if enabled else "off")

    def set_dimensions(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.asked.append(f"{width}x{height}")


def reception(*, steady: bool = False) -> Reception:
    """Return how a publication of 64x48 is received over a line of its own."""
    return Reception(FakeWire(), (64, 48), edge=768, steady=steady, warmup=0)
