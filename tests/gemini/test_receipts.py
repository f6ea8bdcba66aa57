"""When the service is asked whether what was written has arrived."""

from __future__ import annotations

import pytest

from worker.gemini.receipts import BUSY, CALM, LATER, Mark, Receipts

ASKED, MORE = Mark(posts=1, audio=320), Mark(posts=1, audio=640)


def asked() -> Receipts:
    """What was asked at second 0 and answered."""
    receipts = Receipts()
    receipts.ask(ASKED, 0.0)
    receipts.on_proof(ASKED)
    return receipts


@pytest.mark.parametrize(("speech", "wait"), [(False, CALM), (True, BUSY)])
def test_sound_is_asked_after_once_in_a_while(speech: bool, wait: float) -> None:
    receipts = asked()
    assert not receipts.owed(MORE, wait * 0.9, posts=False, speech=speech)
    assert receipts.owed(MORE, wait, posts=False, speech=speech)


def test_a_post_is_asked_after_soon_but_not_at_once() -> None:
    receipts = asked()
    receipts.on_post(0.0)
    assert not receipts.owed(MORE, LATER / 2, posts=True, speech=False)
    assert receipts.owed(MORE, LATER, posts=True, speech=False)


def test_nothing_new_is_not_asked_after() -> None:
    assert not asked().owed(ASKED, 10.0, posts=False, speech=True)


def test_one_question_at_a_time() -> None:
    receipts = asked()
    receipts.ask(MORE, 1.0)
    receipts.on_proof(ASKED)
    even_more = Mark(posts=1, audio=960)
    assert not receipts.owed(even_more, 10.0, posts=False, speech=True)
    receipts.on_proof(MORE)
    assert receipts.owed(even_more, 10.0, posts=False, speech=True)


def test_a_question_that_was_lost_with_its_connection_is_asked_again() -> None:
    receipts = asked()
    receipts.ask(MORE, 1.0)
    receipts.on_lost()
    assert receipts.owed(Mark(posts=1, audio=960), 10.0, posts=False, speech=False)
