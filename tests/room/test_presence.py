"""The agent's state, shown to everybody who joins."""

from __future__ import annotations

import asyncio

import pytest

from worker.room.presence import STATE, Presence


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Presence, "SETTLE", 0.02)
    monkeypatch.setattr(Presence, "SHOW", 0.01)


async def seen_after(arrivals: int, *, gap: float = 0.0) -> list[str]:
    seen: list[str] = []

    async def publish(attributes: dict[str, str]) -> None:
        seen.append(attributes[STATE])

    presence = Presence(publish, lambda: "listening")
    for _ in range(arrivals):
        presence.on_arrival()
        await asyncio.sleep(gap)
    await asyncio.sleep(0.05)
    await presence.aclose()
    return seen


@pytest.mark.usefixtures("quick")
async def test_the_state_changes_once_and_comes_back() -> None:
    assert await seen_after(1) == ["thinking", "listening"]


@pytest.mark.usefixtures("quick")
async def test_arrivals_close_together_are_shown_one_change() -> None:
    assert await seen_after(3, gap=0.005) == ["thinking", "listening"]


async def test_closing_stops_it() -> None:
    published: list[dict[str, str]] = []

    async def publish(attributes: dict[str, str]) -> None:
        published.append(attributes)

    presence = Presence(publish, lambda: "listening")
    presence.on_arrival()
    await presence.aclose()
    assert published == []
