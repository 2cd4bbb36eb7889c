from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from allting.web import numbers


@pytest.mark.parametrize(("language", "expected"), [("en", "225,524"), ("sv", "225\u00a0524")])
def test_thousands_are_set_as_the_language_does(language: str, expected: str) -> None:
    with translation.override(language):
        assert numbers.number(225524) == expected


def test_a_share_keeps_its_sign_on_the_same_line() -> None:
    assert numbers.percent(0.876) == "88\u00a0%"
    assert numbers.percent(None) == ""


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2027, 4, 1), date(2027, 4, 24), "1–24 April"),
        (date(2027, 4, 1), date(2027, 4, 1), "1 April"),
        (date(2027, 3, 28), date(2027, 4, 3), "28 March – 3 April"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 – 3 January 2027"),
        (None, date(2027, 4, 1), "1 April"),
    ],
)
def test_a_span_of_days_is_said_as_short_as_it_can_be(first: date | None, last: date, expected: str) -> None:
    assert numbers.days(first, last) == expected


def test_days_are_those_of_the_readers_time_zone() -> None:
    late_in_london = datetime(2027, 3, 12, 23, 30, tzinfo=UTC)

    assert numbers.day(late_in_london) == "13 March"
    assert numbers.day_and_time(late_in_london) == "13 March, 00:30"


def test_days_speak_swedish() -> None:
    with translation.override("sv"):
        assert numbers.day(date(2027, 3, 12)) == "12 mars"


def test_small_counts_are_words_and_large_ones_figures() -> None:
    assert numbers.in_words(2) == "two"
    assert numbers.in_words(12) == "twelve"
    assert numbers.in_words(1300) == "1,300"
