"""What a process may ask of a round: open on its day, be wiped, say what to do next."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from allting.choice import activity, queries
from allting.choice.actions import Wording, add_option, change_round, confirm_outcome, open_round, wipe_round
from allting.choice.models import Ballot, Round, Turnout
from allting.processes import actions as processes
from allting.processes.models import Activity
from allting.record.models import Actor, Event
from tests.make import choice as make_choice
from tests.make import processes as make_processes
from tests.make.choice import make_outcome, make_round
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

BALLOTS = [[0, 1], [0, 1], [0, 2], [1, 2], [0], [2]]


def titles(round_: Round, *, now: datetime = NOW) -> list[str]:
    return [str(step.title) for step in activity.next_steps(round_.pk, now)]


def test_ballots_that_were_brought_in_are_counted_as_ballots_cast() -> None:
    """They name nobody: no row says who took part."""
    outcome = make_outcome(BALLOTS)
    Turnout.objects.all().delete()

    cast, _proposals = activity.counts(outcome.round_id)

    assert cast.figure == len(BALLOTS)


# --- opening by itself --------------------------------------------------------------------------


def test_a_round_with_proposals_opens_on_its_day() -> None:
    round_ = make_round(state="preparing")

    processes.open_due(now=NOW)

    opened = make_choice.fresh(round_)
    assert opened.opened_at == NOW
    assert opened.seed_commitment
    event = Event.objects.select_related("actor").get(name="choice.round_opened")
    assert event.actor.kind == Actor.Kind.SYSTEM


@pytest.mark.parametrize("options", [0, 1])
def test_a_round_without_a_choice_stays_shut_and_says_what_lacks(options: int) -> None:
    round_ = make_round(state="preparing", options=options)

    processes.open_due(now=NOW)

    assert make_choice.fresh(round_).opened_at is None
    first = activity.next_steps(round_.pk, NOW)[0]
    assert first.title == "The round could not open"
    assert "It needs at least two proposals." in str(first.help)


def test_a_round_of_money_without_costs_stays_shut_and_says_what_lacks() -> None:
    round_ = make_round(state="preparing")
    change_round(round_=round_, seats=3, approvals_limit=8, budget=100, by=round_.item.author, now=NOW)

    processes.open_due(now=NOW)

    assert make_choice.fresh(round_).opened_at is None
    assert "Every proposal needs a cost" in str(activity.next_steps(round_.pk, NOW)[0].help)


def test_what_lacked_can_be_put_right_and_opened_by_hand() -> None:
    round_ = make_round(state="preparing", options=1)
    processes.open_due(now=NOW)
    by = round_.item.author
    add_option(round_=round_, wording=Wording(title="Another"), by=by, now=NOW)

    assert titles(round_) == ["Open the round"]
    open_round(round_=round_, by=by, now=NOW)

    assert titles(round_) == []


def test_a_round_that_was_opened_early_stays_as_it_is_on_its_day() -> None:
    round_ = make_round(state="open")

    processes.open_due(now=NOW + timedelta(hours=1))

    assert make_choice.fresh(round_).opened_at == NOW
    assert Event.objects.filter(name="choice.round_opened").count() == 1
    assert Activity.objects.get(item=round_.pk).opened_at == NOW + timedelta(hours=1)


# --- what to do next ----------------------------------------------------------------------------


def test_896_proposals_ask_for_a_shortlist() -> None:
    round_ = make_round(state="preparing", options=2)
    option = make_choice.options_of(round_)[0]
    assert titles(round_) == ["Open the round"]

    from_ = Round.objects.get(pk=round_.pk)
    for number in range(896 - 2):
        make_option(from_, option.item.author, number)

    assert titles(round_) == ["Open the round", "Make a shortlist"]
    assert "896 proposals" in str(activity.next_steps(round_.pk, NOW)[1].help)


def make_option(round_: Round, by: Actor, number: int) -> None:
    add_option(round_=round_, wording=Wording(title=f"Proposal {number}"), by=by, now=NOW)


def test_an_outcome_that_waits_for_weeks_asks_for_the_sponsor() -> None:
    outcome = make_outcome(BALLOTS)
    weeks_later = NOW + timedelta(days=21)

    step = activity.next_steps(outcome.round_id, weeks_later)[0]
    at_once = activity.next_steps(outcome.round_id, NOW)[0]
    told = activity.what_was_chosen(outcome.round_id, make_processes.viewer_of(make_processes.make_member()))

    assert step.title == "Ask the sponsor to decide"
    assert "21 days" in str(step.help)
    assert "0 days" not in str(at_once.help)
    assert told
    assert told[1]["waits_since"] == NOW


def test_what_was_decided_on_waits_for_nobody() -> None:
    outcome = make_outcome(BALLOTS)
    confirm_outcome(outcome=outcome, by=make_processes.make_sponsor().actor, now=NOW)

    assert titles(outcome.round, now=NOW + timedelta(days=21)) == []
    assert queries.awaits_decision_since(outcome.round_id) is None


def test_the_steps_speak_swedish() -> None:
    outcome = make_outcome(BALLOTS)

    with translation.override("sv"):
        assert titles(outcome.round) != ["Ask the sponsor to decide"]


# --- wiping -------------------------------------------------------------------------------------


def test_wiping_takes_ballots_turnout_and_the_opening_back() -> None:
    round_ = make_round()
    make_choice.cast(round_, BALLOTS)

    wipe_round(round_=round_, now=NOW)

    assert (Ballot.objects.count(), Turnout.objects.count()) == (0, 0)
    assert make_choice.fresh(round_).opened_at is None
    assert make_choice.fresh(round_).seed == ""
    assert len(queries.options_of(round_)) == 6


def test_wiped_twice_it_is_wiped() -> None:
    round_ = make_round()

    for _time in range(2):
        wipe_round(round_=round_, now=NOW)

    assert len(queries.options_of(round_)) == 6


def test_a_round_that_has_closed_is_left_alone() -> None:
    outcome = make_outcome(BALLOTS)

    wipe_round(round_=outcome.round, now=NOW)

    assert Ballot.objects.count() == len(BALLOTS)
    assert not Event.objects.filter(name="choice.round_wiped").exists()
