"""Starts other programs so that they never outlive us, and quotes them when they fail."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from offline.errors import ProgramError

LEASH = Path(__file__).with_name("leash.py")
LOG_INTERVAL = 0.05
STOP_PATIENCE = 5.0
"""Seconds the leash has on top of the command's own grace, before it is killed itself."""

QUOTED_LINES, QUOTED_WIDTH = 3, 160
"""How much of a log an error line quotes."""


def leashed(command: Sequence[str | Path], *, grace: float) -> list[str]:
    """Return the command that runs `command` under the leash (see offline/leash.py)."""
    return [sys.executable, "-I", "-S", str(LEASH), str(grace), *map(str, command)]


def last_words(path: Path, *, start: int = 0) -> str:
    """Quote the end of a log for an error line; empty when there is nothing to quote.

    Args:
        start: bytes at the beginning that an earlier program wrote.
    """
    try:
        text = path.read_bytes()[start:][-8192:].decode(errors="replace")
    except OSError:
        return ""
    kept = [line.strip()[:QUOTED_WIDTH] for line in text.splitlines() if line.strip()]
    return " | ".join(kept[-QUOTED_LINES:])


class Program:
    """One running program; made by `running`."""

    def __init__(
        self, name: str, process: asyncio.subprocess.Process, log_path: Path, log_start: int
    ) -> None:
        self.name = name
        self.log_path = log_path
        self._log_start = log_start
        self._process = process

    @property
    def pid(self) -> int:
        """Process id of the leash, which is the program's parent."""
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    def failure(self, what: str) -> ProgramError:
        """Return an error that says what happened and quotes the program's last words."""
        words = last_words(self.log_path, start=self._log_start)
        quoted = f"; it said: {words}" if words else ""
        return ProgramError(f"{self.name} {what}{quoted} (log: {self.log_path})")

    async def wait(self) -> int:
        """Wait until the program has ended and return its exit status."""
        return await self._process.wait()

    async def first_line(self, timeout: float) -> str:
        """Return the first line of standard output (piped programs only).

        Raises:
            ProgramError: it ended or stayed silent.
        """
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), timeout)
        except TimeoutError:
            raise self.failure(f"said nothing for {timeout:.0f} s") from None
        if not line:
            raise self.failure(f"ended with status {await self.wait()}")
        return line.decode(errors="replace").strip()

    async def said(self, words: str, timeout: float) -> None:
        """Wait until the words stand in the program's log.

        Raises:
            ProgramError: it ended or did not say them in time.
        """
        ended = asyncio.ensure_future(self.wait())
        try:
            async with asyncio.timeout(timeout):
                while words.encode() not in self.log_path.read_bytes()[self._log_start :]:
                    if ended.done():
                        raise self.failure(f"ended with status {ended.result()}")
                    await asyncio.wait([ended], timeout=LOG_INTERVAL)
        except TimeoutError:
            raise self.failure(f"did not say {words!r} within {timeout:.0f} s") from None
        finally:
            ended.cancel()

    async def stop(self, *, patience: float) -> None:
        """End the program and all its descendants; return when they are gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            # The leash's children die with it (PR_SET_PDEATHSIG).
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def running(
    name: str,
    command: Sequence[str | Path],
    *,
    log_path: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    piped: bool = False,
    grace: float = 5.0,
) -> AsyncIterator[Program]:
    """Run a program for the length of the block; afterwards nothing of it is left.

    Args:
        log_path: takes its standard error, and its standard output unless `piped`.
        piped: keep standard output for `Program.first_line`.
        grace: seconds it may take to end by itself before it is killed.

    Raises:
        ProgramError: the log cannot be written or the program cannot be started.
    """
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as log:
            log_start = log.tell()
            process = await asyncio.create_subprocess_exec(
                *leashed(command, grace=grace),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE if piped else log,
                stderr=log,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
            )
    except OSError as error:
        raise ProgramError(f"{name} could not be started: {error}") from error
    program = Program(name, process, log_path, log_start)
    try:
        yield program
    finally:
        await asyncio.shield(program.stop(patience=grace + STOP_PATIENCE))
