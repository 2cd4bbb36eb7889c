"""The record's pages, met with real statements of a real conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions.models import Conversation, Statement
from allting.record import actions, tasks
from allting.record.models import Item, Link, ModerationDecision, Report
from tests.make import people as make_people
from tests.make.opinions import cast, make_conversation, make_statement, statements_of
from tests.make.processes import make_deputy, make_facilitator, make_member, make_process, make_sponsor

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def conversation(now: datetime) -> Conversation:
    return make_conversation(statements=3, now=now)


@pytest.fixture
def statement(conversation: Conversation, now: datetime) -> Statement:
    return make_statement(conversation, text="The library should open on Sundays.", now=now)


@pytest.fixture
def facilitator(now: datetime, conversation: Conversation) -> Client:
    return make_people.sign_in(Client(), make_facilitator(now=now))


def page_of(answer: Any) -> str:
    return answer.content.decode()


def rest_on(item: Item, *older: Item, now: datetime) -> None:
    for one in older:
        actions.link(younger=item, older=one, relation=Link.Relation.RESTS_ON, by=item.author, now=now)


# --- why, and what came of it -------------------------------------------------------------------


def test_a_statement_is_where_it_begins_and_says_where_it_was_said(client: Client, statement: Statement) -> None:
    page = page_of(client.get(reverse("record:why", args=[statement.pk])))

    assert "This is where it begins" in page
    assert statement.text in page
    assert "Where it was said" in page
    assert statement.conversation.item.title in page


def test_nothing_has_come_of_a_statement_until_something_rests_on_it(
    client: Client, statement: Statement, now: datetime
) -> None:
    address = reverse("record:what_came_of_it", args=[statement.pk])
    before = page_of(client.get(address))
    younger = make_statement(statement.conversation, text="Open the branch libraries, too.", now=now)
    rest_on(younger.item, statement.item, now=now)

    after = page_of(client.get(address))

    assert "Nothing has come of it yet" in before
    assert "This is what came of it" in after
    assert younger.text in after
    assert "This is what it rests on" in page_of(client.get(reverse("record:why", args=[younger.pk])))


def test_the_reader_and_nobody_else_finds_what_they_said_in_the_tree(
    conversation: Conversation, statement: Statement, now: datetime
) -> None:
    voter = make_people.make_device_client(now=now)
    cast(statement, actor=voter.actor, now=now)
    younger = make_statement(conversation, text="Open the branch libraries, too.", now=now)
    rest_on(younger.item, statement.item, now=now)
    address = reverse("record:why", args=[younger.pk])

    mine, theirs = page_of(voter.get(address)), page_of(Client().get(address))

    assert "and you" in mine
    assert "You agreed with “The library should open on Sundays.”" in mine
    assert "Only you see this." in mine
    assert "and you" not in theirs


def test_a_tree_of_forty_shows_twelve_and_folds_the_rest(
    client: Client, conversation: Conversation, statement: Statement, now: datetime
) -> None:
    others = [make_statement(conversation, text=f"Number {number} of them.", now=now) for number in range(40)]
    rest_on(statement.item, *(one.item for one in others), now=now)

    page = page_of(client.get(reverse("record:why", args=[statement.pk])))

    assert page.count('class="branch-relation"') == 13  # the twelve, and what it began with
    assert "28 more steps" in page
    assert "Number 39 of them." in page


def test_a_step_that_is_not_open_to_the_reader_is_counted_and_not_named(
    client: Client, statement: Statement, now: datetime
) -> None:
    waiting = make_statement(
        statement.conversation, text="Nobody reads this yet.", state=Statement.State.WAITING, now=now
    )
    rest_on(statement.item, waiting.item, now=now)

    page = page_of(client.get(reverse("record:why", args=[statement.pk])))

    assert "One more step is not open to you." in page
    assert waiting.text not in page


@pytest.mark.parametrize("name", ["why", "what_came_of_it", "report"])
def test_what_may_not_be_seen_is_not_there(client: Client, now: datetime, name: str) -> None:
    draft = make_process(state="draft", now=now)

    assert client.get(reverse(f"record:{name}", args=[draft.pk])).status_code == 404
    assert client.get(reverse(f"record:{name}", args=[987_654])).status_code == 404


def test_the_tree_costs_the_same_with_two_steps_and_with_eight(
    client: Client, conversation: Conversation, now: datetime, django_assert_max_num_queries: Any
) -> None:
    statements = [make_statement(conversation, text=f"Number {number} of them.", now=now) for number in range(9)]
    rest_on(statements[0].item, *(one.item for one in statements[1:3]), now=now)
    address = reverse("record:why", args=[statements[0].pk])
    client.get(address)

    with django_assert_max_num_queries(24) as two:
        client.get(address)
    rest_on(statements[0].item, *(one.item for one in statements[3:]), now=now)
    with django_assert_max_num_queries(len(two)):
        client.get(address)


# --- reporting ----------------------------------------------------------------------------------


def test_a_stranger_reports_a_statement_and_the_facilitator_reads_why(
    client: Client, statement: Statement, facilitator: Client
) -> None:
    answer = client.post(
        reverse("record:report", args=[statement.pk]), {"reason": "It names my neighbour."}, follow=True
    )

    assert "Thank you. The facilitator looks at it" in page_of(answer)
    queue = page_of(facilitator.get(reverse("record:moderation")))
    assert "One thing was reported" in queue
    assert "It names my neighbour." in queue
    assert statement.text in queue


def test_a_report_without_a_reason_is_asked_for_one(client: Client, statement: Statement) -> None:
    answer = client.post(reverse("record:report", args=[statement.pk]), {"reason": " "})

    assert answer.status_code == 422
    assert statement.text in page_of(answer)
    assert not Report.objects.exists()


# --- moderation ---------------------------------------------------------------------------------


def test_a_statement_is_hidden_with_a_reason_and_shown_again(
    facilitator: Client, client: Client, statement: Statement
) -> None:
    moderate = reverse("record:moderate", args=[statement.pk])
    address = reverse("opinions:statement", args=[statement.pk])

    assert facilitator.post(moderate, {"verdict": "hide", "reason": "A name."}).status_code == 302
    assert client.get(address).status_code == 404
    assert "A name." in page_of(facilitator.get(reverse("record:moderation")))

    assert facilitator.post(moderate, {"verdict": "restore", "reason": "The name is public."}).status_code == 302
    assert client.get(address).status_code == 200
    assert [str(one.verdict) for one in ModerationDecision.objects.order_by("pk")] == ["hide", "restore"]


def test_a_report_can_be_answered_by_letting_it_stand(
    facilitator: Client, client: Client, statement: Statement
) -> None:
    client.post(reverse("record:report", args=[statement.pk]), {"reason": "I disagree."})

    facilitator.post(
        reverse("record:moderate", args=[statement.pk]), {"verdict": "keep", "reason": "It is an opinion."}
    )

    assert "Nothing was reported" in page_of(facilitator.get(reverse("record:moderation")))
    assert client.get(reverse("opinions:statement", args=[statement.pk])).status_code == 200


def test_hiding_twice_says_that_somebody_was_faster(facilitator: Client, statement: Statement) -> None:
    moderate = reverse("record:moderate", args=[statement.pk])
    facilitator.post(moderate, {"verdict": "hide", "reason": "A name."})

    assert facilitator.post(moderate, {"verdict": "hide", "reason": "A name."}).status_code == 409
    assert ModerationDecision.objects.count() == 1


def test_a_verdict_without_a_reason_keeps_the_page_and_changes_nothing(
    facilitator: Client, client: Client, statement: Statement
) -> None:
    client.post(reverse("record:report", args=[statement.pk]), {"reason": "It names my neighbour."})

    answer = facilitator.post(reverse("record:moderate", args=[statement.pk]), {"verdict": "hide", "reason": ""})

    assert answer.status_code == 422
    assert "It names my neighbour." in page_of(answer)
    assert not ModerationDecision.objects.exists()


@pytest.mark.parametrize("make", [make_member, make_sponsor, lambda now: make_people.make_person(now=now)])
def test_only_who_looks_after_something_meets_the_queue(make: Any, statement: Statement, now: datetime) -> None:
    client = make_people.sign_in(Client(), make(now=now))

    assert client.get(reverse("record:moderation")).status_code == 403
    hide = {"verdict": "hide", "reason": "A name."}
    assert client.post(reverse("record:moderate", args=[statement.pk]), hide).status_code == 403
    assert not ModerationDecision.objects.exists()


def test_who_looks_after_another_process_meets_nothing_of_this_one(statement: Statement, now: datetime) -> None:
    elsewhere = make_process(now=now, question="Another question?")
    client = make_people.sign_in(Client(), make_deputy(within=elsewhere.item, now=now))
    actions.report(item=statement.item, by=None, reason="It names my neighbour.", now=now)

    page = page_of(client.get(reverse("record:moderation")))

    assert "Nothing was reported" in page
    assert statement.text not in page


def test_the_queue_costs_the_same_with_two_reports_and_with_eight(
    facilitator: Client, conversation: Conversation, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for statement in statements_of(conversation)[:2]:
        actions.report(item=statement.item, by=None, reason="A name.", now=now)
    address = reverse("record:moderation")
    facilitator.get(address)

    with django_assert_max_num_queries(20) as two:
        facilitator.get(address)
    for number in range(6):
        statement = make_statement(conversation, text=f"Number {number} of them.", now=now)
        actions.report(item=statement.item, by=None, reason="A name.", now=now)
    with django_assert_max_num_queries(len(two)):
        facilitator.get(address)


# --- the record ---------------------------------------------------------------------------------


def test_the_record_shows_sealed_events_and_no_words(facilitator: Client, statement: Statement, now: datetime) -> None:
    address = reverse("record:events")
    assert "Nothing has happened yet." in page_of(facilitator.get(address))
    tasks.seal_events(now=now, above=0)

    page = page_of(facilitator.get(address))

    assert "opinions.statement_added" in page
    assert f"statement {statement.pk}" in page
    assert statement.text not in page


def test_the_record_is_read_by_those_who_answer_for_all(conversation: Conversation, now: datetime) -> None:
    process = conversation.item.within
    assert process
    within = make_people.sign_in(Client(), make_facilitator(within=process, now=now))

    assert Client().get(reverse("record:events")).status_code == 403
    assert within.get(reverse("record:events")).status_code == 403
    assert make_people.sign_in(Client(), make_sponsor(now=now)).get(reverse("record:events")).status_code == 200
