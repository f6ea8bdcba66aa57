"""When the worker calls itself well, and when a probe is due."""

from __future__ import annotations

import pytest

from worker.errors import MessageError
from worker.operation.health import (
    BEAT,
    LAST_PROBE,
    MAX_BYTES,
    OUTAGE,
    REMEMBERED,
    STALE,
    Beat,
    Health,
)


def up(source: str = "a") -> Beat:
    return Beat(source=source, connected=True, served=True)


def down(source: str = "a", kind: str = "passing", **more: bool) -> Beat:
    return Beat(source=source, connected=False, kind=kind, reason=f"{kind}!", **more)


def failing(health: Health, seconds: float, beat: Beat) -> None:
    """Report the same failure every `BEAT`, from time 0 on."""
    for step in range(int(seconds / BEAT) + 1):
        health.on_beat(beat, step * BEAT)


def test_is_well_until_something_is_known() -> None:
    assert Health().verdict(1e6).well
    assert not Health().due(1e6)


def test_a_wrong_setting_condemns_at_once_and_says_why() -> None:
    health = Health()
    health.on_beat(down(kind="configuration"), 10.0)
    verdict = health.verdict(13.5)
    assert (verdict.well, verdict.reason, verdict.seconds) == (False, "configuration!", 3)


def test_a_failure_of_a_call_that_was_served_raises_doubt_only() -> None:
    health = Health()
    health.on_beat(down(kind="configuration", served=True, over=True), 0.0)
    assert health.verdict(1.0).well
    assert health.due(1.0)


def test_what_may_pass_condemns_when_it_does_not() -> None:
    health = Health()
    failing(health, OUTAGE, down())
    assert health.verdict(OUTAGE - 0.1).well
    assert not health.verdict(OUTAGE).well


@pytest.mark.parametrize("kind", ["passing", "configuration"])
def test_a_connected_call_proves_it_well(kind: str) -> None:
    health = Health()
    failing(health, OUTAGE, down("a", kind))
    health.on_beat(up("b"), OUTAGE + 1)
    health.on_beat(down("a", kind), OUTAGE + 2)
    verdict = health.verdict(OUTAGE + 2)
    assert (verdict.well, verdict.reason, verdict.connected) == (True, "", 1)


def test_doubt_begins_anew_when_the_connected_call_has_ended() -> None:
    health = Health()
    failing(health, OUTAGE, down("a"))
    health.on_beat(up("b"), OUTAGE)
    health.on_beat(Beat(source="b", connected=False, over=True), OUTAGE)
    health.on_beat(down("a"), OUTAGE + 1)
    assert health.verdict(OUTAGE + 1).well


def test_a_killed_call_proves_nothing_for_long() -> None:
    health = Health()
    health.on_beat(up("a"), 0.0)
    health.on_beat(down("b"), STALE - 1)
    assert health.verdict(STALE - 1).connected == 1
    health.on_beat(down("b"), STALE)
    assert health.verdict(STALE + OUTAGE).well is False


def test_a_call_that_ceases_to_report_is_named_until_it_does_or_is_forgotten() -> None:
    health = Health()
    for source in ("hangs", "dies", "ends"):
        health.on_beat(up(source), 0.0)
    health.on_beat(Beat(source="ends", connected=False, over=True), 1.0)
    assert health.mute(STALE - 1) == frozenset()
    assert health.mute(STALE) == {"hangs", "dies"}
    health.on_beat(up("hangs"), STALE + 5)
    assert health.mute(STALE + 5) == {"dies"}
    assert health.mute(REMEMBERED) == {"hangs"}


def test_no_probe_while_a_call_tries_by_itself() -> None:
    health = Health()
    health.on_beat(down("a"), 0.0)
    assert not health.due(STALE - 1)
    assert health.due(STALE)


def test_probes_come_less_and_less_often() -> None:
    health = Health()
    health.on_beat(down(over=True), 0.0)
    dues = [now / 10 for now in range(6000) if health.due(now / 10)]
    gaps = [round(b - a, 1) for a, b in zip(dues, dues[1:], strict=False)]
    assert dues[0] == 1.0
    assert gaps == sorted(gaps)
    assert gaps[0] == 2.0
    assert gaps[-1] == LAST_PROBE


def test_a_probe_that_connects_makes_it_well_and_the_next_outage_is_probed_soon() -> None:
    health = Health()
    health.on_beat(down(kind="configuration", over=True), 0.0)
    for now in (1.0, 3.0, 7.0):
        assert health.due(now)
    health.on_beat(Beat(source="probe", connected=True, over=True), 8.0)
    assert health.verdict(8.0).well
    assert not health.due(1e6)
    health.on_beat(down(over=True), 2e6)
    assert health.due(2e6 + 1.0)


def test_a_worker_without_calls_is_looked_into_when_asked_to() -> None:
    health = Health(idle=300.0, started=10.0)
    assert health.due(10.0)
    assert not health.due(309.0)
    assert health.due(310.0)
    health.on_beat(up(), 400.0)
    health.on_beat(Beat(source="a", connected=False, served=True, over=True), 405.0)
    assert not health.due(699.0)
    assert health.due(700.0)


def test_reports_travel_as_datagrams() -> None:
    beat = down(served=True)
    assert Beat.decode(beat.encode()) == beat
    assert len(beat.encode()) < MAX_BYTES


@pytest.mark.parametrize("datagram", [b"", b"[]", b"{}", b'{"source": 1}', b"\xff", b"null"])
def test_what_is_no_report_is_refused(datagram: bytes) -> None:
    with pytest.raises(MessageError):
        Beat.decode(datagram)
