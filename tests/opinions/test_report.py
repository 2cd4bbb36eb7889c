"""The report: one column for reading and for paper, from published figures alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.opinions import report
from allting.opinions.models import Conversation, MapPlace, Participant, Vote
from allting.record import actions as record
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
