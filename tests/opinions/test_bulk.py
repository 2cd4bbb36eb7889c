"""Very many people at once leave the rows that everybody leaves."""

from __future__ import annotations

import numpy as np
import pytest

from allting.engine.columns import open_columns
from allting.opinions import bulk, vote_files
from allting.opinions.models import Conversation, Participant, Vote
from allting.record.models import Actor
from tests.make.opinions import make_conversation, statements_of
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def run_of(conversation: Conversation) -> bulk.Run:
    """Three people, of whom the second answered nothing."""
    first, second, third = (it.pk for it in statements_of(conversation))
    return bulk.Run(
        first=7,
        count=3,
        people=np.array([0, 0, 2, 2, 2]),
        statements=np.array([first, second, first, second, third]),
        values=np.array([1, -1, 0, 1, 1], dtype=np.int8),
    )


def test_a_run_is_in_the_tables_as_it_was_made_up() -> None:
    conversation = make_conversation(statements=3)
    run, before = run_of(conversation), Conversation.objects.get(pk=conversation.pk).changes_count

    actors = bulk.write_run(conversation=conversation, run=run, now=NOW)

    votes = Vote.objects.order_by("actor", "statement").values_list("actor", "statement", "value", "cast_at")
    assert list(votes) == [
        (actors[person], statement, value, NOW)
        for person, statement, value in zip(run.people, run.statements, run.values, strict=True)
    ]
    people = Participant.objects.filter(conversation=conversation).order_by("actor")
    assert list(people.values_list("actor", "number_there", "first_vote_at", "network_tag")) == [
        (actor, number, NOW, "") for number, actor in enumerate(actors, start=7)
    ]
    assert set(Actor.objects.filter(pk__in=actors.tolist()).values_list("kind", flat=True)) == {Actor.Kind.IMPORTED}
    assert [it.views_count for it in statements_of(conversation)] == [2, 2, 1]
    assert Conversation.objects.get(pk=conversation.pk).changes_count == before + 5


def test_files_written_along_hold_the_same(settings: object, tmp_path: object) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    conversation = make_conversation(statements=3)
    run, beside = run_of(conversation), bulk.Beside(conversation, is_new=True)

    beside.add(run, bulk.write_run(conversation=conversation, run=run, now=NOW))
    beside.close()
    along = open_columns(vote_files.folder_of(conversation.pk)).digest()
    Conversation.objects.update(columns_mark="")
    vote_files.bring_up_to_date(conversation.pk)

    assert open_columns(vote_files.folder_of(conversation.pk)).digest() == along
