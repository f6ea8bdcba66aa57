"""One variable's text becomes its value, or words that follow its name."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from worker.config.variables import (
    address,
    choice,
    host,
    is_host,
    maybe,
    number,
    secret,
    switch,
    text,
    variable,
    whole,
)


def test_declares_a_field_that_knows_its_variable() -> None:
    @dataclass(frozen=True)
    class Example:
        port: int = variable("PORT", "1", whole(0, 9), "where it listens", hidden=True)

    (field,) = fields(Example)
    entry = field.metadata["variable"]
    assert (entry.name, entry.default, entry.doc) == ("PORT", "1", "where it listens")
    assert repr(Example(port=entry.parse("7"))).endswith("Example()")


@pytest.mark.parametrize("word", ["on", "On", "TRUE", "yes", "1"])
def test_reads_a_switch_that_is_on(word: str) -> None:
    assert switch(word)


@pytest.mark.parametrize("word", ["off", "False", "no", "0"])
def test_reads_a_switch_that_is_off(word: str) -> None:
    assert not switch(word)


@pytest.mark.parametrize("given", ["1", "0.5", ".5", "1.", "1e-2", "+0.25"])
def test_reads_decimal_numbers(given: str) -> None:
    assert number(above=0, up_to=1)(given) == float(given)


@pytest.mark.parametrize("given", ["1_0", " 1", "1 ", "0x1", "", "--1", "1e", "٠.٥"])
def test_refuses_what_only_python_would_take_for_a_number(given: str) -> None:
    with pytest.raises(ValueError, match="must be a number above 0 and at most 1"):
        number(above=0, up_to=1)(given)


def test_takes_zero_where_zero_means_something() -> None:
    assert whole(5, 9, zero="never")("0") == 0
    with pytest.raises(ValueError, match="from 5 to 9$"):
        whole(5, 9)("0")


@pytest.mark.parametrize("given", ["1_0", " 7", "7.0", "+7", "-7", "٧", "7" * 5000])
def test_refuses_what_is_not_a_plain_whole_number(given: str) -> None:
    with pytest.raises(ValueError, match="must be a whole number from 0 to 99"):
        whole(0, 99)(given)


def test_takes_nothing_where_nothing_means_something() -> None:
    parse = maybe(whole(1, 9), "as usual")
    assert (parse(""), parse("3")) == (None, 3)
    with pytest.raises(ValueError, match="from 1 to 9, or empty: as usual"):
        parse("10")


def test_names_the_choices_that_there_are() -> None:
    with pytest.raises(ValueError, match="must be one of: low, high, empty"):
        choice("low", "high", "")("LOW")


def test_matches_the_whole_text() -> None:
    with pytest.raises(ValueError, match="must be one letter"):
        text("one letter", "[a-z]")("a\n")


def test_takes_a_google_key_only_where_it_belongs() -> None:
    assert secret(google=True)("AIzaX") == "AIzaX"
    with pytest.raises(ValueError, match="Google API key"):
        secret()("AIzaX")


def test_leaves_the_slash_at_the_end_of_an_address_out() -> None:
    parse = address("https", example="https://a.example")
    assert parse("https://h.example/v1/") == "https://h.example/v1"
    assert parse("https://h.example") == "https://h.example"


@pytest.mark.parametrize("name", ["localhost", "a-b.example", "127.0.0.1", "::1", "x.example."])
def test_knows_a_host(name: str) -> None:
    assert is_host(name)
    assert host(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a..b", "a b", "300.0.0.1", "1.2", ":::", "a" * 64])
def test_knows_what_is_no_host(name: str) -> None:
    assert not is_host(name)
    with pytest.raises(ValueError, match="like 127"):
        host(name)
