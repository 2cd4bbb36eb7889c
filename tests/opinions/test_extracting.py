"""Columns of whole numbers out of the database: all in one order, and nothing where there is nothing."""

from __future__ import annotations

import pytest
from django.db.models import F

from allting.opinions.extracting import read_columns, read_ids
from allting.opinions.models import Vote
from tests.make.maps import make_voted_conversation

pytestmark = pytest.mark.django_db


def test_columns_are_in_the_same_order() -> None:
    make_voted_conversation(people=7)

    who, what, doubled = read_columns(Vote.objects.all(), "actor", "statement", F("value") * 2)

    expected = Vote.objects.values_list("actor", "statement", "value")
    assert sorted(zip(who.tolist(), what.tolist(), doubled.tolist(), strict=True)) == sorted(
        (actor, statement, 2 * value) for actor, statement, value in expected
    )


def test_ids_come_ascending_and_once() -> None:
    make_voted_conversation(people=7)

    assert read_ids(Vote.objects.all(), "actor").tolist() == sorted(set(Vote.objects.values_list("actor", flat=True)))


def test_no_rows_are_empty_columns() -> None:
    who, what = read_columns(Vote.objects.all(), "actor", "statement")

    assert (who.tolist(), what.tolist()) == ([], [])
    assert read_ids(Vote.objects.none(), "actor").tolist() == []
