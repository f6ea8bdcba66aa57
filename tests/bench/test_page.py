"""The page about a run."""

from __future__ import annotations

from tests.bench.facts import BUSY
from tests.bench.metrics import ADK, SIGHTLINE
from tests.bench.page import WARNING, about, page
from tests.bench.samples import Samples


def test_says_where_and_with_what_the_run_was_made() -> None:
    facts = {"machine": "Fast CPU", "versions": {ADK: {"google-adk": "2.13.0"}}}
    assert about(facts) == "- machine: Fast CPU\n- adk: google-adk 2.13.0\n"


def test_warns_of_a_machine_that_was_busy_before() -> None:
    assert WARNING in about({BUSY: "60"})
    assert WARNING not in about({BUSY: "3"})


def test_a_run_that_measured_little_has_a_page_too() -> None:
    samples = Samples()
    samples.add(SIGHTLINE, "ready", 4.0)
    shown = page(samples)
    assert "| start to ready for a room | s | 4.0 n=1 |" in shown
    assert "How to read it" in shown


def test_says_of_every_bound_whether_it_is_met() -> None:
    samples = Samples()
    for name, frames in ((SIGHTLINE, 30.0), (ADK, 60.0)):
        samples.add(name, "frames_head", frames)
        samples.add(name, "frames_frozen", frames)
    shown = page(samples)
    assert "- missed: frozen camera, at most 0.1 of google-adk (0.50)" in shown
    assert "- met: talking head, in conversation, at most 0.6 of google-adk (0.50)" in shown
