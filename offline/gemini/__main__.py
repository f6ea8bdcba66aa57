"""Run the stand-in for the Gemini Live service: `python -m offline.gemini --port 0`."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import secrets
import signal
import sys
from pathlib import Path

from offline.gemini import control, record
from offline.gemini.scenario import Scenario, load, names
from offline.gemini.senses import Senses, natural
from offline.gemini.server import Service
from offline.gemini.temper import Temper


def main() -> int:
    """Print one JSON line with the addresses, then serve until SIGTERM or SIGINT."""
    options = _options()
    try:
        if not all(0 <= port <= 65535 for port in (options.port, options.control_port)):
            raise ValueError("a port must be 0-65535")
        temper = Temper().changed(_temper_values(options))
        chosen = load(options.scenario) if options.scenario else None
        with natural() as senses:
            return asyncio.run(_serve(options, temper, senses, chosen))
    except ValueError as error:
        print(f"offline.gemini: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"offline.gemini: cannot start: {error.strerror}", file=sys.stderr)
        return 1


async def _serve(
    options: argparse.Namespace, temper: Temper, senses: Senses, scenario: Scenario | None
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    token = secrets.token_urlsafe(24)
    async with (
        Service.start(senses=senses, temper=temper, port=options.port) as service,
        control.serve(service, token=token, port=options.control_port) as address,
    ):
        service.play(scenario)
        line = {
            "url": service.url,
            "ca_file": str(service.ca_file),
            "control": address,
            "token": token,
        }
        print(json.dumps(line), flush=True)
        await stop.wait()
        if options.record is not None:
            await asyncio.to_thread(record.write, service.accounts, options.record)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m offline.gemini",
        description="A stand-in for Google's Gemini Live service, true to the wire.",
    )
    parser.add_argument("--port", type=int, default=0, help="TLS port; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="control port; 0: a free one")
    scenario = f"faults to play: a file, or one of {', '.join(names())}"
    parser.add_argument("--scenario", metavar="NAME_OR_PATH", help=scenario)
    parser.add_argument("--record", type=Path, help="folder for what was said and seen, at the end")
    for field in dataclasses.fields(Temper):
        name = "--" + field.name.replace("_", "-")
        default = field.default
        if isinstance(default, bool):
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=default)
        else:
            parser.add_argument(name, type=type(default), default=default, help=f"[{default}]")
    return parser.parse_args()


def _temper_values(options: argparse.Namespace) -> dict[str, object]:
    return {field.name: getattr(options, field.name) for field in dataclasses.fields(Temper)}


if __name__ == "__main__":
    sys.exit(main())
