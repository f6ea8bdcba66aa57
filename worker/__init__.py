"""The agent: joins a LiveKit room, hears and sees it through Gemini Live, speaks, acts and writes down."""

from __future__ import annotations


def main() -> None:
    """Run the worker's command line: ``dev``, ``start``, ``console`` or ``connect``."""
    from worker.app import main as run

    run()
