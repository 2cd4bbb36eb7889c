"""What a process shows of its conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from allting.opinions import activity
from allting.opinions.models import Conversation, Statement, View
from allting.processes import actions as processes
from allting.record.models import Event
from allting.record.viewers import NOBODY
from tests.make import processes as make
from tests.make.opinions import cast, make_conversation, make_statement, statements_of
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def test_a_process_gets_its_conversation_with_the_question() -> None:
    process = make.make_process(state="draft")

    conversation = Conversation.objects.get(pk=make.activity_in(process).item_id)

    assert conversation.item.title == process.item.title
    assert conversation.item.within == process.item


def test_the_process_page_gets_a_first_statement_to_answer_and_writes_nothing() -> None:
    conversation = make_conversation()

    part = activity.KIND.part(conversation.pk, NOBODY)

    assert part is not None
    page = render_to_string(part[0], dict(part[1]))
    assert page.count('class="answer"') == 3
    assert "Nobody sees how you vote, only the totals." in page
    assert not View.objects.exists()


def test_an_empty_conversation_has_no_first_statement() -> None:
    assert activity.KIND.part(make_conversation(statements=0).pk, NOBODY) is None


def test_closing_a_process_closes_its_conversation_once() -> None:
    conversation = make_conversation()
    cast(statements_of(conversation)[0])
    later = NOW + timedelta(days=60)

    processes.close_due(now=later)
    processes.close_due(now=later)

    event = Event.objects.get(name="opinions.conversation_closed")
    assert event.item_id == conversation.pk
    assert "people" not in event.data


def test_next_steps_name_what_waits_first() -> None:
    conversation = make_conversation()
    make_statement(conversation, state=Statement.State.WAITING, now=NOW - timedelta(hours=19))
    for number in range(12):
        cast(statements_of(conversation)[0], now=NOW + timedelta(seconds=number), network_tag="rush")

    steps = activity.KIND.next_steps(conversation.pk, NOW)

    assert [str(step.title) for step in steps] == ["Look at 1 new statement", "Look at many at once"]
    assert steps[0].help == "The oldest has waited 19 hours; you promised 24."
    assert steps[0].is_urgent


def test_an_empty_conversation_asks_for_its_first_statements() -> None:
    conversation = make_conversation(statements=0)

    assert [str(step.title) for step in activity.KIND.next_steps(conversation.pk, NOW)] == [
        "Write the first statements"
    ]


def test_counts_say_nothing_about_people_before_a_map_is_published() -> None:
    conversation = make_conversation()
    for _person in range(9):
        cast(statements_of(conversation)[0])

    counts = activity.KIND.counts(conversation.pk)

    assert [count.figure for count in counts] == [None, 3, None]


def test_a_closed_conversation_does_not_ask_for_first_statements() -> None:
    is_open = make_conversation(statements=0)
    closed = make_conversation(statements=0, state="closed")

    assert "Write the first statements" in {str(step.title) for step in activity.next_steps(is_open.pk, NOW)}
    assert not list(activity.next_steps(closed.pk, NOW))
