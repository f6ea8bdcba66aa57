"""The agent: joins a LiveKit room, hears and sees through Gemini Live, speaks and acts."""

from __future__ import annotations


def main() -> None:
    """Run the worker's command line: ``dev``, ``start``, ``console`` or ``connect``."""
    from worker.command import main as run

    run()
