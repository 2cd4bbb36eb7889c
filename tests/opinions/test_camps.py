"""What people who are different things to the organisation both support, and what nobody can learn from it."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries

from allting.opinions import actions
from allting.opinions.camps import following
from allting.opinions.camps.following import Row, Said
from allting.opinions.models import CampsSaid, MapSnapshot
from allting.processes import participation
from tests.make.camps import CITIZENS, CUSTOMERS, EMPLOYEES, LEANINGS, join, make_camps, note, publish
from tests.make.maps import make_map
from tests.make.opinions import statements_of
from tests.make.processes import NOW
from tests.opinions.test_results import get, read

HOUR = timedelta(hours=1)
BOTH = (CUSTOMERS, EMPLOYEES)


def rows_of(snapshot: MapSnapshot) -> list[Row]:
    """What is published of each statement, in the order they were made."""
    return [row for _statement, row in sorted(following.from_data(snapshot.figures["camps"]).rows.items())]


# --- what is published


@pytest.mark.django_db
def test_a_statement_that_only_the_large_camp_loves_comes_after_what_both_support() -> None:
    all_of_them, customers_alone, employees_alone, most_of_both, *_rest = rows_of(
        publish(make_camps({CUSTOMERS: 150, EMPLOYEES: 50}))
    )

    assert (all_of_them.at_least, all_of_them.below) == (70, 100)
    assert (most_of_both.at_least, most_of_both.below) == (60, 70)
    assert customers_alone.at_least == employees_alone.at_least == 0
    assert all_of_them.camps == BOTH


@pytest.mark.django_db
def test_where_a_small_camp_stands_does_not_hang_on_how_many_the_others_are() -> None:
    small, large = (rows_of(publish(make_camps({CUSTOMERS: it, EMPLOYEES: 50}))) for it in (60, 240))

    assert [row.at_least for row in small] == [row.at_least for row in large]


@pytest.mark.django_db
def test_nothing_stored_says_how_a_camp_answered() -> None:
    conversation = make_camps({CUSTOMERS: 57, EMPLOYEES: 43})

    stored = publish(conversation).figures["camps"]

    assert all(
        set(map(type, row[:2])) <= {int, type(None)} and {*row[:2]} <= {0, 50, 60, 70, 80, 100, None}
        for row in stored["rows"].values()
    )
    kept = CampsSaid.objects.get(pk=conversation.pk).people
    assert {count for counts in kept.values() for count in counts.values()} == {60, 45}


@pytest.mark.django_db
def test_a_camp_of_nineteen_is_in_no_figure() -> None:
    stored = publish(make_camps({CUSTOMERS: 60, EMPLOYEES: 19})).figures["camps"]

    assert stored == {"camps": [CUSTOMERS], "rows": {}}


@pytest.mark.django_db
def test_where_too_few_of_a_camp_answered_it_is_named_instead() -> None:
    conversation = make_camps({CUSTOMERS: 60})
    join(conversation, {EMPLOYEES: 30}, on=range(7), now=NOW - HOUR)

    *others, last = rows_of(publish(conversation))

    assert all(not row.missing for row in others)
    assert (last.missing, last.at_least) == ((EMPLOYEES,), None)


@pytest.mark.django_db
def test_what_was_said_stays_when_relations_are_let_go_of() -> None:
    conversation = make_camps({CUSTOMERS: 60, EMPLOYEES: 40})
    before = rows_of(publish(conversation))

    assert conversation.item.within_id
    participation.let_go_of_relations(process_id=conversation.item.within_id, now=NOW)
    join(conversation, {"": 30}, now=NOW)
    later = publish(conversation, now=NOW + HOUR)

    assert rows_of(later) == before


@pytest.mark.django_db
def test_after_a_rehearsal_nothing_is_left_of_it() -> None:
    conversation = make_camps({CUSTOMERS: 60, EMPLOYEES: 40})
    publish(conversation)

    actions.wipe_conversation(conversation=conversation, now=NOW)

    assert not CampsSaid.objects.exists()


# --- two dates


def tip_over(*, by: int) -> tuple[Row, Row]:
    """Publish, let so many more employees say no to the fourth statement, and others answer, and publish again.

    Of 40 employees 29 agree with it, just enough for a step; of 41 it would be too few.
    """
    leanings = {**LEANINGS, EMPLOYEES: (0.9, 0.05, 0.95, 0.725, 0.6, 0.1, 0.9, 0.5)}
    conversation = make_camps({CUSTOMERS: 150, EMPLOYEES: 40}, shares=leanings)
    before = rows_of(publish(conversation))[3]
    join(conversation, {CUSTOMERS: 10, "": 40}, seed=2, now=NOW)
    join(conversation, {EMPLOYEES: by}, seed=3, now=NOW, shares={EMPLOYEES: [0.0]}, on=[3])
    return before, rows_of(publish(conversation, now=NOW + HOUR))[3]


@pytest.mark.django_db
def test_whoever_knows_that_one_employee_came_does_not_learn_what_they_answered() -> None:
    before, after = tip_over(by=1)

    assert after == before


@pytest.mark.django_db
def test_without_the_guard_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "has_grown", lambda *_counts: True)

    before, after = tip_over(by=1)

    assert (before.at_least, after.at_least) == (70, 60)


@pytest.mark.django_db
def test_when_five_of_every_camp_came_the_step_moves() -> None:
    before, after = tip_over(by=5)

    assert (before.at_least, after.at_least) == (70, 60)


@pytest.mark.django_db
def test_a_changed_answer_moves_nothing_by_itself() -> None:
    conversation = make_camps({CUSTOMERS: 150, EMPLOYEES: 40})
    before = rows_of(publish(conversation))
    statements_of(conversation)[3].votes.update(value=-1, cast_at=NOW)
    join(conversation, {"": 10}, seed=2, now=NOW)
    note(conversation, now=NOW)

    assert rows_of(publish(conversation, now=NOW + HOUR)) == before


people_at_dates = some.lists(some.tuples(some.integers(0, 60), some.integers(0, 60)), min_size=2, max_size=8)
what_is_drawn = some.sampled_from([[0, 60], [60, 80], [80, 100], []])


@given(people_at_dates, some.lists(what_is_drawn, min_size=8, max_size=8))
def test_no_two_dates_differ_by_fewer_than_five_of_a_camp(dates: list[tuple[int, int]], drawn: list[list[int]]) -> None:
    said, kept = Said(()), {}
    heard: set[str] = set()
    told_of: dict[str, int] = {}
    for people, told in zip(dates, drawn, strict=False):
        before = said.rows.get(1)
        counts = dict(zip(BOTH, people, strict=True))
        rows = [[list(people), told if min(people) >= 20 else None]]
        now = following.drawn_rows(BOTH, rows, statements=[1])
        said, kept = following.follow(now, people={1: counts}, last=said, people_then=kept)
        row = said.rows[1]

        # Who was heard once is never missing again, so that nobody who leaves is told by it.
        assert not heard & set(row.missing)
        heard = set(BOTH) - set(row.missing)
        if row != before and not row.missing:
            assert all(counts[camp] >= 20 for camp in BOTH)
            assert all(counts[camp] >= told_of.get(camp, 0) + 5 for camp in BOTH)
            told_of = counts


def test_a_camp_that_comes_later_is_not_mixed_into_what_was_said_of_the_others() -> None:
    before = Row(60, 70, BOTH)
    more = {CUSTOMERS: 60, EMPLOYEES: 42, CITIZENS: 30}
    kept = {1: {CUSTOMERS: 50, EMPLOYEES: 40}}
    drawn = following.drawn_rows((*BOTH, CITIZENS), [[list(more.values()), [50, 60]]], statements=[1])

    said, _kept = following.follow(drawn, people={1: more}, last=Said(BOTH, {1: before}), people_then=kept)

    assert said.rows[1] == before
    assert said.camps == (*BOTH, CITIZENS)


# --- the pages


@pytest.mark.django_db
def test_the_page_says_where_each_statement_stands_and_repeats_it_as_a_table(client: Client) -> None:
    conversation = make_camps({CUSTOMERS: 150, EMPLOYEES: 50})
    publish(conversation)

    page = get(client, conversation, "camps").replace("\N{NO-BREAK SPACE}", " ")

    assert "Counted are customers and employees." in page
    assert "At least 60 % of each kind agree, of one fewer than 70 %" in page
    assert "Fewer than 50 % of one kind agree" in page
    assert page.index("70 % or more") < page.index("60–70 %") < page.index("under 50 %")
    assert "It does not decide." in page


@pytest.mark.django_db
def test_who_is_missing_is_named(client: Client) -> None:
    conversation = make_camps({CUSTOMERS: 60})
    publish(conversation)

    page = get(client, conversation, "camps")

    assert "So far only customers are enough" in page
    assert "Not enough voices yet from: citizens and employees." in page


@pytest.mark.django_db
def test_while_nobody_has_said_what_they_are_the_page_says_how_it_comes(client: Client) -> None:
    conversation = make_camps({"": 40})
    publish(conversation)

    page = get(client, conversation, "camps")

    assert "Too few have said what they are here" in page
    assert reverse("opinions:conversation", args=[conversation.pk]) in page


@pytest.mark.django_db
def test_report_and_downloads_have_it(client: Client) -> None:
    conversation = make_camps({CUSTOMERS: 150, EMPLOYEES: 50})
    join(conversation, {CITIZENS: 30}, on=range(7), now=NOW - HOUR)
    publish(conversation)

    report = get(client, conversation, "report").replace("\N{NO-BREAK SPACE}", " ")
    rows = list(csv.DictReader(io.StringIO(get(client, conversation, "download_csv").removeprefix("\ufeff"))))
    data = json.loads(get(client, conversation, "download_json"))

    assert "Counted are customers, citizens and employees" in report
    steps_told = [row["camps_agree_at_least"] for row in rows]
    assert {"0.0", ""} < set(steps_told)
    assert max(steps_told) >= "0.5"
    assert [row["camps_too_few_from"] for row in rows].count("citizen") == 1
    assert set(data["figures"]["camps"]["camps"]) == {CUSTOMERS, EMPLOYEES, CITIZENS}
    assert len(data["figures"]["camps"]["rows"]) == 8


@pytest.mark.django_db
def test_a_hidden_statement_leaves_the_lens_at_once(client: Client) -> None:
    conversation = make_camps({CUSTOMERS: 60, EMPLOYEES: 40})
    publish(conversation)
    first = statements_of(conversation)[0]
    first.item.hidden_at = NOW
    first.item.save()

    assert first.text not in get(client, conversation, "camps")
    assert str(first.pk) not in json.loads(get(client, conversation, "download_json"))["figures"]["camps"]["rows"]


@pytest.mark.django_db
@pytest.mark.parametrize("statements", [3, 8])
def test_the_page_takes_as_many_queries_for_many_statements(
    client: Client, statements: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = make_camps({CUSTOMERS: 60, EMPLOYEES: 40}, statements=statements)
    publish(conversation)
    get(client, conversation, "camps")

    with django_assert_max_num_queries(19):
        get(client, conversation, "camps")


@pytest.mark.django_db
def test_results_without_groups_lead_to_it_and_so_does_the_list_of_the_groups(client: Client) -> None:
    conversation = make_camps({CUSTOMERS: 60, EMPLOYEES: 40})
    publish(conversation)
    address = reverse("opinions:camps", args=[conversation.pk])

    assert address in get(client, conversation, "ranking", "bridges")
    assert not read(conversation).has_groups


@pytest.mark.django_db
def test_beside_the_groups_of_a_map_the_same_is_read_off() -> None:
    conversation = make_camps({CUSTOMERS: 100, EMPLOYEES: 60, "": 20})

    snapshot = make_map(conversation)

    assert snapshot.outcome == MapSnapshot.Outcome.GROUPS
    all_of_them, customers_alone, *_rest = rows_of(snapshot)
    assert (all_of_them.at_least, customers_alone.at_least) == (80, 0)
