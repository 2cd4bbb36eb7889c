"""The map to look into: pick a statement, pick a group, put it on a wall."""

from __future__ import annotations

import base64
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.opinions import picking, results
from allting.opinions.models import Conversation, MapPlace
from allting.record import actions as record
from tests.make.maps import TEXTS, make_map, make_voted_conversation
from tests.make.opinions import statements_of
from tests.make.processes import NOW
from tests.opinions.test_results import read

pytestmark = pytest.mark.django_db


def get(client: Client, conversation: Conversation, query: str = "", *, status: int = 200) -> str:
    answer = client.get(reverse("opinions:map_page", args=[conversation.pk]) + query)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def two_camps() -> Conversation:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    return conversation


def test_a_statement_fills_the_stones_of_each_group_by_who_agrees(client: Client, two_camps: Conversation) -> None:
    found = read(two_camps)
    disputed = next(pk for pk, it in found.statements.items() if it.text == TEXTS[4])

    picked = picking.pick(found, statement=str(disputed), group="")

    cells = found.figures.statements[disputed].groups
    assert picked.drawing.shares is not None
    assert {number: picked.drawing.shares[number] for number in (0, 1)} == {0: cells["A"].rate, 1: cells["B"].rate}
    page = get(client, two_camps, f"?statement={disputed}")
    assert f"map-share-{round(cells['A'].rate * 10)}" in page
    assert "The same as a table" in page


def test_a_group_steps_forward_with_what_it_stands_for(client: Client, two_camps: Conversation) -> None:
    page = get(client, two_camps, "?group=a")

    assert page.count("map-away") > 0
    assert "What this group says clearly more often than any other." in page
    assert picking.pick(read(two_camps), statement="", group="A").stand is not None


@pytest.mark.parametrize("query", ["?statement=0", "?statement=x", "?group=f", "?group=aa"])
def test_what_is_not_on_the_map_cannot_be_picked(client: Client, two_camps: Conversation, query: str) -> None:
    get(client, two_camps, query, status=404)


def test_words_hidden_since_cannot_be_picked(client: Client, two_camps: Conversation) -> None:
    hidden = statements_of(two_camps)[0]
    record.hide(item=hidden.item, by=record.system_actor(), reason="Insulting.", now=NOW)

    get(client, two_camps, f"?statement={hidden.pk}", status=404)
    assert hidden.text not in get(client, two_camps)


def test_the_wall_brings_the_code_to_take_part_and_asks_again_by_itself(
    client: Client, two_camps: Conversation
) -> None:
    page = get(client, two_camps, "?wall=on&group=a")

    code = re.search(r"base64,([^\"]+)", page)
    assert code
    assert b"<svg" in base64.b64decode(code[1])
    assert reverse("opinions:conversation", args=[two_camps.pk]) in page
    assert 'hx-trigger="every 30s"' in page
    assert "group=a&amp;wall=on" in page


def test_whoever_put_it_there_is_not_on_the_wall(
    client: Client, two_camps: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = MapPlace.objects.first()
    assert place
    looked_at = results.read_results(conversation=two_camps, actor=place.actor)
    monkeypatch.setattr(results, "read_results", lambda **_about: looked_at)

    assert "map-you" in get(client, two_camps)
    assert "map-you" not in get(client, two_camps, "?wall=on")


def test_a_cloud_without_groups_has_bars_and_no_shades(client: Client) -> None:
    conversation = make_voted_conversation(people=120, camps=1)
    make_map(conversation)

    page = get(client, conversation, f"?statement={statements_of(conversation)[0].pk}")

    assert "map-share" not in page
    assert "bars-row" in page


def test_too_early_says_so_instead_of_a_map(client: Client) -> None:
    conversation = make_voted_conversation(people=12)
    make_map(conversation)

    assert "Too early to say." in get(client, conversation)


def test_the_page_costs_as_many_queries_for_many_statements_as_for_few(client: Client) -> None:
    counts = []
    for statements in (8, 40):
        conversation = make_voted_conversation(people=40, statements=statements)
        make_map(conversation)
        get(client, conversation)
        with CaptureQueriesContext(connection) as queries:
            get(client, conversation)
        counts.append(len(queries))

    assert counts[0] == counts[1]
