"""An earlier day holds whoever had come by then, and what had been written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from allting.demo import earlier
from allting.opinions.importing import Export
from tests.make.maps import make_export


@pytest.fixture
def export() -> Export:
    """Ten statements, one a day, each by the resident who came last on that day: five came each day."""
    planted = make_export(people=50)
    written = [
        replace(statement, author=5 * day + 4, submitted_at=planted.first_at + timedelta(days=day))
        for day, statement in enumerate(planted.statements)
    ]
    return replace(planted, statements=tuple(written))


def test_who_had_not_come_and_what_was_not_written_is_not_there(export: Export) -> None:
    first, second, whole = earlier.parts_of(export)

    assert (first.after, second.after) == earlier.AFTER
    assert [it.number for it in first.export.statements] == [0, 1, 2]
    assert set(first.export.votes.participants) == set(first.export.participants) == set(range(15))
    assert set(first.export.votes.statements) == {0, 1, 2}
    assert set(second.export.participants) == set(range(20))
    assert whole.export is export


def test_what_they_answered_is_what_they_answer_in_the_whole(export: Export) -> None:
    first, *_others = earlier.parts_of(export)

    assert votes_of(first.export) <= votes_of(export)
    assert len(votes_of(first.export)) == len(first.export.votes)


def test_one_who_came_but_answered_nothing_that_was_there_is_left_out(export: Export) -> None:
    votes = export.votes
    kept = [row for row, who in enumerate(votes.participants) if who != 3 or votes.statements[row] > 5]
    without = replace(
        votes,
        **{
            name: type(column)(column.typecode, [column[row] for row in kept])
            for name in ("participants", "statements", "values", "times_ms")
            for column in [getattr(votes, name)]
        },
    )

    first, *_others = earlier.parts_of(replace(export, votes=without))

    assert 3 not in first.export.participants


def votes_of(export: Export) -> set[tuple[int, int, int]]:
    return set(zip(export.votes.participants, export.votes.statements, export.votes.values, strict=True))
