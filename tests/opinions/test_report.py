"""The report: one column for reading and for paper, from published figures alone."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.opinions import report
from allting.opinions.models import Conversation, MapPlace, Participant, Vote
from allting.processes.models import Process
from allting.record import actions as record
from tests.make import participation as participation_maker
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import make_conversation, statements_of
from tests.opinions.test_results import read

pytestmark = pytest.mark.django_db


def get(client: Client, conversation: Conversation) -> str:
    answer = client.get(reverse("opinions:report", args=[conversation.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(page: str) -> str:
    return page.partition("<main")[2]


@pytest.fixture
def two_camps() -> Conversation:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    return conversation


def test_the_report_says_who_took_part_what_unites_what_divides_and_how_sure(
    client: Client, two_camps: Conversation
) -> None:
    page = get(client, two_camps)

    assert read(two_camps).headline in page
    for heading in ("Who took part, and who is missing", "Common ground", "What divides", "How sure?"):
        assert heading in page
    assert read(two_camps).snapshot.input_digest in page


def test_the_report_reads_only_what_was_published(client: Client, two_camps: Conversation) -> None:
    before = main_of(get(client, two_camps))

    Vote.objects.filter(statement__conversation=two_camps).delete()
    MapPlace.objects.all().delete()
    Participant.objects.filter(conversation=two_camps).delete()

    assert main_of(get(client, two_camps)) == before


def test_participation_is_a_share_of_all_and_leaves_out_parts_that_are_hidden(two_camps: Conversation) -> None:
    found = read(two_camps)
    groups = [str(group.people) for group in found.figures.groups if group.people is not None]

    rows = report.write_report(found).participation.rows

    assert rows[0] == ["Have answered", "120", "100\xa0%"]
    assert [row[1] for row in rows if str(row[0]).startswith("Group")] == groups
    assert not any(str(row[1]).isdigit() and 0 < int(str(row[1])) < 5 for row in rows)


def test_the_place_of_the_reader_is_not_on_what_is_passed_on(client: Client, two_camps: Conversation) -> None:
    assert "map-you" not in get(client, two_camps)


def test_words_hidden_since_are_not_in_the_report(client: Client, two_camps: Conversation) -> None:
    hidden = statements_of(two_camps)[0]
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=two_camps.changed_at)

    assert hidden.text not in get(client, two_camps)


def test_where_no_groups_hold_up_the_report_names_none(client: Client) -> None:
    conversation = make_voted_conversation(people=120, camps=1)
    make_map(conversation)

    page = get(client, conversation)

    assert "No separate groups" in page
    assert "what each stands for" not in page


def test_an_early_report_says_that_it_is_early(client: Client) -> None:
    conversation = make_voted_conversation(people=12)
    make_map(conversation)

    assert "Too early to say." in get(client, conversation)


def test_before_the_first_map_there_is_no_report(client: Client) -> None:
    conversation = make_conversation()

    assert client.get(reverse("opinions:report", args=[conversation.pk])).status_code == 404


# --- who is missing, by what they are to the organisation


def process_of(conversation: Conversation) -> Process:
    return Process.objects.get(pk=conversation.item.within_id)


def told(client: Client, conversation: Conversation) -> dict[str, str]:
    """What the report says of each relation, and of all."""
    who = client.get(reverse("opinions:report", args=[conversation.pk])).context["who"]
    return {"all": str(who.people), **{str(row[0]): str(row[1]) for row in who.table.rows}} if who else {}


def test_the_report_names_the_relations_that_are_missing(client: Client, two_camps: Conversation) -> None:
    process = process_of(two_camps)
    participation_maker.frame(process, {"citizen": 50, "customer": 30, "supplier": 20})
    participation_maker.say(process, {"citizen": 20, "customer": 12, "supplier": 3})

    page = get(client, two_camps)

    assert "Missing: supplier" in page.replace("Supplier", "supplier")
    assert told(client, two_camps)["Supplier"] == "fewer than five"


def test_while_too_few_have_said_what_they_are_the_report_says_so(client: Client, two_camps: Conversation) -> None:
    participation_maker.say(process_of(two_camps), {"citizen": 4})

    assert "Fewer than five have said what they are to the organisation" in get(client, two_camps)


def test_reading_the_report_before_and_after_each_answer_tells_nobody(client: Client, two_camps: Conversation) -> None:
    process = process_of(two_camps)
    participation_maker.frame(process, {"citizen": 50, "customer": 30, "supplier": 20})
    looks = []
    for relation in ["citizen", "customer", "citizen", "supplier", "citizen", "customer", "employee"] * 4:
        participation_maker.say(process, {relation: 1})
        looks.append(told(client, two_camps))

    for one, other in itertools.combinations(looks, 2):
        figures = [
            (int(one[it]), int(other[it]))
            for it in one.keys() & other.keys()
            if one[it].isdigit() and other[it].isdigit()
        ]
        together = sum(abs(before - after) for before, after in figures)
        assert together == 0 or together >= 5
        assert all(figure >= 5 for pair in figures for figure in pair)


def test_the_report_costs_as_many_queries_for_many_statements_as_for_few(client: Client) -> None:
    counts = []
    for statements in (8, 40):
        conversation = make_voted_conversation(people=40, statements=statements)
        make_map(conversation)
        get(client, conversation)
        with CaptureQueriesContext(connection) as queries:
            get(client, conversation)
        counts.append(len(queries))

    assert counts[0] == counts[1]
