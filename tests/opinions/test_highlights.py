"""What the process page and a statement's page show of the published figures."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions, activity, figures, highlights
from allting.opinions.models import Vote
from allting.processes.models import Activity
from allting.record import actions as record
from allting.record.viewers import NOBODY
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import make_conversation
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def test_what_unites_comes_before_what_divides_with_a_bar_for_each_group() -> None:
    conversation = make_voted_conversation()
    make_map(conversation)
    actions.name_groups(conversation=conversation, names={"A": "Walk and care"}, by=conversation.item.author, now=NOW)

    found = highlights.highlights_of(conversation_id=conversation.pk)

    assert [highlight.kicker for highlight in found][:2] == ["Nearly everyone agrees", "Here people part ways"]
    united, divided = found[:2]
    assert [bar.name for bar in united.bars] == ["Walk and care", "Group B"]
    assert min(bar.agree for bar in united.bars) > 0.6
    assert max(bar.agree for bar in divided.bars) - min(bar.agree for bar in divided.bars) > 0.4


def test_a_statement_with_few_answers_asks_for_more_until_it_closes() -> None:
    conversation = make_voted_conversation(votes_each=9)
    rare = conversation.statements.order_by("pk")[9]
    spared = Vote.objects.filter(statement=rare).values("pk")[20:]
    Vote.objects.filter(pk__in=spared).delete()
    make_map(conversation)

    asked_for = activity.KIND.highlights(conversation.pk, NOBODY)
    Activity.objects.filter(item=conversation.item).update(closed_at=NOW)
    after_closing = activity.KIND.highlights(conversation.pk, NOBODY)

    assert asked_for
    assert after_closing
    last = asked_for[1]["highlights"][-1]
    assert (last.statement, last.kicker, last.answered_count) == (rare, "Short of votes", 20)
    assert rare not in [highlight.statement for highlight in after_closing[1]["highlights"]]


def test_what_is_not_sure_to_unite_is_neither_said_to_nor_offered_for_a_ballot() -> None:
    conversation = make_voted_conversation()
    snapshot = make_map(conversation)
    sure = [it for it in figures.from_data(snapshot.figures).unites if it.is_sure]
    first, second = sure[0].statement, sure[1].statement
    for ranked in snapshot.figures["unites"]:
        ranked[-1] = ranked[0] == second
    snapshot.figures |= {"divides": [], "distinctive": {letter: [] for letter in snapshot.figures["distinctive"]}}
    snapshot.save()

    united = highlights.highlights_of(conversation_id=conversation.pk)[0]
    offered = [statement.pk for statement, _why in highlights.candidates_of(conversation_id=conversation.pk)]

    assert first != second
    assert (united.kicker, united.statement.pk) == ("Nearly everyone agrees", second)
    assert offered == [second]


def test_the_process_page_gets_them_as_a_part() -> None:
    conversation = make_voted_conversation()
    make_map(conversation)

    part = activity.KIND.highlights(conversation.pk, NOBODY)

    assert part is not None
    page = render_to_string(part[0], dict(part[1]))
    assert "Nearly everyone agrees" in page
    assert 'class="bars"' in page


def test_a_statement_that_was_hidden_since_is_left_out() -> None:
    conversation = make_voted_conversation()
    make_map(conversation)
    first = highlights.highlights_of(conversation_id=conversation.pk)[0].statement
    record.hide(item=first.item, by=conversation.item.author, reason="No.", now=NOW)

    assert first not in [one.statement for one in highlights.highlights_of(conversation_id=conversation.pk)]


def test_before_a_map_and_with_few_people_nothing_is_said() -> None:
    few = make_voted_conversation(people=8)
    make_map(few)

    assert activity.KIND.highlights(make_conversation().pk, NOBODY) is None
    assert activity.KIND.highlights(few.pk, NOBODY) is None


def test_how_others_answered_is_shown_only_to_those_who_answered(client: Client) -> None:
    conversation = make_voted_conversation(now=timezone.now())
    make_map(conversation, now=timezone.now())
    statement = highlights.highlights_of(conversation_id=conversation.pk)[0].statement
    url = reverse("opinions:statement", args=[statement.pk])

    before = client.get(url).content.decode()
    client.post(reverse("opinions:vote", args=[statement.pk]), {"answer": "agree"})
    after = client.get(url).content.decode()

    assert "How people answered" not in before
    assert "How people answered" in after
    assert 'class="bars"' in after
