"""Words as people count and compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allting.opinions import wording


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("🇸🇪🇳🇴", 2),
        ("❤️", 1),
        ("Åäö", 3),
        ("नमस्ते", 4),
    ],
)
def test_characters_are_counted_as_people_see_them(text: str, count: int) -> None:
    assert wording.count_characters(text) == count


@given(st.text(max_size=300))
def test_tidying_twice_is_tidying_and_never_lengthens(text: str) -> None:
    tidied = wording.tidy(text)

    assert wording.tidy(tidied) == tidied
    assert "\n" not in tidied
    assert tidied == tidied.strip()


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_the_same_both_ways_and_between_nothing_and_all(one: str, other: str) -> None:
    likeness = wording.likeness(one, other)

    assert likeness == wording.likeness(other, one)
    assert 0 <= likeness <= 1
    assert wording.likeness(one, one) in (0.0, 1.0)


def test_sentences_about_the_same_are_more_alike_than_others() -> None:
    said = "We need more sidewalks and bicycle lanes."

    assert wording.likeness(said, "More bicycle lanes and sidewalks!") > wording.LIKE_ENOUGH
    assert wording.likeness(said, "The arts are an important component of education.") < wording.LIKE_ENOUGH


def test_a_pasted_list_names_its_lines_by_number() -> None:
    pasted = "First.\n\n  Too long: " + "x" * 200 + "\nStands already\nfirst!\nLast.\r\n"

    lines = wording.read_lines(pasted, standing=["Stands already."], longest=200)

    assert [(line.number, line.is_new) for line in lines] == [(1, True), (3, False), (4, False), (5, False), (6, True)]
    assert lines[1].is_too_long
    assert lines[2].stands_already
    assert lines[3].twin_of_line == 1
