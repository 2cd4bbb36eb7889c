"""What the outcome says in lay words: marks only where a share means something, departures beside the outcome."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from allting.choice import story
from allting.choice.models import Option

LONG = "More choices when it comes to internet. " * 4


def figures(**changes: Any) -> Any:
    """Return the figures of 46 ballots for one place: 40 by citizens, 6 by customers."""
    rows = [
        {"kind": None, "people": 46, "blank": 0, "with_none": 6},
        {"kind": "citizen", "people": 40, "blank": 0, "with_none": 0},
        {"kind": "customer", "people": 6, "blank": 0, "with_none": 5},
    ]
    given = {
        "people": 46,
        "chosen": [1],
        "plain": [1],
        "supporters": {"1": 41},
        "by_kind": {"1": {"citizen": 40, "customer": 1}},
        "by_completion": [],
        "represented": rows,
        "represented_plainly": rows,
        "lost": [],
        "ties": [],
        "unspent": 0,
    }
    return SimpleNamespace(figures=given | changes)


def test_a_kind_of_few_has_its_count_and_no_mark() -> None:
    told = story.tell(figures(), {1: Option(pk=1, number=1, title="Trails")})

    assert [(kind.name, kind.group) for kind in told.kinds] == [("Customer or user", None), ("Citizen or neighbour", 0)]
    assert [mark.name for mark in told.chosen[0].marks] == ["Citizen or neighbour"]
    assert told.has_strips


def test_where_every_kind_is_small_nothing_is_drawn() -> None:
    rows = [
        {"kind": None, "people": 6, "blank": 0, "with_none": 0},
        {"kind": "customer", "people": 6, "blank": 0, "with_none": 0},
    ]
    few = figures(
        people=6, supporters={"1": 6}, by_kind={"1": {"customer": 1}}, represented=rows, represented_plainly=rows
    )

    told = story.tell(few, {1: Option(pk=1, number=1, title="Trails")})

    assert not told.has_strips
    assert list(told.chosen[0].marks) == []


@pytest.mark.parametrize(
    ("count", "people", "said"),
    [
        (5, 6, "5 of 6"),
        (1, 6, "fewer than five of 6"),
        (0, 6, "0 of 6"),
        (5, 20, "25.0 %"),
        (1, 20, "fewer than five"),
    ],
)
def test_a_share_is_said_only_where_one_person_does_not_move_it_much(count: int, people: int, said: str) -> None:
    assert story.share_or_count(count, people).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (167, 167, "As many as the outcome did."),
        (167, 170, "The outcome left 167 people without."),
        (0, 7, "The outcome left nobody without."),
        (0, 0, "Nor did the outcome."),
        (3, 7, "The outcome left fewer than five without."),
    ],
)
def test_a_departure_is_told_beside_whom_the_outcome_left_out(before: int, after: int, said: str) -> None:
    outcome = figures(represented=[{"kind": None, "people": 1564, "blank": 0, "with_none": before}])
    decision: Any = SimpleNamespace(left_with_nothing_count=after)

    assert story.say_departure(decision, outcome)[-1] == said


@pytest.mark.parametrize(
    ("title", "text", "words", "further"),
    [
        (LONG[:60].strip() + "…", LONG, LONG, ""),
        ("A fairness ordinance", "It protects everyone.", "A fairness ordinance", "It protects everyone."),
        # Somebody's own ellipsis is no cut, and what is too long is no heading.
        ("And then…", "Something else.", "And then…", "Something else."),
        ("More…", "More" + " words" * 100, "More…", "More" + " words" * 100),
    ],
)
def test_the_words_of_an_option_are_whole_where_the_title_was_cut(
    title: str, text: str, words: str, further: str
) -> None:
    option = Option(title=title, text=text)

    assert (option.words, option.further_text) == (words, further)
