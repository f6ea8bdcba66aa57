"""Holds a whole conversation on this machine, without a key or the internet: `make demo`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

from offline.caller import Caller
from offline.camera import CameraOptions
from offline.chronicle import Chronicle, Present
from offline.errors import OfflineError
from offline.keepsakes import Keepsakes
from offline.script import Script
from offline.stack import ROOT, Stack, first_of
from offline.terminal import Terminal
from offline.tokens import room_token

CAMERA = CameraOptions(fps=15)
"""720p with simulcast; half the usual rate, to leave the cores to those who are shown."""
LEAD = 0.06
"""Seconds of the caller's speech kept ahead, against holes in it on a busy machine."""
CALLER = "you"
OPEN_FOR = timedelta(hours=12)
PLAYGROUND = "https://agents-playground.livekit.io"


async def converse(terminal: Terminal, keepsakes: Keepsakes, flags: Sequence[str] = ()) -> None:
    """Play the script and keep what it leaves; `flags` are the stand-in's.

    Raises:
        OfflineError: something did not start, or the conversation was not what it should be.
    """
    chronicle = Chronicle(identity=CALLER, on_entry=terminal.show, on_present=terminal.now)
    async with Stack.start(keepsakes.folder / "logs", gemini_flags=flags) as stack:
        _show_page(terminal, stack)

        async def call() -> None:
            async with _joined(stack, chronicle) as caller:
                await Script(caller, chronicle, keepsakes).play()

        try:
            await first_of(asyncio.create_task(call(), name="demo-call"), stack)
        finally:
            # Also of a call that failed: that is when one wants to see them most.
            if stack.gemini.program.running:
                await keepsakes.keep_pictures(stack.gemini)
            chronicle.close()
            keepsakes.keep_transcript(chronicle.entries)
        terminal.rest()
        _show_kept(terminal, keepsakes)
        if stack.page and terminal.is_watched:
            terminal.tell(f"Now you: {stack.page.url} stays open. Ctrl-C ends it.", style="bold")
            await first_of(asyncio.create_task(_for_ever(), name="demo-page"), stack)


def _show_page(terminal: Terminal, stack: Stack) -> None:
    if stack.page:
        terminal.tell("")
        terminal.verbatim(f"    {stack.page.url}", style="bold")
        terminal.tell("")
        terminal.tell("Open it in a browser on this machine to talk with the agent yourself.")
        terminal.tell("")


def _show_kept(terminal: Terminal, keepsakes: Keepsakes) -> None:
    terminal.tell("")
    terminal.tell(f"Kept in {_short(keepsakes.folder)}:", style="bold")
    terminal.tell(f"  transcript.md   {_count(keepsakes.transcript)} lines")
    terminal.tell(f"  replies/        {len(keepsakes.replies)} spoken replies (WAV)")
    terminal.tell(f"  pictures/       {len(keepsakes.pictures)} pictures the agent saw (JPEG)")


@contextlib.asynccontextmanager
async def _joined(stack: Stack, chronicle: Chronicle) -> AsyncIterator[Caller]:
    room = f"demo-{secrets.token_hex(3)}"
    server = stack.server
    token = room_token(
        api_key=server.api_key, api_secret=server.api_secret, room=room, identity=CALLER
    )
    caller = Caller(url=server.url, token=token, identity=CALLER, camera=CAMERA, lead=LEAD)
    caller.on_change = chronicle.take
    chronicle.begin()
    async with caller:
        yield caller


async def hold_open(terminal: Terminal, keepsakes: Keepsakes, flags: Sequence[str] = ()) -> None:
    """Leave a room open for whoever comes, until it is cancelled; `flags` are the stand-in's.

    Raises:
        OfflineError: something did not start, or ended on its own.
    """
    async with Stack.start(keepsakes.folder / "logs", gemini_flags=flags) as stack:
        server = stack.server
        token = room_token(
            api_key=server.api_key,
            api_secret=server.api_secret,
            room="sightline",
            identity="guest",
            lifetime=OPEN_FOR,
        )
        terminal.rest()
        _show_page(terminal, stack)
        terminal.tell("In the LiveKit playground:", style="bold")
        terminal.verbatim(f"  page     {PLAYGROUND}  (choose Manual)")
        terminal.verbatim(f"  URL      {server.url}")
        terminal.verbatim(f"  token    {token}")
        terminal.tell("Or with any other LiveKit client:", style="bold")
        terminal.verbatim(f"  LIVEKIT_URL={server.url}")
        terminal.verbatim("  room     sightline, identity guest")
        terminal.tell(
            "All of it is on this machine's loopback alone. Without any other network Chrome needs "
            "--allow-loopback-in-peer-connection. Ctrl-C closes it."
        )
        await first_of(asyncio.create_task(_for_ever(), name="demo-room"), stack)


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _until_signalled(work: asyncio.Task[None]) -> None:
    """Run the work; SIGTERM and SIGHUP end it in good order, as Ctrl-C does."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, work.cancel)
    await work


async def _main(caller: str, folder: Path, scenario: str) -> None:
    keepsakes = Keepsakes(folder)
    keepsakes.clear()
    logging.basicConfig(filename=folder / "logs" / "demo.log", level=logging.INFO, force=True)
    with Terminal() as terminal:
        terminal.tell(
            "Sightline offline: real livekit-server, real worker; the model is a stand-in."
        )
        terminal.now(Present(state="starting"))
        play = converse if caller == "script" else hold_open
        flags = ("--scenario", scenario) if scenario else ()
        await _until_signalled(
            asyncio.create_task(play(terminal, keepsakes, flags), name=f"demo-{caller}")
        )


def _count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _short(path: Path) -> str:
    """Return the path as people would type it from where they are."""
    with contextlib.suppress(ValueError):
        return f"{path.resolve().relative_to(Path.cwd())}/"
    return f"{path}/"


def main() -> int:
    """Return 0, 1 after one clear line of what failed, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m offline.demo", description=__doc__)
    parser.add_argument(
        "--caller",
        choices=["script", "none"],
        default="script",
        help="script: a caller of ours (default); none: leave the room open for you",
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "demo", help="what is kept goes here")
    parser.add_argument(
        "--scenario", default="", help="what the service goes through: offline/gemini/scenarios"
    )
    arguments = parser.parse_args()
    # A shell that starts programs in the background has them ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asyncio.run(_main(arguments.caller, arguments.folder, arguments.scenario))
    except OfflineError as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        print(f"Logs: {_short(arguments.folder / 'logs')}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
