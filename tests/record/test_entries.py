"""Entries as lines of JSON: what is written is read, and nothing else is."""

from __future__ import annotations

import pytest

from tests.record.samples import ALL, ASKED
from worker.errors import RecordError
from worker.record.entries import Entry, decode, encode


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.KIND)
def test_every_kind_comes_back_as_it_was(entry: Entry) -> None:
    line = encode(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == entry


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b"{}\n",
        b'{"kind":"picture"}\n',
        b'{"kind":"closing","call":"a"}\n',
        b'{"kind":"closing","call":"a","after":"1","reason":"b"}\n',
        b'{"kind":"closing","call":"a","after":true,"reason":"b"}\n',
        b'{"kind":"closing","call":7,"after":1.0,"reason":"b"}\n',
        encode(ASKED).replace(b'"user"', b'"somebody"'),
        encode(ASKED).replace(b'"place": 1', b'"place": 1.5'),
        encode(ASKED).replace(b'"final": true', b'"final": 1'),
    ],
)
def test_what_is_no_entry_is_refused(line: bytes) -> None:
    with pytest.raises(RecordError):
        decode(line)
