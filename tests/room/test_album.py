"""Whoever asks is shown the pictures, the newest first, until they ask no more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.fakes.eyes import VirtualLoop, virtually
from worker.room.album import LEASE, MAX_VIEWERS, SEND_TIMEOUT, Album, Print


class FakePost:
    """Takes pictures; slow or broken when told so."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, list[str]]] = []
        self.delay = 0.0
        self.faults = 0

    async def __call__(self, picture: Print, to: Sequence[str]) -> None:
        await asyncio.sleep(self.delay)
        if self.faults:
            self.faults -= 1
            raise ConnectionError("the room is away")
        self.sent.append((picture.jpeg, list(to)))


def album(post: FakePost) -> Album:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return Album(post, clock=loop.time, now=loop.time)


def show(it: Album, jpeg: bytes) -> None:
    it.put(jpeg, source="camera", reason="turn")


def test_shows_nothing_to_nobody() -> None:
    async def body() -> None:
        post = FakePost()
        it = album(post)
        show(it, b"1")
        await asyncio.sleep(1)
        assert it.open("ann")
        await asyncio.sleep(1)
        assert post.sent == [], "what came before was not kept"
        show(it, b"2")
        await asyncio.sleep(1)
        assert post.sent == [(b"2", ["ann"])]
        await it.aclose()

    virtually(body)


def test_ends_by_itself_when_nobody_asks_again() -> None:
    async def body() -> None:
        post = FakePost()
        it = album(post)
        it.open("ann")
        await asyncio.sleep(LEASE - 1)
        it.open("bob")
        await asyncio.sleep(2)
        show(it, b"1")
        await asyncio.sleep(2 * LEASE)
        show(it, b"2")
        await asyncio.sleep(1)
        assert post.sent == [(b"1", ["bob"])]
        assert asyncio.all_tasks() == {asyncio.current_task()}, "no task without a lease"

    virtually(body)


def test_who_has_enough_says_so() -> None:
    async def body() -> None:
        post = FakePost()
        it = album(post)
        it.open("ann")
        it.shut("ann")
        show(it, b"1")
        await asyncio.sleep(1)
        assert post.sent == []
        await it.aclose()

    virtually(body)


def test_the_newest_wins_on_a_slow_line() -> None:
    async def body() -> None:
        post = FakePost()
        post.delay = 1.0
        it = album(post)
        it.open("ann")
        await asyncio.sleep(0)
        for number in range(5):
            show(it, b"%d" % number)
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        assert [jpeg for jpeg, _ in post.sent] == [b"0", b"4"]
        await it.aclose()

    virtually(body)


def test_a_line_that_fails_or_hangs_gets_the_next_picture() -> None:
    async def body() -> None:
        post = FakePost()
        it = album(post)
        it.open("ann")
        post.faults = 1
        show(it, b"1")
        await asyncio.sleep(1)
        post.delay = 2 * SEND_TIMEOUT
        show(it, b"2")
        await asyncio.sleep(0.1)
        post.delay = 0.0
        show(it, b"3")
        await asyncio.sleep(SEND_TIMEOUT + 1)
        assert [jpeg for jpeg, _ in post.sent] == [b"3"]
        await it.aclose()

    virtually(body)


def test_only_so_many_look_on() -> None:
    async def body() -> None:
        it = album(FakePost())
        assert all(it.open(f"p{number}") for number in range(MAX_VIEWERS))
        assert not it.open("one more")
        assert it.open("p0"), "to ask again is not to be one more"
        await it.aclose()
        assert not it.open("p0")

    virtually(body)
