"""One try to reach Gemini Live as a call would; ``python -m worker.operation.probe`` says how."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import ssl
import sys
import time

from worker.config import environment
from worker.config.settings import Settings
from worker.errors import SightlineError
from worker.gemini.bounds import Bounds
from worker.gemini.failures import NO_SETUP, Failure, Kind
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import build_model
from worker.gemini.taps import Taps
from worker.operation.health import Beat
from worker.operation.privacy import keep_discreet
from worker.operation.vitals import Reporter
from worker.personas import load_persona
from worker.role import KNOWN

SPARE = 2.0
"""Seconds beyond the setup's own time in which the outcome must be known."""


async def probe(settings: Settings, tls: ssl.SSLContext) -> Failure | None:
    """Make one connection with a call's own settings and end it; why it cannot be had, or None.

    Nothing is said on it, so nothing is billed.

    Raises:
        PersonaError: the persona cannot be used, so every call would fail.
    """
    persona = load_persona(settings.persona, tools=KNOWN)
    outcome: asyncio.Future[Failure | None] = asyncio.get_running_loop().create_future()

    def settle(failure: Failure | None) -> None:
        if not outcome.done():
            outcome.set_result(failure)

    lifeline = Lifeline(
        taps=Taps(connected=lambda *_: settle(None), lost=settle),
        bounds=Bounds(setup=settings.setup_timeout),
        clock=time.monotonic,
        jitter=random.random,
    )
    voice = settings.voice or persona.voice
    session = build_model(settings, voice=voice, lifeline=lifeline, tls=tls).session()
    try:
        async with asyncio.timeout(settings.setup_timeout + SPARE):
            return await outcome
    except TimeoutError:
        return NO_SETUP
    finally:
        await session.aclose()


def report() -> None:
    """Probe with the settings of the worker that started this process, and report to it."""
    keep_discreet()
    settings = environment.inherited()
    kind, reason = "", ""
    try:
        failure = asyncio.run(probe(settings, ssl.create_default_context()))
        if failure is not None:
            kind, reason = failure.kind.value, failure.operator
    except SightlineError as error:
        kind, reason = Kind.CONFIGURATION.value, str(error)
    reporter = Reporter(settings.beats)
    reporter.send(
        Beat(
            source=f"probe-{os.getpid()}",
            connected=not kind,
            kind=kind,
            reason=reason,
            over=True,
        )
    )
    reporter.close()


def main() -> int:
    """Probe with the settings of `.env` and environment; say what came of it in one line."""
    logging.disable()
    try:
        settings = environment.load()
        failure = asyncio.run(probe(settings, ssl.create_default_context()))
    except SightlineError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if failure is not None:
        sys.stdout.write(f"{failure.kind.value}: {failure.operator}\n")
        return 1
    sys.stdout.write(f"connected to {settings.model}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
