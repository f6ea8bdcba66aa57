from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from offline.gemini import slots


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's the time?", "what is the time"),
        ("  Look\n CLOSER!! ", "look closer"),
        ("twenty-five", "twenty five"),
        ("1.5 minutes.", "1.5 minutes"),
        ("Wie geht's in Zürich?", "wie geht's in zürich"),
        ("...", ""),
    ],
)
def test_writes_text_plainly(text: str, words: str) -> None:
    assert slots.plain(text) == words


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("five", 5),
        ("5", 5),
        ("2.5", 2.5),
        ("twenty five", 25),
        ("set it to ninety nine", 99),
        ("a hundred", 100),
        ("one hundred and five", 105),
        ("nine hundred twenty", 920),
        ("half an", 0.5),
        ("a couple of", 2),
        ("a", 1),
    ],
)
def test_reads_the_number_that_words_end_with(words: str, value: float) -> None:
    assert slots.number(words) == value


@pytest.mark.parametrize("words", ["", "set a timer for", "five o'clock"])
def test_reads_no_number_where_none_stands_last(words: str) -> None:
    assert slots.number(words) is None


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("set a timer for five seconds", 5),
        ("a timer for 90 secs", 90),
        ("twenty five minutes", 1_500),
        ("for a minute", 60),
        ("for a minute and a half", 90),
        ("two minutes and thirty seconds", 150),
        ("one hour 5 minutes", 3_900),
        ("half an hour", 1_800),
        ("1.5 hours", 5_400),
        ("0.5 seconds", 0.5),
    ],
)
def test_adds_up_a_duration(words: str, seconds: float) -> None:
    assert slots.duration(words) == seconds


@pytest.mark.parametrize("words", ["", "set a timer", "in the last minutes", "zero seconds"])
def test_finds_no_duration_where_there_is_none(words: str) -> None:
    assert slots.duration(words) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("what time is it in Tokyo?", "Asia/Tokyo"),
        ("what time is it in new york right now please", "America/New_York"),
        ("What is the time in Europe/Paris?", "Europe/Paris"),
        ("time in America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("what time is it in Atlantis", "Atlantis"),
        ("what time is it", None),
    ],
)
def test_finds_the_time_zone(text: str, zone: str | None) -> None:
    assert slots.zone(text) == zone


@pytest.mark.parametrize("name", sorted(set(slots.ZONES.values())))
def test_maps_places_to_zones_that_exist(name: str) -> None:
    assert ZoneInfo(name).key == name


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("what is the weather in Paris", "Paris"),
        ("How's the weather in new york today?", "New York"),
        ("the forecast for Zürich tomorrow, please", "Zürich"),
        ("weather near the Hague", "Hague"),
        ("how is the weather", None),
    ],
)
def test_finds_the_place(text: str, place: str | None) -> None:
    assert slots.place(text) == place


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("look closer at the top right", "top right"),
        ("zoom in on the lower left corner", "bottom left"),
        ("look at the upper left", "top left"),
        ("look in the middle", "center"),
        ("look left", "left"),
        ("look closer", None),
        ("look at the leftovers", None),
    ],
)
def test_finds_the_region_of_the_picture(words: str, region: str | None) -> None:
    assert slots.region(words) == region


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("set a tea timer for five minutes", "tea"),
        ("cancel the pasta timer", "pasta"),
        ("set a timer called soft eggs for a minute", "soft eggs"),
        ("set a timer for five seconds", None),
        ("set a five minute timer", None),
    ],
)
def test_finds_what_a_timer_is_called(words: str, label: str | None) -> None:
    assert slots.label(words) == label
