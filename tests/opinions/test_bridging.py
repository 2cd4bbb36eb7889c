"""What unlike people both support, by the published figures of the groups."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from allting.opinions import bridging
from allting.opinions.figures import Cell, Figures, GroupFigures, StatementFigures
from tests.make.maps import TEXTS, make_map, make_voted_conversation
from tests.opinions.test_results import get, read

shares = some.floats(0.05, 0.95)


def cell(rate: float, *, count: int = 40) -> Cell:
    return Cell(count, round(rate * count), 0, 0, rate, max(0, rate - 0.1), min(1, rate + 0.1), 1 - rate)


def figures_of(*statements: dict[str, Cell], sizes: tuple[int, ...] = (50, 50)) -> Figures:
    """Figures with groups of these sizes, and with what each said about each statement."""
    return Figures(
        outcome="groups",
        reason="",
        needs={},
        people=sum(sizes),
        votes=1_000,
        devices=None,
        with_account=None,
        set_aside=None,
        groups=[GroupFigures(number, "ABCDEF"[number], size, 0, 0) for number, size in enumerate(sizes)],
        in_between=None,
        not_placed=None,
        stability=1.0,
        refits_same=5,
        shown_share=1.0,
        stones=[],
        statements={
            number: StatementFigures(everyone=None, groups=groups, between=None, devices=None)
            for number, groups in enumerate(statements)
        },
        unites=[],
        divides=[],
        distinctive={},
        little_known=[],
        far_near={},
        ends=((), ()),
        statement_places={},
        without_devices=None,
    )


def test_what_both_support_a_little_comes_before_what_one_loves_and_the_other_refuses() -> None:
    found = bridging.find_bridges(figures_of({"A": cell(0.95), "B": cell(0.1)}, {"A": cell(0.6), "B": cell(0.6)}))

    assert [it.statement for it in found] == [1, 0]
    assert found[0].score == pytest.approx(0.6)
    assert found[0].low < found[0].score < found[0].high


@given(shares, shares)
def test_a_large_group_weighs_as_much_as_a_small_one(one: float, other: float) -> None:
    small = figures_of({"A": cell(one, count=10), "B": cell(other, count=1000)}, sizes=(10, 1000))
    large = figures_of({"A": cell(other, count=1000), "B": cell(one, count=10)}, sizes=(1000, 10))

    assert bridging.find_bridges(small)[0].score == bridging.find_bridges(large)[0].score


@given(shares, shares)
def test_the_score_lies_between_the_groups(one: float, other: float) -> None:
    (found,) = bridging.find_bridges(figures_of({"A": cell(one), "B": cell(other)}))

    assert min(one, other) - 0.001 <= found.score <= max(one, other) + 0.001


@pytest.mark.parametrize("groups", [{"A": cell(0.9)}, {"A": cell(0.9), "B": cell(0.9, count=9)}])
def test_without_enough_voices_of_a_group_there_is_no_score(groups: dict[str, Cell]) -> None:
    first, last = bridging.find_bridges(figures_of(groups, {"A": cell(0.2), "B": cell(0.2)}))

    assert (first.statement, last.statement, last.missing) == (1, 0, ("B",))


def test_where_no_groups_hold_up_there_is_nothing_to_bridge() -> None:
    assert bridging.find_bridges(figures_of({"A": cell(0.9)}, sizes=(50,))) == []


@pytest.mark.django_db
def test_the_page_lists_what_both_camps_agree_with_first(client: Client) -> None:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)

    page = get(client, conversation, "ranking", "bridges")

    first = [it.statement for it in bridging.find_bridges(read(conversation).figures)[:3]]
    assert {read(conversation).statements[it].text for it in first} == set(TEXTS[:3])
    assert "Reaches" in page
    assert "It does not decide." in page
