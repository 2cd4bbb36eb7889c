"""The public story of a strategy: every step, and what it says of a step that has not happened."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.strategy import actions as strategy
from tests.make import choice as make_choice
from tests.make import people, story
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

HEADINGS = (
    "What we asked",
    "Who took part, and who is missing",
    "What unites, and what divides",
    "What was chosen, and why",
    "What was promised",
    "What became of the rest",
    "The answers, and whether they came in time",
)


def story_of(process_id: int, client: Client | None = None, **headers: str) -> str:
    response = (client or Client()).get(reverse("answers:story", args=[process_id]), headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_story_tells_every_step_in_its_order_without_login():
    told = story.make_whole()

    page = story_of(told.process.pk)

    places = [page.index(f">{heading}</h2>") for heading in HEADINGS]
    assert places == sorted(places)
    for words in (
        "9 people chose among 6 proposals",
        "The sponsor departed from it, and says why",
        "It costs more than the others together.",
        "It leaves 7 people with none of their choices.",
        "3 proposals were not chosen.",
        "One priority was confirmed by the person who answers for it.",
        "One promise can be checked.",
        "By 30 June 2028, nine of ten drives",
        "Yes, we will. By June 2028.",
        "1 of 2 statements have their answer",
    ):
        assert words in page


def test_the_story_of_a_sponsor_who_never_decides_says_what_it_waits_for():
    told = story.make_chosen()

    page = story_of(told.process.pk)

    assert "Nothing is decided yet." in page
    assert "waits for" in page
    assert "Nothing is promised yet. When the sponsor has decided" in page


def test_after_the_decision_the_story_waits_for_those_who_answer_for_it():
    told = story.make_chosen()
    story.decide(told)

    page = story_of(told.process.pk)

    assert "The sponsor has decided, and each priority waits for the person who answers for it" in page
    assert "When the sponsor has decided" not in page


def test_a_long_chapter_is_folded_after_three():
    told = story.make_chosen()
    options = [one.item for one in make_choice.options_of(told.outcome.round)]
    for priority in strategy.draft_priorities(process=told.process, options=options, by=told.sponsor.actor, now=NOW):
        story.promise(told, priority)

    chapter = story_of(told.process.pk).split('id="promised"')[1].split("</section>")[0]

    before, folded = chapter.split("<details")
    assert before.count("<h3") == folded.count("<h3") == 3
    assert "The other three" in folded


def test_a_story_before_the_choice_says_when_it_comes():
    round_ = make_choice.make_round(now=timezone.now())

    page = story_of(make_choice.process_of(round_).pk)

    assert "Nothing is chosen yet. The round is open until" in page
    assert "Too few answered to say what unites" in page
    assert "What became of the rest" not in page


def test_fewer_than_five_ballots_give_no_figure_in_the_story():
    round_ = make_choice.make_outcome([[0, 1]] * 4, now=timezone.now()).round

    page = story_of(make_choice.process_of(round_).pk)

    assert "Fewer than five people cast a ballot." in page
    assert "4 people" not in page
    assert "6 people" not in page, "six is how many proposals there are"


def test_proposed_priorities_and_drafts_are_not_in_the_story_of_the_sponsor_either():
    told = story.make_chosen()
    story.decide(told)

    page = story_of(told.process.pk, people.sign_in(Client(), told.sponsor))

    assert "Nothing is promised yet. The sponsor has decided" in page


def test_the_whole_story_speaks_swedish():
    told = story.make_whole()

    page = story_of(told.process.pk, accept_language="sv")

    for words in ("Vad som valdes, och varför", "Uppdragsgivaren gick ifrån det", "Vad som lovades", "Ett löfte går"):
        assert words in page
    assert "What was" not in page


def test_the_story_costs_the_same_with_two_proposals_and_with_eight(django_assert_max_num_queries):
    counts = []
    for options in (2, 8):
        round_ = make_choice.make_outcome([[0, 1]] * 6, options=options, now=timezone.now()).round
        address = reverse("answers:story", args=[make_choice.process_of(round_).pk])
        Client().get(address)
        with django_assert_max_num_queries(60) as captured:
            Client().get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
