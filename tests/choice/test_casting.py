"""Ballots: one each, secret, changed by receipt alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from allting.choice import actions, receipts
from allting.choice.errors import AlreadyCast, NoSuchReceipt, RoundClosed
from allting.choice.models import Ballot, Turnout
from allting.record.models import Event
from tests.make import choice as make
from tests.make.people import make_person
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def test_casting_notes_who_and_apart_from_it_what() -> None:
    round_ = make.make_round()
    options = make.options_of(round_)
    person = make_person()

    actions.cast_ballot(round_=round_, actor=person.actor, approvals=[options[1].pk, options[0].pk], kind="customer")

    ballot = Ballot.objects.get(round=round_)
    assert (ballot.approvals, ballot.kind, ballot.shown) == ([options[0].pk, options[1].pk], "customer", None)
    assert Turnout.objects.filter(round=round_, actor=person.actor).count() == 1


def test_nothing_else_is_kept_of_a_ballot_or_of_who_cast_it() -> None:
    assert [field.name for field in Turnout._meta.local_concrete_fields] == ["round", "actor"]
    assert [field.name for field in Ballot._meta.local_concrete_fields] == [
        "id",
        "round",
        "approvals",
        "kind",
        "receipt_hash",
        "shown",  # in an open shortlist only
    ]


def test_casting_writes_no_event() -> None:
    round_ = make.make_round()
    person, option = make_person(), make.options_of(round_)[0]
    events_before = Event.objects.count()

    actions.cast_ballot(round_=round_, actor=person.actor, approvals=[option.pk])

    assert Event.objects.count() == events_before


def test_everybody_casts_once() -> None:
    round_ = make.make_round()
    [(person, _receipt)] = make.cast(round_, [[0]])

    with pytest.raises(AlreadyCast):
        actions.cast_ballot(round_=round_, actor=person.actor, approvals=[make.options_of(round_)[1].pk])

    assert Ballot.objects.filter(round=round_).count() == 1


def test_a_closed_round_accepts_no_ballot() -> None:
    round_ = make.make_round(state="closed")

    with pytest.raises(RoundClosed):
        actions.cast_ballot(round_=round_, actor=make_person().actor, approvals=[make.options_of(round_)[0].pk])


def test_a_receipt_changes_its_ballot_and_no_other() -> None:
    round_ = make.make_round()
    options = make.options_of(round_)
    [(_one, receipt), (_other, _receipt)] = make.cast(round_, [[0], [0]])

    actions.change_ballot(receipt=f"  {receipt.upper()} ", approvals=[options[2].pk], now=NOW)

    assert sorted(Ballot.objects.values_list("approvals", flat=True)) == [[options[0].pk], [options[2].pk]]


def test_without_the_receipt_nothing_is_changed() -> None:
    round_ = make.make_round()
    make.cast(round_, [[0]])

    with pytest.raises(NoSuchReceipt):
        actions.change_ballot(receipt=receipts.make_receipt(), approvals=[], now=NOW)


@pytest.mark.parametrize("how", ["its day has come", "it is closed"])
def test_after_closing_not_even_the_receipt_changes_a_ballot(how: str) -> None:
    round_ = make.make_round()
    [(_person, receipt)] = make.cast(round_, [[0]])
    late = NOW + timedelta(days=30)
    if how == "it is closed":
        make.close(round_, now=NOW)

    with pytest.raises(RoundClosed):
        actions.change_ballot(receipt=receipt, approvals=[], now=late if how == "its day has come" else NOW)


def test_a_receipt_holds_128_bits_in_eight_words_that_can_be_said() -> None:
    receipt = receipts.make_receipt()

    assert re.fullmatch(r"([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]", receipt.split()[0])
    assert len(receipt.split()) == receipts.WORD_COUNT == 8
    assert (16 * 4 * 16 * 4 * 16) ** receipts.WORD_COUNT == 2**128


def test_only_the_hash_of_a_receipt_is_stored() -> None:
    round_ = make.make_round()
    [(_person, receipt)] = make.cast(round_, [[0]])

    row = str(Ballot.objects.values().get())

    assert not any(word in row for word in receipt.split())
