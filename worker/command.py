"""The command line, before anything heavy is imported."""

from __future__ import annotations

import atexit
import os
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import certifi

from worker.config import environment
from worker.config.settings import Settings
from worker.errors import SettingsError, SightlineError
from worker.operation.folder import open_folder
from worker.personas import load_persona
from worker.record.desk import Desk
from worker.start.warmup import start_fork_server

ROOT = Path(__file__).parents[1]
SERVES = ("start", "dev")
NEEDS_NOTHING = ("--help", "download-files")


def main() -> None:
    """Check the settings, then hand over to LiveKit's command line.

    Wrong settings end it with one line each and exit code 2.
    """
    hold_standard_streams()
    arguments = sys.argv[1:]
    if not arguments or any(word in arguments for word in NEEDS_NOTHING):
        _run(None)
        return
    try:
        settings = _checked(arguments[0])
        folder = open_folder() if arguments[0] in SERVES and sys.platform != "win32" else None
    except SightlineError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    environment.set_dev_mode(arguments[0] in ("dev", "console"))
    if folder is not None:
        metrics, record = settings.metrics_port is not None, settings.record
        environment.share_folder(folder, metrics=metrics, record=record)
        # Our child processes are `python -c` and `python -m`, which look for packages in the
        # folder that the worker was started in.
        environment.make_importable(ROOT)
        if record:
            atexit.register(Desk.open(folder.record).close)
        settings = environment.inherited()
    if arguments[0] == "console":
        # Its job runs in a thread, where the plugin's package does not let itself be imported.
        import worker.conversation  # noqa: F401
    if starts_plainly(arguments):
        paths = ssl.get_default_verify_paths()
        if paths.cafile is None and paths.capath is None:
            environment.trust_default_certificates(certifi.where())
        start_fork_server()
    _run(settings)


def hold_standard_streams() -> None:
    """Open descriptors 0, 1 and 2 on nothing where the worker was started without them.

    Otherwise the first file that is opened gets the number, and a child process that is given a
    standard input of its own loses it: the record's process would not find its socket.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _checked(command: str) -> Settings:
    """The settings, if they are good for this command.

    Raises:
        SightlineError: one line for each that is not.
    """
    settings = environment.load()
    if command == "start":
        environment.check_discretion()
    load_persona(settings.persona)
    port = settings.health_port if command == "start" else 0
    check_port("AGENT_HEALTH_PORT", settings.health_host, port)
    if settings.metrics_port is not None:
        check_port("AGENT_METRICS_PORT", settings.health_host, settings.metrics_port)
    return settings


def starts_plainly(arguments: Sequence[str]) -> bool:
    """Whether the environment already says all that job processes will need."""
    given = {word.partition("=")[0] for word in arguments[1:]}
    return arguments[0] in SERVES and not given & {"--url", "--api-key", "--api-secret"}


def check_port(variable: str, host: str, port: int) -> None:
    """See that a port is free, before the framework answers with a traceback.

    Raises:
        SettingsError: it is taken, or not ours to use.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            taken = f"{variable}: port {port} on {host} is taken or not ours to use."
            raise SettingsError([f"{taken} Set another, or 0 for any free one."]) from None


def _run(settings: Settings | None) -> None:
    from worker.app import run

    run(settings)
