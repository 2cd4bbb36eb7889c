"""The sponsor's sheet, and whom a list of options leaves with nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import queries
from allting.choice.models import Ballot, Outcome, Support
from allting.people.models import RoleName
from tests.make import choice as make
from tests.make import processes
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db


def brief_of(outcome: Outcome, client: Client | None = None) -> Any:
    client = client or sign_in(Client(), processes.make_sponsor(now=timezone.now()))
    return client.get(reverse("choice:brief", args=[outcome.round.pk]))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def outcome() -> Outcome:
    """Nine citizens and six customers: trails unite, the ordinance divides, parking is all that customers have."""
    kinds = dict.fromkeys(range(9), "citizen") | dict.fromkeys(range(9, 15), "customer")
    return make.make_outcome(
        [[0, 1, 5]] * 5 + [[0, 1]] * 4 + [[0, 3, 4]] * 4 + [[3, 4]] * 2, kinds=kinds, seats=2, now=timezone.now()
    )


def test_the_sheet_says_what_unites_what_divides_and_who_is_missing(outcome: Outcome) -> None:
    page = text_of(brief_of(outcome))

    assert "Two priorities." in page
    assert "15 ballots." in page
    assert "Citizen or neighbour: 9 of 9. Customer or user: 0 of 6." in page
    assert "None, or fewer than five, as: Employee, Partner or supplier, Public body or researcher, Owner." in page
    assert "What plain counting would have given" in page


def test_it_says_what_each_choice_leaves_out_and_what_a_swap_would(outcome: Outcome) -> None:
    told = brief_of(outcome).context["brief"]

    titles = {option.pk: option.title for option in make.options_of(outcome.round)}
    chosen = outcome.figures["chosen"]
    for pk, (title, _supporters, left) in zip(chosen, told.left_out.rows, strict=True):
        counted = count_by_hand(outcome, [one for one in chosen if one != pk])
        assert title == titles[pk]
        assert left == (str(counted) if counted >= 5 or not counted else "fewer than five")
    for _title, _supporters, instead_of, _left in told.near_misses.rows:
        assert instead_of in {titles[pk] for pk in chosen}


def count_by_hand(outcome: Outcome, kept: Sequence[int]) -> int:
    ballots = Ballot.objects.filter(round=outcome.round).values_list("approvals", flat=True)
    return sum(bool(approvals) and not set(approvals) & set(kept) for approvals in ballots)


def test_who_is_left_with_nothing_is_counted_without_reading_a_ballot(
    outcome: Outcome, django_assert_num_queries: Any
) -> None:
    kept = outcome.figures["chosen"][:1]
    by_hand = count_by_hand(outcome, kept)

    with django_assert_num_queries(1):
        count = queries.left_with_nothing(outcome.round, kept)

    assert count == by_hand


def test_a_bit_for_each_ballot_and_no_ballot_id_is_kept(outcome: Outcome) -> None:
    stored = b"".join(bytes(bits) for bits in Support.objects.values_list("bits", flat=True))

    assert not any(pk.bytes in stored for pk in Ballot.objects.values_list("pk", flat=True))
    assert Support.objects.count() == 6 + 1


def test_the_sheet_is_for_the_sponsor_and_those_who_look_after_it(outcome: Outcome) -> None:
    now = timezone.now()

    assert brief_of(outcome, sign_in(Client(), processes.make_facilitator(now=now))).status_code == 200
    assert brief_of(outcome, sign_in(Client(), make_person())).status_code == 403
    assert brief_of(outcome, Client()).status_code == 403


def test_the_decision_page_leads_to_it(outcome: Outcome) -> None:
    sponsor = sign_in(Client(), processes.make_sponsor(now=timezone.now()))

    page = text_of(sponsor.get(reverse("choice:decide", args=[outcome.round.pk])))

    assert reverse("choice:brief", args=[outcome.round.pk]) in page


def test_where_people_were_invited_the_turnout_is_a_share_of_them() -> None:
    now = timezone.now()
    round_ = make.make_round(now=now, open_to="invited")
    for _person in range(10):
        make_person(role=RoleName.PARTICIPANT, within=make.process_of(round_).item)
    make.cast(round_, [[0]] * 5)
    make.close(round_, now=now)

    assert "5 ballots of 10 who were invited, 50 %." in text_of(brief_of(make.count(round_, now=now)))
