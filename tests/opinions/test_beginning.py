"""What everybody begins with: up to three statements, in the order in which the facilitator put them first."""

from __future__ import annotations

from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from allting.demo import city
from allting.opinions import actions, queries
from allting.opinions.errors import CannotPutFirst
from allting.opinions.models import Conversation, Statement, View
from allting.record import actions as record
from allting.record.models import Event
from tests.make.knowledge import know_statements
from tests.make.opinions import AGREE, make_conversation, make_device_actor, make_statement, statements_of
from tests.make.people import sign_in
from tests.make.processes import NOW, make_facilitator

pytestmark = pytest.mark.django_db


def put_first(*statements: Statement) -> None:
    for statement in statements:
        actions.put_first(statement=statement, by=record.system_actor(), now=NOW)


def put_back(statement: Statement) -> None:
    actions.put_back(statement=statement, by=record.system_actor(), now=NOW)


def first_of(conversation: Conversation) -> list[Statement]:
    return queries.get_beginning(conversation_id=conversation.pk).first


# --- who is shown what


@pytest.mark.parametrize("has_map", [False, True])
def test_everybody_is_shown_what_comes_first_in_its_order_and_reads_why(has_map: bool) -> None:
    conversation = make_conversation(statements=6)
    if has_map:
        know_statements(conversation)
    _one, two, _three, four, _five, _six = statements_of(conversation)
    put_first(four, two)

    for seed in range(3):
        lot, actor = Random(seed), make_device_actor()
        first = queries.choose_next(conversation_id=conversation.pk, actor=actor, lot=lot)
        assert first == queries.Choice(statement=four, why=View.Why.FIRST)
        second = actions.answer_and_go_on(statement=four, actor=actor, value=AGREE, lot=lot, now=NOW)
        assert second == queries.Choice(statement=two, why=View.Why.FIRST)
        third = actions.answer_and_go_on(statement=two, actor=actor, value=AGREE, lot=lot, now=NOW)
        assert third is not None
        assert third.why != View.Why.FIRST


def test_who_wrote_it_begins_with_something_else() -> None:
    conversation = make_conversation(statements=2)
    own = make_statement(conversation)
    put_first(own)

    choice = queries.choose_next(conversation_id=conversation.pk, actor=own.item.author, lot=Random(1))

    assert choice is not None
    assert choice.statement != own


def test_what_was_hidden_does_not_come_first_and_makes_room() -> None:
    conversation = make_conversation(statements=5)
    one, two, three, four, _five = statements_of(conversation)
    put_first(one, two, three)
    record.hide(item=one.item, by=conversation.item.author, reason="Names somebody.", now=NOW)

    choice = queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(1))
    put_first(four)

    assert choice is not None
    assert choice.statement == two
    assert first_of(conversation) == [two, three, four]


# --- putting


def test_twice_is_once_and_what_goes_back_leaves_no_gap() -> None:
    conversation = make_conversation(statements=5)
    one, two, three, *_others = statements_of(conversation)
    put_first(one, two, one, three)
    put_back(one)
    put_back(one)

    assert first_of(conversation) == [two, three]
    assert [it.place_at_start for it in first_of(conversation)] == [1, 2]
    assert Event.objects.filter(name="opinions.statement_put_first").count() == 3
    assert Event.objects.filter(name="opinions.statement_put_back").count() == 1


def test_a_fourth_is_refused() -> None:
    conversation = make_conversation(statements=5)
    *three, fourth, _fifth = statements_of(conversation)
    put_first(*three)

    with pytest.raises(CannotPutFirst):
        put_first(fourth)


@pytest.mark.parametrize("state", [Statement.State.WAITING, Statement.State.DECLINED])
def test_what_is_not_shown_is_refused(state: Statement.State) -> None:
    conversation = make_conversation(statements=1)

    with pytest.raises(CannotPutFirst):
        put_first(make_statement(conversation, state=state))


def test_the_database_knows_three_places_and_one_statement_in_each() -> None:
    one, two = statements_of(make_conversation(statements=2))
    put_first(one)

    for place in (0, 1, 4):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=two.pk).update(place_at_start=place)


def test_what_the_facilitator_put_first_stays_after_a_rehearsal() -> None:
    conversation = make_conversation(statements=2)
    one, _two = statements_of(conversation)
    put_first(one)

    actions.wipe_conversation(conversation=conversation, now=NOW)

    assert first_of(conversation) == [one]


# --- the page


def enter(client: Client, conversation: Conversation) -> str:
    assert conversation.item.within
    sign_in(client, make_facilitator(within=conversation.item.within))
    return reverse("opinions:beginning", args=[conversation.pk])


def test_the_facilitator_puts_first_and_lets_go_back(client: Client) -> None:
    conversation = make_conversation(statements=5)
    page = enter(client, conversation)
    one = statements_of(conversation)[0]
    put = reverse("opinions:put_at_start", args=[one.pk])

    asked = client.get(page).content.decode()
    then = client.post(put, {"put": "first"}, follow=True).content.decode()
    put_again = first_of(conversation)
    client.post(put, {"put": "back"})

    assert "What should everybody begin with?" in asked
    assert "Everybody begins with this statement." in then
    assert put_again == [one]
    assert first_of(conversation) == []


def test_where_three_come_first_the_page_says_so_and_offers_no_fourth(client: Client) -> None:
    conversation = make_conversation(statements=5)
    page = enter(client, conversation)
    *three, fourth, _fifth = statements_of(conversation)
    put_first(*three)

    said = client.get(page).content.decode()
    refused = client.post(reverse("opinions:put_at_start", args=[fourth.pk]), {"put": "first"})

    assert "that is as many as there can be" in said
    assert "Put it first" not in said
    assert refused.status_code == 409
    assert "This cannot come first." in refused.content.decode()


def test_nobody_else_puts_anything_first(client: Client) -> None:
    conversation = make_conversation(statements=2)
    one, _two = statements_of(conversation)

    assert client.post(reverse("opinions:put_at_start", args=[one.pk]), {"put": "first"}).status_code == 403
    assert first_of(conversation) == []


def test_without_statements_the_page_says_what_to_do(client: Client) -> None:
    conversation = make_conversation(statements=0)

    assert "Write the first statements" in client.get(enter(client, conversation)).content.decode()


def test_the_page_costs_as_many_queries_for_many_statements_as_for_few(client: Client) -> None:
    counts = []
    for statements in (2, 8):
        page = enter(client, make_conversation(statements=statements))
        client.get(page)
        with CaptureQueriesContext(connection) as queried:
            client.get(page)
        counts.append(len(queried))

    assert counts[0] == counts[1]


# --- the example


def test_in_the_example_everybody_begins_with_three_mild_statements() -> None:
    conversation = make_conversation(statements=0)
    said = [it.text.strip() for it in city.read_export().statements]
    for text in (*city.BEGINNING, "Something else."):
        make_statement(conversation, text=text)
    facilitator = make_facilitator()

    for _start in range(2):
        city.put_beginning_first(conversation, by=facilitator, now=NOW)

    assert set(city.BEGINNING) <= set(said)
    assert [it.text for it in first_of(conversation)] == list(city.BEGINNING)
    assert Event.objects.filter(name="opinions.statement_put_first").count() == 3
