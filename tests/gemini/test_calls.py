"""Whose results are waited for, told as text, or dropped."""

from __future__ import annotations

import pytest
from google.genai import types

from worker.gemini.calls import Calls


def results(*ids: str) -> list[types.FunctionResponse]:
    return [types.FunctionResponse(id=name, name="get_time", response={}) for name in ids]


def sorted_ids(calls: Calls, *ids: str) -> tuple[list[str | None], list[str | None]]:
    wanted, told = calls.sort(results(*ids))
    return [response.id for response in wanted], [response.id for response in told]


def test_a_result_is_waited_for_by_the_connection_that_called() -> None:
    calls = Calls()
    calls.make(["a", "b"])
    assert sorted_ids(calls, "a", "b") == (["a", "b"], [])


def test_the_result_of_a_call_nobody_heard_of_is_sent() -> None:
    assert sorted_ids(Calls(), "a") == (["a"], [])


@pytest.mark.parametrize("afresh", [False, True])
def test_the_result_of_a_cancelled_call_is_dropped(afresh: bool) -> None:
    calls = Calls()
    calls.make(["a", "b"])
    calls.withdraw(["a"])
    if afresh:
        calls.orphan()
    wanted, told = sorted_ids(calls, "a", "b")
    assert wanted + told == ["b"]


def test_a_call_that_was_answered_cannot_be_cancelled() -> None:
    calls = Calls()
    calls.make(["a"])
    sorted_ids(calls, "a")
    calls.withdraw(["a"])
    assert sorted_ids(calls, "a") == (["a"], [])


def test_a_fresh_connection_is_told_the_result_of_an_old_call_as_text() -> None:
    calls = Calls()
    calls.make(["a"])
    calls.orphan()
    calls.make(["b"])
    assert sorted_ids(calls, "a", "b") == (["b"], ["a"])
    assert sorted_ids(calls, "a") == (["a"], [])
