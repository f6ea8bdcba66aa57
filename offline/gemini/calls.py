"""Function calls that the model makes: issued with ids of the family's shape, dropped when cut."""

from __future__ import annotations

from collections.abc import Sequence

from offline.gemini import outputs
from offline.gemini.admission import behaves
from offline.gemini.line import Line
from offline.gemini.memory import PendingCall
from offline.gemini.profiles import BLOCKING
from offline.gemini.thought import Call


def blocking(line: Line, calls: Sequence[Call]) -> bool:
    """Return whether the model waits for the responses of these calls."""
    return any(behaves(line.memory.declarations, call.name) == BLOCKING for call in calls)


def known(line: Line, call: Call) -> bool:
    """Return whether the client declared this function."""
    return any(call.name == declared.name for declared in line.memory.declarations)


def issue(line: Line, calls: Sequence[Call], *, text: str, typed: bool, now: float) -> list[str]:
    """Send one toolCall with all of `calls`; return their ids.

    `text` is what the user had said or typed, for the reply that the responses will bring.
    """
    waits = blocking(line, calls)
    listed = [(line.call_id(blocking=waits), call.name, call.args) for call in calls]
    for id_, name, args in listed:
        line.memory.calls[id_] = PendingCall(
            id=id_, name=name, args=args, blocking=waits, text=text, typed=typed
        )
        line.account.tool_calls.append({"id": id_, "name": name, "args": dict(args), "at": now})
    line.send(outputs.tool_call(listed))
    ids = [id_ for id_, _, _ in listed]
    line.account.note("tool_call", now, ids=ids)
    return ids


def drop(line: Line) -> None:
    """Forget the pending calls that an interruption ends, and say so where the family does."""
    cancels, pending = line.profile.cancels_calls, line.memory.calls
    dropped = [id_ for id_, call in pending.items() if call.blocking or cancels]
    for id_ in dropped:
        del pending[id_]
    if dropped and cancels:
        line.send(outputs.tool_call_cancellation(dropped))
