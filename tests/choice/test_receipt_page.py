"""What a receipt opens after the count: where the influence went, and what became of what was chosen and what lost."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.answers.actions import Draft
from allting.answers.models import Answer
from allting.choice import actions, influence
from allting.choice.actions import Wording
from allting.choice.models import Outcome
from allting.engine.selection import shares
from allting.engine.selection.ballots import pack_ballots
from allting.opinions.models import Conversation
from allting.processes.models import Activity
from tests.make import answers as make_answers
from tests.make import choice as make
from tests.make.opinions import make_statement
from tests.make.people import make_person

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def counted(*, seats: int = 2) -> tuple[Outcome, str]:
    """Let eight choose two, and four one; return the outcome and the receipt of one of the eight who adds a loser."""
    round_ = make.make_round(now=timezone.now(), seats=seats)
    (_person, receipt), *_others = make.cast(round_, [[0, 1, 5], *[[0, 1]] * 7, *[[3]] * 4])
    make.close(round_, now=timezone.now())
    return make.count(round_), receipt


def test_the_page_says_how_much_of_the_say_went_where() -> None:
    outcome, receipt = counted()

    page = Client().post(reverse("choice:receipt"), {"words": receipt})

    told = page.context["told"]
    spent = influence.spend([option.pk for option in page.context["mine"]], outcome.figures)
    assert [one.share for one in told.choices if one.is_chosen] == [round(share * 100) for _pk, share in spent.parts]
    assert "of your say" in text_of(page)
    assert "more ballots would have brought it in" in text_of(page) or "No number of further ballots" in text_of(page)


@given(st.lists(st.lists(st.integers(0, 4), unique=True), min_size=1, max_size=9), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_what_a_ballot_paid_is_what_the_engine_charged_it(votes: list[list[int]], seats: int) -> None:
    chosen = shares.equal_shares(pack_ballots(approvals=votes, options="abcde"), seats=seats, seed="s")
    figures = {
        "endowment": str(chosen.endowment),
        "prices": [[one.option, str(one.price), str(one.moment)] for one in chosen.purchases],
    }

    for person, approvals in enumerate(votes):
        told, purse = influence.spend(approvals, figures), chosen.purse_of_person(person)
        assert [(pk, share * chosen.income) for pk, share in told.parts] == list(purse.paid)
        assert told.unused == purse.left / chosen.income
        assert sum((share for _pk, share in told.parts), told.unused) == Fraction(1)


def test_the_sponsors_reason_stands_with_what_was_left_out() -> None:
    outcome, receipt = counted()
    kept = outcome.figures["chosen"][1:]
    actions.depart_from_outcome(
        outcome=outcome,
        options=kept,
        reason="The state sets the terms.",
        left_with_nothing_count=0,
        by=outcome.round.item.author,
        now=timezone.now(),
    )

    assert "The state sets the terms." in text_of(Client().post(reverse("choice:receipt"), {"words": receipt}))


def test_an_answer_to_what_a_lost_option_rests_on_stands_on_both_pages() -> None:
    now = timezone.now()
    round_ = make.make_round(options=3, state="preparing", now=now, seats=1)
    process, by = make.process_of(round_), round_.item.author
    conversation = Activity.objects.get(phase__process=process, kind="conversation")
    statement = make_statement(Conversation.objects.get(pk=conversation.item_id), author=make_person().actor)
    actions.take_in(round_=round_, source=statement.item, wording=Wording(title="Sundays"), by=by, now=now)
    actions.open_round(round_=round_, by=by, now=now)
    (_person, receipt), *_rest = make.cast(round_, [[3], *[[0]] * 6])
    make.close(round_, now=now)
    make.count(round_)
    make_answers.close(statement, now=now)
    refusal = Draft(
        decision=Answer.Decision.NO, reason="There is no staff on Sundays.", what_next="We ask again in May."
    )
    make_answers.make_published(process, draft=refusal, now=now)

    mine = text_of(Client().post(reverse("choice:receipt"), {"words": receipt}))
    public = text_of(Client().get(reverse("choice:outcome", args=[round_.pk])))

    for page in (mine, public):
        assert "Sundays" in page
        assert "We will not do this. Here is why." in page
        assert "There is no staff on Sundays." in page
