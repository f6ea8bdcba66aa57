"""Whatever a tool does, it answers: in time, in words, and without holding up anything else."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from livekit.agents import RunContext, function_tool
from livekit.agents.llm import ToolError

from tools import TOOLS
from tools.context import ToolContext
from tools.encoding import CUT, MAX_BYTES
from tools.speakable import BUSY, FAILED, RegistrationError, Tool, registry, speakable
from tools.threads import Busy, Threads

Context = RunContext[ToolContext]


def tool_that(does: Callable[[], Any], *, deadline: float = 20.0) -> Tool:
    @function_tool
    async def act(ctx: Context) -> object:
        """Do something."""
        result = does()
        return await result if asyncio.iscoroutine(result) else result

    return speakable(act, deadline=deadline)


def blocking_tool_that(does: Callable[[], Any], *, deadline: float = 20.0) -> Tool:
    @function_tool  # type: ignore[type-var]  # LiveKit has no type for one that blocks
    def act(ctx: Context) -> object:
        """Do something that blocks."""
        return does()

    return speakable(act, deadline=deadline)


async def error_of(tool: Tool) -> str:
    with pytest.raises(ToolError) as caught:
        await tool(None, {})
    return caught.value.message


def raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize("make", [tool_that, blocking_tool_that])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ToolError("I know no such place."), "I know no such place."),
        (KeyError("a secret"), FAILED),
        (TimeoutError("of the tool's own"), FAILED),
        (StopIteration(1), FAILED),
        (SystemExit(3), FAILED),
        (asyncio.CancelledError(), FAILED),
    ],
)
async def test_tells_the_model_of_an_error(
    make: Callable[..., Tool], error: BaseException, told: str
) -> None:
    assert await error_of(make(raises(error))) == told


async def test_cuts_an_error_as_it_cuts_a_result() -> None:
    told = await error_of(tool_that(raises(ToolError("x" * 1_000_000))))
    assert len(told.encode()) == MAX_BYTES
    assert told.endswith(CUT)


async def test_encodes_what_the_framework_would_refuse() -> None:
    assert await tool_that(lambda: {"raw": b"\xff", "low": math.nan})(None, {}) == (
        '{"raw": "[1 bytes]", "low": "not a number"}'
    )


async def test_gives_up_on_a_tool_that_takes_too_long() -> None:
    tool = tool_that(lambda: asyncio.sleep(60), deadline=0.02)
    told = await error_of(tool)
    assert told == "That took longer than 0.02 seconds, so I have given up on it."


async def test_a_tool_that_blocks_leaves_the_loop_alone_and_is_given_up_in_time() -> None:
    release, ticks = threading.Event(), 0
    call = asyncio.create_task(error_of(blocking_tool_that(release.wait, deadline=0.05)))
    while not call.done():
        await asyncio.sleep(0.001)
        ticks += 1
    release.set()
    assert call.result() == "That took longer than 0.05 seconds, so I have given up on it."
    assert ticks > 5


async def test_a_tool_that_blocks_runs_with_its_arguments_in_a_daemon_thread() -> None:
    @function_tool  # type: ignore[type-var]
    def where(ctx: Context, word: str) -> str:
        """Say where it runs.

        Args:
            word: Something to say.
        """
        thread = threading.current_thread()
        return f"{word} {thread.name} {thread.daemon}"

    assert await speakable(where)(None, {"word": "in"}) == "in tool where True"


async def test_passes_cancellation_on() -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    call = asyncio.create_task(tool_that(wait)(None, {}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert ended.is_set()


async def test_refuses_a_thread_when_every_place_is_taken_and_has_room_again() -> None:
    threads, release = Threads(most=2), threading.Event()
    stuck = [asyncio.create_task(threads.run("stuck", release.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await threads.run("one more", time.monotonic)
    release.set()
    assert await asyncio.gather(*stuck) == [True, True]
    assert await threads.run("one more", lambda: 1) == 1


async def test_a_stuck_thread_keeps_its_place() -> None:
    threads, release = Threads(most=1), threading.Event()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(threads.run("stuck", release.wait), 0.01)
    with pytest.raises(Busy):
        await threads.run("next", time.monotonic)
    release.set()


async def test_a_thread_that_cannot_be_started_takes_no_place() -> None:
    class Refused(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    threads = Threads(most=1, thread=Refused)
    for _ in range(2):
        with pytest.raises(Busy):
            await threads.run("any", lambda: 1)
    threads._thread = threading.Thread
    assert await threads.run("any", lambda: 1) == 1


async def test_says_so_when_too_much_is_going_on() -> None:
    assert await error_of(tool_that(raises(Busy()))) == BUSY


STUCK = """
import asyncio, threading
from tools.threads import Threads
async def main():
    try:
        await asyncio.wait_for(Threads().run("stuck", threading.Event().wait), 0.05)
    except TimeoutError:
        print("given up")
asyncio.run(main())
"""


def test_a_stuck_thread_does_not_keep_the_process() -> None:
    run = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=15, check=True
    )
    assert run.stdout == "given up\n"


@pytest.mark.parametrize("name", ["", "x" * 65, "größe", "two words", "9th", "a\n"])
def test_refuses_a_name_that_gemini_would_refuse(name: str) -> None:
    async def act(ctx: Context) -> str:
        """Do something."""
        return "done"

    tool = function_tool(act, name=name)
    tool.info.name = name
    with pytest.raises(RegistrationError):
        speakable(tool)


@pytest.mark.parametrize("deadline", [0, -1, math.nan, math.inf])
def test_refuses_a_deadline_that_is_none(deadline: float) -> None:
    with pytest.raises(RegistrationError):
        tool_that(lambda: None, deadline=deadline)


def test_refuses_two_tools_of_one_name() -> None:
    with pytest.raises(RegistrationError):
        registry(*TOOLS.values(), TOOLS["look"])


@function_tool
async def bare(ctx: Context) -> str:
    """Do something."""
    return ""


@function_tool(raw_schema={"name": "raw", "description": "", "parameters": {}})
async def raw(raw_arguments: dict[str, object]) -> str:
    return ""


@pytest.mark.parametrize("tool", [bare, raw, speakable])
def test_refuses_a_tool_that_would_answer_in_its_own_way(tool: Any) -> None:
    name = "speakable" if tool is speakable else tool.info.name
    with pytest.raises(RegistrationError, match=rf"speakable\({name}\)"):
        registry(*TOOLS.values(), tool)
