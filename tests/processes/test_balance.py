"""Coverage, suppression and alerts, as pure figures. The vectors are those of the instrument (4.13)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allting.processes import balance
from allting.processes.balance import FEWEST, Level, Shown, coverages, groups_to_hide, mood_of
from allting.processes.models import Relation

CITIZEN, CUSTOMER, EMPLOYEE, SUPPLIER = (
    Relation.CITIZEN,
    Relation.CUSTOMER,
    Relation.EMPLOYEE,
    Relation.SUPPLIER,
)
COUNTS = st.dictionaries(st.sampled_from(Relation), st.integers(0, 40), max_size=8)


def row_of(relation: Relation, rows: list[balance.Coverage]) -> balance.Coverage:
    return next(row for row in rows if row.relation == relation)


def test_twelve_of_120_against_18_in_a_hundred_cover_56() -> None:
    rows = coverages({CUSTOMER: 12, CITIZEN: 108}, {CUSTOMER: 18, CITIZEN: 82}, asked=())

    found = row_of(CUSTOMER, rows)
    assert found.coverage == pytest.approx(0.56, abs=0.005)
    assert found.is_missing
    assert rows[0] == found
    assert not row_of(CITIZEN, rows).is_missing


def test_without_a_frame_there_is_no_coverage() -> None:
    rows = coverages({CUSTOMER: 12, CITIZEN: 108}, {}, asked=(CITIZEN,))

    assert {row.coverage for row in rows} == {None}
    assert not any(row.is_missing for row in rows)


def test_without_a_frame_those_who_are_asked_for_and_not_there_are_missing() -> None:
    rows = coverages({CITIZEN: 108}, {}, asked=(CITIZEN, EMPLOYEE))

    assert [row.relation for row in rows if row.is_missing] == [EMPLOYEE]


def test_a_relation_outside_the_frame_has_no_coverage() -> None:
    rows = coverages({CITIZEN: 20, EMPLOYEE: 20}, {CITIZEN: 10}, asked=())

    assert row_of(EMPLOYEE, rows).coverage is None
    assert row_of(CITIZEN, rows).coverage == 0.5


def test_ten_voices_are_needed_for_an_alarm() -> None:
    assert not any(row.is_missing for row in coverages({CITIZEN: 9}, {CITIZEN: 1, CUSTOMER: 9}, asked=()))
    assert any(row.is_missing for row in coverages({CITIZEN: 10}, {CITIZEN: 1, CUSTOMER: 9}, asked=()))


def test_fewer_than_five_voices_say_nothing() -> None:
    assert coverages({CITIZEN: 4}, {}, asked=(CITIZEN,)) == []
    assert mood_of({Level.CRITICAL: 4}).people is None


def test_fewer_than_five_of_a_relation_have_no_figure() -> None:
    rows = coverages({CITIZEN: 100, CUSTOMER: 50, SUPPLIER: 4, EMPLOYEE: 3}, {SUPPLIER: 1, EMPLOYEE: 1}, asked=())

    for relation in (SUPPLIER, EMPLOYEE):
        found = row_of(relation, rows)
        assert (found.shown, found.people, found.share, found.coverage) == (Shown.TOO_FEW, None, None, None)
    assert row_of(CUSTOMER, rows).people == 50


def test_a_second_one_is_hidden_where_the_gap_could_be_subtracted() -> None:
    rows = coverages({CITIZEN: 100, CUSTOMER: 6, SUPPLIER: 4}, {}, asked=(SUPPLIER,))

    assert row_of(SUPPLIER, rows).shown is Shown.TOO_FEW
    assert row_of(CUSTOMER, rows).shown is Shown.PROTECTS
    assert row_of(CUSTOMER, rows).people is None
    assert row_of(CITIZEN, rows).people == 100


def test_no_row_tells_that_there_is_somebody_of_a_rare_relation() -> None:
    with_one, without = (
        coverages({CITIZEN: 100, **rest}, {}, asked=(CITIZEN,)) for rest in ({Relation.COMPETITOR: 1}, {})
    )

    assert {row.relation for row in with_one} == {row.relation for row in without} == {CITIZEN}


@given(COUNTS, st.integers(0, 12))
def test_nobody_can_be_worked_out_from_what_is_shown(counts: dict[Relation, int], unnamed: int) -> None:
    hidden = groups_to_hide(counts, unnamed=unnamed)

    left_over = unnamed + sum(counts[group] for group in hidden)
    assert all(counts[group] >= FEWEST for group in set(counts) - hidden)
    assert left_over == 0 or left_over >= FEWEST or hidden == set(counts)


@given(COUNTS)
def test_coverages_only_tell_what_may_be_told(counts: dict[Relation, int]) -> None:
    rows = coverages(counts, {CUSTOMER: 3, CITIZEN: 7}, asked=(EMPLOYEE,))

    assert all((row.people is None) == (row.share is None) for row in rows)
    assert all(row.people is None or row.people >= FEWEST for row in rows)
    told = sum(row.people or 0 for row in rows)
    left_over = sum(counts.values()) - told
    assert not rows or left_over == 0 or left_over >= FEWEST or told == 0
    assert all(before.is_missing or not after.is_missing for before, after in pairwise(rows))


def test_four_critical_of_forty_are_even_enough_and_too_few() -> None:
    assert balance.evenness_of([4, 10, 26]) == pytest.approx(0.78, abs=0.005)

    found = mood_of({Level.CRITICAL: 4, Level.NEUTRAL: 10, Level.SATISFIED: 26})
    assert found.lacks_critical
    assert not found.lacks_satisfied
    assert not found.is_one_sided


def test_the_four_critical_ones_have_no_figure_and_nor_has_a_second_level() -> None:
    found = mood_of({Level.CRITICAL: 4, Level.NEUTRAL: 10, Level.SATISFIED: 26})

    assert [(one.level, one.people) for one in found.levels] == [
        (Level.CRITICAL, None),
        (Level.NEUTRAL, None),
        (Level.SATISFIED, 26),
    ]


@pytest.mark.parametrize(
    ("counts", "lacks_critical", "lacks_satisfied", "is_one_sided"),
    [
        ([10, 10, 10], False, False, False),
        ([30, 5, 5], False, True, True),
        ([1, 1, 8], True, False, True),
        ([0, 9, 0], False, False, False),
        ([2, 6, 2], False, False, False),
    ],
)
def test_when_it_is_lopsided(
    counts: list[int], lacks_critical: bool, lacks_satisfied: bool, is_one_sided: bool
) -> None:
    found = mood_of(dict(zip(Level, counts, strict=True)))

    assert (found.lacks_critical, found.lacks_satisfied, found.is_one_sided) == (
        lacks_critical,
        lacks_satisfied,
        is_one_sided,
    )


@pytest.mark.parametrize(
    ("satisfaction", "level"), [(0, "critical"), (6, "critical"), (7, "neutral"), (8, "neutral"), (9, "satisfied")]
)
def test_the_level_of_a_number(satisfaction: int, level: str) -> None:
    assert balance.level_of(satisfaction) == level
