"""What may be answered together is suggested by the place on the map; the facilitator decides."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from allting.answers import actions, queries
from allting.answers.models import AnswerGroup
from allting.opinions import grouping
from allting.processes import queries as processes
from allting.record.viewers import SYSTEM
from tests.make import answers as make
from tests.make import maps, opinions, people
from tests.make import processes as making

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation():
    """A conversation with a map whose statements were written by participants."""
    conversation = maps.make_voted_conversation(people=60)
    maps.make_map(conversation)
    for statement in opinions.statements_of(conversation):
        statement.item.author = opinions.make_device_actor()
        statement.item.save()
    conversation.statements.update(is_seed=False)
    return conversation


@pytest.fixture
def process(conversation):
    return make.close(opinions.statements_of(conversation)[0])


def test_a_conversation_groups_by_place_on_the_map_each_statement_once(conversation):
    groupings = grouping.groupings_of(conversation.pk)

    titles = [str(one.title) for one in groupings]
    everything = [pk for one in groupings for pk in one.item_ids]
    assert titles[0] == "What nearly everyone agrees on"
    assert "What Group A stands for" in titles
    assert len(everything) == len(set(everything))
    assert set(everything) <= {one.pk for one in opinions.statements_of(conversation)}


def test_without_a_map_nothing_is_suggested():
    assert grouping.groupings_of(opinions.make_conversation().pk) == ()


def test_a_suggestion_is_put_together_with_one_button(process):
    facilitator = people.sign_in(Client(), making.make_facilitator())
    address = reverse("answers:prepare", args=[process.pk])
    suggestion = queries.suggestions_for(process, viewer=SYSTEM)[0]
    page = facilitator.get(address).content.decode()

    response = facilitator.post(address, {"groups": suggestion.group_ids, "title": suggestion.title})

    joined = AnswerGroup.objects.get(title=suggestion.title)
    assert "By their place on the map" in page
    assert f"{suggestion.title}: {len(suggestion.group_ids)} statements" in page
    assert response["Location"] == reverse("answers:write", args=[joined.pk])
    assert joined.owed.count() == len(suggestion.group_ids)


def test_what_has_a_draft_or_was_put_together_is_not_suggested_again(process):
    first, *_others = queries.suggestions_for(process, viewer=SYSTEM)
    drafted, *rest = first.group_ids
    by = process.item.author
    actions.write_answer(group=AnswerGroup.objects.get(pk=drafted), draft=make.YES, by=by, now=make.IN_TIME)
    actions.join_groups(groups=AnswerGroup.objects.filter(pk__in=rest), title="Together", by=by, now=make.IN_TIME)

    again = {pk for one in queries.suggestions_for(process, viewer=SYSTEM) for pk in one.group_ids}

    assert not again & set(first.group_ids)


def test_suggestions_cost_the_same_for_two_and_for_many(process, django_assert_max_num_queries):
    process = processes.processes_by_id([process.pk])[process.pk]
    with django_assert_max_num_queries(12):
        queries.suggestions_for(process, viewer=SYSTEM)
