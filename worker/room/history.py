"""What the room was told so far, for those who come late: everything once, as it is now; pure."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator

from worker.room.answers import MAX_BYTES, HistoryAnswer
from worker.room.messages import Message, Vision, body

KEPT = 2_000
"""Things that are remembered: some hours of talk."""
KEPT_CHARACTERS = 4_000_000
"""Of all their texts together."""
ENVELOPE = 200
"""Bytes of a page beside its messages."""

_Key = tuple[str, str]


class History:
    """Remembers the newest message of each id, in the order in which their ids were first used.

    Of pictures only the newest is remembered. When there is too much, the oldest is forgotten and
    counted.
    """

    def __init__(self, *, kept: int = KEPT, characters: int = KEPT_CHARACTERS) -> None:
        self._kept, self._characters = kept, characters
        self._things: OrderedDict[_Key, tuple[int, Message]] = OrderedDict()
        self._size = 0
        self._place = 0
        self.left_out = 0
        """Things forgotten for want of room."""
        self.seq = 0
        """That of the newest message."""

    def note(self, message: Message) -> None:
        """Remember a message that has its `seq`."""
        self.seq = max(self.seq, message.seq)
        picture = isinstance(message, Vision)
        key = (message.TYPE, "" if picture else message.id)
        before = self._things.get(key)
        if before is None or picture:
            self._forget(key)
            self._place += 1
        else:
            self._size -= _length(before[1])
        place = before[0] if before is not None and not picture else self._place
        self._things[key] = place, message
        self._size += _length(message)
        while len(self._things) > self._kept or self._size > self._characters:
            self._forget(next(iter(self._things)))
            self.left_out += 1

    def page(self, after: int, since: int = 0) -> HistoryAnswer:
        """Give the page behind place `after`, of what has a higher `seq` than `since`."""
        room, last = MAX_BYTES - ENVELOPE, after
        found: list[dict[str, object]] = []
        more = False
        for place, message in self._behind(after, since):
            told = body(message)
            room -= len(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()) + 1
            if more := room < 0 and bool(found):
                break
            found.append(told)
            last = place
        return HistoryAnswer(
            messages=tuple(found),
            next=last if more else 0,
            seq=self.seq,
            left_out=self.left_out,
        )

    def _behind(self, after: int, since: int) -> Iterator[tuple[int, Message]]:
        for place, message in self._things.values():
            if place > after and message.seq > since:
                yield place, message

    def _forget(self, key: _Key) -> None:
        if (thing := self._things.pop(key, None)) is not None:
            self._size -= _length(thing[1])


def _length(message: Message) -> int:
    return sum(len(value) for value in message.values().values() if isinstance(value, str))
