"""Waiting for you: one page for each role, filled by rooms that do not know each other."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers import waiting
from allting.people import actions as people_actions
from allting.people.models import Person, RoleName
from allting.processes import telling
from allting.processes.telling import Deed
from tests.make import answers as make
from tests.make import choice as make_choice
from tests.make import people, story
from tests.make import processes as making
from tests.make import strategy as make_strategy
from tests.make.processes import NOW, viewer_of

pytestmark = pytest.mark.django_db


def deeds_of(person: Person) -> list[tuple[Deed, str]]:
    return [(one.deed, str(one.title)) for one in telling.waiting_for(viewer_of(person), now=NOW)]


def page_of(person: Person) -> str:
    response = people.sign_in(Client(), person).get(reverse("answers:waiting"))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_sponsor_decides_until_it_is_decided():
    told = story.make_chosen()
    before = deeds_of(told.sponsor)
    story.decide(told)

    assert (Deed.DECIDE, "The three that were chosen") in before
    assert not [deed for deed, _title in deeds_of(told.sponsor) if deed is Deed.DECIDE]


def test_the_facilitator_is_told_whom_to_ask_for_a_decision_and_for_owners():
    told = story.make_chosen()
    facilitator = making.make_facilitator()
    before = deeds_of(facilitator)
    story.decide(told)

    assert (Deed.PREPARE, "Ask the sponsor to decide") in before
    assert (Deed.PREPARE, "Ask the sponsor to decide") not in deeds_of(facilitator)
    assert (Deed.PREPARE, "Name who answers for 3 priorities") in deeds_of(facilitator)


def test_whoever_prepares_and_decides_is_not_told_to_ask_themselves():
    told = story.make_chosen()
    people_actions.give_role(person=told.sponsor, role=RoleName.FACILITATOR, by=told.process.item.author, now=NOW)

    sections = waiting.sections_for(viewer_of(told.sponsor), now=NOW)

    titles = [thing.title for section in sections for thing in section.things]

    assert "The three that were chosen" in titles
    assert "Ask the sponsor to decide" not in titles


def test_nobody_else_is_asked_to_decide():
    told = story.make_chosen()

    assert deeds_of(told.lead) == []
    assert deeds_of(making.make_member()) == []
    assert deeds_of(people.make_person(name="Somebody Else")) == []


def test_an_owner_confirms_then_promises_then_has_nothing_to_do():
    process = making.make_process()
    owner = make_strategy.make_lead(process)
    candidate = make_strategy.make_candidate(process, owner=owner)
    asked = deeds_of(owner)
    confirmed = make_strategy.actions.confirm_priority(
        priority=candidate, words=make_strategy.WORDS, by=owner.actor, now=NOW
    )
    without_promise = deeds_of(owner)
    draft = make_strategy.make_draft(confirmed)
    (with_draft,) = telling.waiting_for(viewer_of(owner), now=NOW)
    make_strategy.actions.publish_promise(promise=draft, words=make_strategy.PROMISE, by=owner, now=NOW)

    assert [deed for deed, _title in asked] == [Deed.CONFIRM]
    assert [deed for deed, _title in without_promise] == [Deed.PROMISE]
    assert with_draft.address == reverse("strategy:edit_promise", args=[draft.pk])
    assert deeds_of(owner) == []


def test_the_page_brings_the_rooms_together_late_first(monkeypatch):
    told = story.make_chosen()
    story.owe(told)
    monkeypatch.setattr(timezone, "now", lambda: NOW)

    page = page_of(told.sponsor)

    assert page.index(">Decide</h2>") > 0
    assert "Confirm, or depart with a reason." in page
    assert page.count("button-filled") == 1


def test_an_owner_without_a_role_in_the_organisation_finds_the_page():
    process = making.make_process()
    owner = people.make_person(name="Marcus Oyelaran")
    make_strategy.make_candidate(process, owner=owner)

    assert "You are asked to answer for this." in page_of(owner)


def test_the_page_speaks_swedish():
    told = story.make_chosen()
    Person.objects.filter(pk=told.sponsor.pk).update(language="sv")

    page = page_of(told.sponsor)

    assert "Fatta beslut" in page
    assert "De tre som valdes" in page


def test_hundreds_of_late_answers_are_five_and_a_way_to_the_rest(monkeypatch):
    process = make.make_owed(*[f"Statement {number}." for number in range(40)])
    monkeypatch.setattr(timezone, "now", lambda: make.LATE)

    page = page_of(making.make_sponsor())

    assert "40 things wait for you." in page
    assert page.count('class="waiting-thing"') == 5
    assert reverse("answers:prepare", args=[process.pk]) in page
    assert "minutes." not in page


def test_what_waits_costs_the_same_with_two_things_and_with_eight(django_assert_max_num_queries):
    counts = []
    for number in (2, 8):
        process = making.make_process()
        owner = make_strategy.make_lead(process, name=f"Owner {number}")
        for _each in range(number):
            make_strategy.make_candidate(process, owner=owner)
        viewer = viewer_of(owner)
        with django_assert_max_num_queries(60) as captured:
            assert len(telling.waiting_for(viewer, now=NOW)) == number
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_counted_round_of_somebody_elses_process_is_not_shown():
    make_choice.make_outcome([[0]] * 5)
    process = making.make_process(question="Another question?")
    sponsor_elsewhere = making.make_sponsor(within=process.item)

    assert deeds_of(sponsor_elsewhere) == []
