"""From the map to the ballot: what a conversation offers, and what the option then rests on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice.models import Option
from allting.opinions.models import Conversation
from allting.people import actions as people
from allting.processes.models import Activity
from allting.record.kinds import Words
from allting.record.models import Link
from tests.make import choice as make
from tests.make import maps, processes
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    """The conversation of a strategy round that is at its choosing, with a map."""
    now = timezone.now()
    round_ = make.make_round(options=0, state="preparing", now=now)
    process = make.process_of(round_)
    activity = Activity.objects.get(phase__process=process, kind="conversation")
    found = Conversation.objects.select_related("item").get(pk=activity.item_id)
    maps.add_votes(found, maps.make_export(people=40, seed=3), now=now)
    maps.make_map(found, now=now)
    return found


def test_what_unites_divides_and_stands_for_a_group_is_offered_and_taken_in(conversation: Conversation) -> None:
    facilitator = sign_in(Client(), processes.make_facilitator(now=timezone.now()))
    round_ = make.round_in(conversation.item.within.process)  # type: ignore[union-attr]
    page = facilitator.get(reverse("choice:workbench", args=[round_.pk]))
    offered = page.context["candidates"].rows
    assert offered
    first = offered[0]

    facilitator.post(reverse("choice:take_in", args=[round_.pk]), {"items": first.item.pk})
    facilitator.post(reverse("choice:take_in", args=[round_.pk]), {"items": first.item.pk})

    [option] = make.options_of(round_)
    assert (option.source_id, option.text, option.why) == (first.item.pk, first.words, first.why)
    assert Link.objects.filter(younger=option.item, older=first.item, relation="rests_on").count() == 1


def test_erasing_the_author_blanks_the_words_and_leaves_the_option() -> None:
    round_ = make.make_round(options=0, state="preparing", now=timezone.now())
    author = make_person(name="Astrid Ask")
    from allting.choice import actions
    from tests.make.opinions import make_statement

    activity = Activity.objects.get(phase__process=make.process_of(round_), kind="conversation")
    statement = make_statement(Conversation.objects.get(pk=activity.item_id), author=author.actor)
    wording = actions.Wording(title="Sundays at the library", text=statement.text)
    by = round_.item.author
    actions.take_in(round_=round_, source=statement.item, wording=wording, by=by, now=timezone.now())

    people.erase_person(person=author, words=Words.BLANKED, now=timezone.now())

    option = Option.objects.get()
    assert (option.title, option.text) == ("Sundays at the library", "…")
