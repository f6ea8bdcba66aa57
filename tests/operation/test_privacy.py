"""What people say stays out of the log."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator

import pytest
from livekit import rtc
from livekit.rtc._proto import room_pb2

from worker.operation.privacy import HIDDEN, LOGGERS, Discreet, Guarded, is_ours, keep_discreet


def record(level: int) -> logging.LogRecord:
    made = logging.LogRecord("livekit.agents", level, "file", 1, "linked", None, None)
    made.__dict__.update({"lk.pii.participant_identity": "ann", "room": "r1"})
    return made


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING, logging.ERROR])
def test_personal_fields_are_taken_out_from_info_on(level: int) -> None:
    kept = record(level)
    assert Discreet().filter(kept)
    assert "lk.pii.participant_identity" not in kept.__dict__
    assert kept.__dict__["room"] == "r1"


def test_whoever_debugs_sees_them() -> None:
    kept = record(logging.DEBUG)
    assert Discreet().filter(kept)
    assert kept.__dict__["lk.pii.participant_identity"] == "ann"


def test_each_logger_is_made_discreet_once() -> None:
    keep_discreet()
    keep_discreet()
    for name in LOGGERS:
        filters = logging.getLogger(name).filters
        assert sum(isinstance(known, Discreet) for known in filters) == 1


@pytest.fixture(autouse=True)
def _factory() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)
    logging.getLogger().removeFilter(is_ours)


async def test_nobody_in_a_room_writes_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    keep_discreet()
    room, text, file = rtc.Room(), room_pb2.TextStreamOpened(), room_pb2.ByteStreamOpened()
    text.reader.info.topic = file.reader.info.topic = "words of somebody's"
    with caplog.at_level(logging.INFO):
        room._handle_text_stream_opened(text)
        room._handle_byte_stream_opened(file)
        logging.getLogger().info("ours")
    assert caplog.messages == ["ours"]


KEY = "AIza" + "Sy0_-x" * 6
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "said",
    [
        f"GET https://host/v1?key={KEY}&alt=json",
        "GET https://host/v1?key=another-kind-of-key&alt=json",
        f"x-goog-api-key: {KEY}",
        "x-goog-api-key: another-kind-of-key",
        f"wss://host/rtc?access_token={TOKEN}",
        "authorization: Bearer another-kind-of-key",
    ],
)
def test_no_secret_is_logged_whoever_writes_it(said: str) -> None:
    made = Guarded("any.library", logging.DEBUG, "file", 1, "said %s", (said,), None)
    assert HIDDEN in made.getMessage()
    assert not any(word in made.getMessage() for word in (KEY, TOKEN, "another-kind-of-key"))


@pytest.mark.parametrize(
    "fact",
    [
        f"https://host/v1?key={KEY}",
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
        ValueError(f"wss://host/rtc?access_token={TOKEN}"),
        [KEY],
        f"postgres://ann:{KEY[:12]}@host/db",
    ],
)
def test_no_secret_is_logged_as_a_fact_beside_the_words(
    fact: object, caplog: pytest.LogCaptureFixture
) -> None:
    keep_discreet()
    logging.getLogger("any.library").warning("asked", extra={"fact": fact, "tries": 3})
    (made,) = caplog.records
    kept = pickle.loads(pickle.dumps(made)).__dict__
    assert HIDDEN in kept["fact"]
    assert not any(word in str(kept) for word in (KEY[:12], TOKEN))
    assert kept["tries"] == 3


def test_a_fact_is_kept_clean_beside_words_that_cannot_be_put_together() -> None:
    keep_discreet()
    library = logging.getLogger("any.library")
    facts = {"fact": KEY}
    made = library.makeRecord("any", logging.INFO, "file", 1, "%d", ("x",), None, extra=facts)
    assert made.__dict__["fact"] == HIDDEN


def test_a_fact_without_a_secret_is_kept_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    keep_discreet()
    fact = {"url": "https://host/v1", "port": "host:80/@x"}
    logging.getLogger("any.library").warning("asked", extra={"fact": fact})
    assert caplog.records[0].__dict__["fact"] is fact


def test_an_error_that_holds_a_secret_is_logged_without_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keep_discreet()
    try:
        raise ValueError(f"https://host/?key={KEY}")
    except ValueError:
        logging.getLogger("any.library").exception("failed")
    assert "ValueError" in caplog.text
    assert KEY not in caplog.text


def test_what_holds_no_secret_is_logged_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    keep_discreet()
    logging.getLogger("any.library").warning("a %d of %s", 3, "5")
    assert caplog.messages == ["a 3 of 5"]
