"""Without script nothing keeps a button from being pressed twice: the second answer is the one that people see."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions, queries, receipts
from allting.choice.models import Ballot, Round
from tests.make import choice as make
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_() -> Round:
    return make.make_round(limit=3, now=timezone.now())


@pytest.fixture
def signed_in(client: Client) -> Client:
    return sign_in(client, make_person())


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def url(name: str, round_: Round) -> str:
    return reverse(f"choice:{name}", args=[round_.pk])


def pks(round_: Round, *places: int) -> list[int]:
    return [make.options_of(round_)[place].pk for place in places]


def press_of(page: str) -> str:
    return re.search(r'name="press" value="([^"]+)"', page)[1]  # type: ignore[index]


def receipt_in(page: str) -> str:
    return re.search(r'id="receipt-words" translate="no">([^<]+)<', page)[1]  # type: ignore[index]


def test_a_second_press_of_the_button_shows_the_same_receipt(signed_in: Client, round_: Round) -> None:
    review = text_of(signed_in.post(url("review", round_), {"options": pks(round_, 0)}))
    sent = {"options": pks(round_, 0), "press": press_of(review)}

    first, second = (text_of(signed_in.post(url("cast", round_), sent)) for _press in range(2))

    assert receipt_in(first) == receipt_in(second)
    assert Ballot.objects.count() == 1
    assert queries.get_ballot_by(receipt_in(second)).approvals == pks(round_, 0)


def test_two_presses_side_by_side_show_the_same_receipt(
    signed_in: Client, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second was let in before the first had cast."""
    sent = {
        "options": pks(round_, 0),
        "press": press_of(text_of(signed_in.post(url("review", round_), {"options": pks(round_, 0)}))),
    }
    really, receipts_seen = actions.cast_ballot, []

    def cast_twice(**said: Any) -> Any:
        receipts_seen.append(really(**said).receipt)
        return really(**said)

    monkeypatch.setattr(actions, "cast_ballot", cast_twice)

    assert receipt_in(text_of(signed_in.post(url("cast", round_), sent))) == receipts_seen[0]


def test_nobody_gets_the_receipt_with_another_press_or_an_old_one_or_as_somebody_else(
    signed_in: Client, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time()
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: began - 20 * 60)
        old = receipts.make_press()
    signed_in.post(url("cast", round_), {"options": pks(round_, 0), "press": (press := receipts.make_press())})

    for other in ("", "made up", old, receipts.make_press()):
        response = signed_in.post(url("cast", round_), {"options": pks(round_, 0), "press": other})
        assert response.status_code == 403
        assert "receipt-words" not in text_of(response)
    theirs = receipts.receipt_of_press(press, round_id=round_.pk, actor_id=make_person().actor.pk)
    assert not queries.is_cast_with(theirs, round_=round_)
