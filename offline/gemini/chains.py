"""The exact account of a conversation over all its connections, so that losses can be counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from offline.gemini.account import Account

Entry = Mapping[str, object]

SHORTEST_PART = 8
"""Characters; a model's turn that was cut may come back as its beginning, if that is as long."""


def conversations(accounts: Iterable[Account]) -> list[dict[str, object]]:
    """Return one report for each chain of resumed connections, in the order they began."""
    chains: dict[int, list[Account]] = {}
    for account in accounts:
        if account.conversation is not None:
            chains.setdefault(account.conversation, []).append(account)
    return [_report(number, chain) for number, chain in sorted(chains.items())]


def _report(number: int, chain: list[Account]) -> dict[str, object]:
    history = _history(chain)
    calls = [_on(account, call) for account in chain for call in account.tool_calls]
    answers = [_on(account, one) for account in chain for one in account.tool_responses]
    answered = Counter(str(one["id"]) for one in answers)
    return {
        "conversation": number,
        "model": chain[0].model,
        "connections": [account.number for account in chain],
        "samples": sum(account.samples for account in chain),
        "audio_clock": max(account.clock[1] for account in chain),
        "frames": sum(len(account.frames) for account in chain),
        "history": history,
        "sent_twice": sum(turn["again"] is not None for turn in history),
        "tool_calls": calls,
        "tool_responses": answers,
        "answered_twice": sorted(id_ for id_, count in answered.items() if count > 1),
        "unanswered": [call["id"] for call in calls if str(call["id"]) not in answered],
        "faults": [_on(account, fault) for account in chain for fault in account.faults],
    }


def _on(account: Account, entry: Entry) -> dict[str, object]:
    return {"connection": account.number, **entry}


def _history(chain: list[Account]) -> list[dict[str, object]]:
    """Return all turns; `again` is the id of the earlier one that a client has sent once more.

    Only a turn that came as content can be one, and only of an earlier connection: what is said
    twice within a connection was meant. No turn is counted as the original of two on one
    connection.
    """
    found: list[dict[str, object]] = []
    for account in chain:
        earlier = [turn for turn in found if turn["again"] is None]
        for turn in account.turns:
            again = _original(turn, earlier) if turn.get("sent") else None
            if again is not None:
                earlier.remove(again)
            id_ = None if again is None else again["id"]
            found.append({**_on(account, turn), "again": id_})
    return found


def _original(turn: Entry, earlier: list[dict[str, object]]) -> dict[str, object] | None:
    role, text = turn["role"], _plain(turn)
    for one in earlier:
        whole = _plain(one)
        part = role == "model" and len(text) >= SHORTEST_PART and whole.startswith(text)
        if one["role"] == role and (whole == text or part):
            return one
    return None


def _plain(turn: Entry) -> str:
    return " ".join(str(turn["text"]).split())
