"""Takes what the service found by itself from the lifeline to the room."""

from __future__ import annotations

from google.genai import types

from worker.gemini.findings import Grounding, Outcome, Script, findings_of
from worker.gemini.lifeline import Lifeline
from worker.room.citing import Citing
from worker.room.relay import Relay


def tell_findings(lifeline: Lifeline, relay: Relay) -> Citing:
    """Tell the room of sources and code from now on, beside the lines that the relay tells."""
    citing = Citing(relay.put, relay.line)
    relay.on_line, relay.on_rest = citing.on_line, citing.on_rest

    def on_message(message: types.LiveServerMessage) -> None:
        for found in findings_of(message):
            match found:
                case Grounding(queries=queries, pages=pages):
                    citing.on_sources(queries, pages)
                case Script(language=language, code=code):
                    citing.on_code(language, code)
                case Outcome(succeeded=succeeded, output=output):
                    citing.on_outcome(succeeded, output)

    lifeline.listeners.append(on_message)
    return citing
