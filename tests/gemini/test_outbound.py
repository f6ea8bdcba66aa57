"""Media on its way to the service."""

from __future__ import annotations

import base64
import json

import pytest

from worker.gemini.outbound import Outbound, audio_message, picture_message

TEN_MS = bytes(range(64)) * 5


def take(outbound: Outbound) -> bytes | None:
    """Write the next message."""
    message = outbound.next()
    outbound.sent()
    return message


def test_the_audio_template_is_the_message_of_the_protocol() -> None:
    message = json.loads(audio_message(TEN_MS))
    blob = message["realtime_input"]["audio"]
    assert blob["mime_type"] == "audio/pcm;rate=16000"
    assert base64.b64decode(blob["data"]) == TEN_MS


def test_the_picture_template_is_the_message_of_the_protocol() -> None:
    message = json.loads(picture_message(b"\xff\xd8jpeg"))
    blob = message["realtime_input"]["video"]
    assert blob["mime_type"] == "image/jpeg"
    assert base64.b64decode(blob["data"]) == b"\xff\xd8jpeg"


def test_audio_leaves_in_the_order_it_came() -> None:
    outbound, taken = Outbound(), []
    for number in range(3):
        outbound.hear(bytes([number]) * 320)
        taken.append(take(outbound))
    assert taken == [audio_message(bytes([number]) * 320) for number in range(3)]
    assert take(outbound) is None


def test_audio_that_has_piled_up_leaves_in_larger_messages() -> None:
    outbound = Outbound()
    for number in range(25):
        outbound.hear(bytes([number]) * 320)
    joined = b"".join(bytes([number]) * 320 for number in range(20))
    rest = b"".join(bytes([number]) * 320 for number in range(20, 25))
    assert [take(outbound) for _ in range(3)] == [audio_message(joined), audio_message(rest), None]


def test_only_the_newest_picture_waits() -> None:
    outbound = Outbound()
    outbound.see(b"old")
    outbound.see(b"new")
    assert take(outbound) == picture_message(b"new")
    assert take(outbound) is None
    assert outbound.pictures_replaced == 1


def test_a_picture_that_was_asked_for_is_not_replaced_by_a_running_one() -> None:
    outbound = Outbound()
    outbound.see(b"asked", keep=True)
    outbound.see(b"running")
    assert [take(outbound), take(outbound)] == [
        picture_message(b"asked"),
        picture_message(b"running"),
    ]


def test_a_voice_does_not_wait_for_a_picture() -> None:
    outbound = Outbound()
    outbound.see(b"picture")
    outbound.hear(TEN_MS)
    assert take(outbound) == audio_message(TEN_MS)


def test_a_long_gap_keeps_the_newest_seconds_and_counts_what_it_loses() -> None:
    outbound = Outbound(audio_seconds=1.0)
    for number in range(150):
        outbound.hear(bytes([number]) * 320)
    assert outbound.seconds_waiting == 1.0
    assert outbound.samples_dropped == 50 * 160
    first = b"".join(bytes([number]) * 320 for number in range(50, 70))
    assert take(outbound) == audio_message(first)


def test_pictures_from_before_a_gap_are_forgotten() -> None:
    outbound = Outbound()
    outbound.see(b"then")
    outbound.see(b"asked then", keep=True)
    outbound.clear_pictures()
    assert not outbound


def test_what_could_not_be_written_is_first_again() -> None:
    outbound = Outbound()
    outbound.hear(b"one" * 100)
    outbound.hear(b"two" * 100)
    whole = outbound.next()
    outbound.keep()
    outbound.hear(b"end" * 100)
    assert take(outbound) == audio_message(b"one" * 100 + b"two" * 100 + b"end" * 100)
    assert whole == audio_message(b"one" * 100 + b"two" * 100)


def test_a_picture_that_could_not_be_written_is_not_kept_for_later() -> None:
    outbound = Outbound()
    outbound.see(b"then")
    assert outbound.next() == picture_message(b"then")
    outbound.keep()
    assert outbound.next() is None


def written(outbound: Outbound, numbers: range) -> list[int]:
    """Write one frame after the other; tells what was written after each."""
    marks = []
    for number in numbers:
        outbound.hear(bytes([number]) * 320)
        take(outbound)
        marks.append(outbound.written)
    return marks


def test_what_was_written_and_has_not_arrived_is_first_again() -> None:
    outbound = Outbound()
    marks = written(outbound, range(1, 5))
    outbound.prove(marks[1])
    outbound.hear(bytes([9]) * 320)
    outbound.keep()
    again = b"".join(bytes([number]) * 320 for number in (3, 4, 9))
    assert take(outbound) == audio_message(again)
    assert outbound.samples_repeated == 2 * 160


def test_what_has_arrived_is_not_written_again() -> None:
    outbound = Outbound()
    marks = written(outbound, range(1, 5))
    outbound.prove(marks[-1])
    outbound.keep()
    assert take(outbound) is None


def test_what_was_written_again_may_arrive_too() -> None:
    outbound = Outbound()
    written(outbound, range(1, 3))
    outbound.keep()
    take(outbound)
    outbound.prove(outbound.written)
    outbound.keep()
    assert take(outbound) is None


def test_what_never_arrives_is_kept_for_as_long_as_what_waits() -> None:
    outbound = Outbound(audio_seconds=0.1)
    written(outbound, range(1, 31))
    outbound.hear(bytes([31]) * 320)
    outbound.keep()
    newest = b"".join(bytes([number]) * 320 for number in range(22, 32))
    assert take(outbound) == audio_message(newest)
    assert outbound.samples_dropped == 160


@pytest.mark.parametrize(("seconds", "again"), [(0.0, 4), (0.02, 2), (0.025, 1), (9.0, 0)])
def test_what_the_service_says_it_heard_has_arrived(seconds: float, again: int) -> None:
    outbound = Outbound()
    written(outbound, range(1, 5))
    outbound.prove_heard(seconds)
    outbound.keep()
    assert outbound.samples_repeated == again * 160


def test_the_services_clock_begins_anew_with_a_new_conversation() -> None:
    outbound = Outbound()
    marks = written(outbound, range(1, 5))
    outbound.prove(marks[-1])
    outbound.begin()
    written(outbound, range(5, 9))
    outbound.prove_heard(0.02)
    outbound.keep()
    assert outbound.samples_repeated == 2 * 160


def test_what_was_lost_moves_no_clock_of_the_services() -> None:
    outbound = Outbound()
    marks = written(outbound, range(1, 5))
    outbound.prove(marks[1])
    outbound.keep()
    take(outbound)
    outbound.prove_heard(0.04)
    outbound.keep()
    assert take(outbound) is None


def saying(outbound: Outbound, before: int, since: int) -> None:
    """Have `before` frames of 10 ms arrive, then the news that somebody speaks, then `since`."""
    outbound.prove(written(outbound, range(1, before + 1))[-1])
    outbound.hold(speaking=True)
    outbound.prove(written(outbound, range(before + 1, before + since + 1))[-1])


def test_what_is_being_said_is_said_from_the_beginning_to_a_fresh_connection() -> None:
    outbound = Outbound()
    saying(outbound, before=60, since=20)
    outbound.keep()
    outbound.begin()
    outbound.hear(bytes([99]) * 320)
    assert outbound.seconds_waiting == pytest.approx(0.5 + 0.2 + 0.01)
    assert take(outbound) == audio_message(b"".join(bytes([n]) * 320 for n in range(11, 31)))


def test_what_is_being_said_is_said_whole_to_a_second_fresh_connection_too() -> None:
    outbound = Outbound()
    saying(outbound, before=1, since=199)
    for _ in range(2):
        outbound.keep()
        outbound.begin()
        assert outbound.seconds_waiting == 2.0
        while take(outbound):
            outbound.prove(outbound.written)
    outbound.hold(speaking=True)
    outbound.hold(speaking=False)
    outbound.begin()
    assert take(outbound) is None


@pytest.mark.parametrize("fresh", [False, True])
def test_what_was_said_and_understood_is_not_said_again(fresh: bool) -> None:
    outbound = Outbound()
    saying(outbound, before=10, since=20)
    outbound.hold(speaking=False)
    outbound.keep()
    if fresh:
        outbound.begin()
    assert take(outbound) is None


def test_a_resumed_connection_knows_what_was_being_said() -> None:
    outbound = Outbound()
    saying(outbound, before=10, since=20)
    outbound.keep()
    assert take(outbound) is None


def test_what_is_being_said_can_be_said_again_from_its_beginning() -> None:
    outbound = Outbound()
    saying(outbound, before=1, since=19)
    outbound.keep()
    outbound.again()
    outbound.hear(bytes([99]) * 320)
    assert take(outbound) == audio_message(b"".join(bytes([n]) * 320 for n in range(1, 21)))
    assert take(outbound) == audio_message(bytes([99]) * 320)
