from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from allting.record import actions, kinds, queries
from allting.record.errors import NotFound, Refused
from allting.record.models import Actor, Item, Link
from allting.record.viewers import NOBODY, Viewer
from tests.record.conftest import NOW, Notes, write_note

pytestmark = pytest.mark.django_db

R = Link.Relation


def rest(younger: Item, older: Item, actor: Actor, relation: Link.Relation = R.RESTS_ON) -> None:
    actions.link(younger=younger, older=older, relation=relation, by=actor, now=NOW)


def words(tree: queries.Tree) -> list[tuple[int, str]]:
    return [(step.depth, step.card.words) for step in tree.branches]


def test_why_walks_down_to_the_first_words(notes: Notes, actor: Actor) -> None:
    promise, priority, statement = (write_note(actor, title) for title in ("promise", "priority", "statement"))
    rest(promise, priority, actor, R.DELIVERS)
    rest(priority, statement, actor)

    tree = queries.why(promise, viewer=NOBODY)

    assert words(tree) == [(0, "priority"), (1, "statement")]
    assert [str(step.relation) for step in tree.branches] == ["delivers the priority", "which rests on"]


def test_what_came_of_it_walks_up_the_same_links(notes: Notes, actor: Actor) -> None:
    promise, priority, statement = (write_note(actor, title) for title in ("promise", "priority", "statement"))
    rest(promise, priority, actor, R.DELIVERS)
    rest(priority, statement, actor)

    assert words(queries.what_came_of(statement, viewer=NOBODY)) == [(0, "priority"), (1, "promise")]


def test_a_circle_of_links_ends(notes: Notes, actor: Actor) -> None:
    one, two = write_note(actor, "one"), write_note(actor, "two")
    rest(one, two, actor)
    rest(two, one, actor)

    tree = queries.why(one, viewer=NOBODY)

    assert words(tree) == [(0, "two"), (1, "one")]
    assert tree.branches[1].is_shown_above


def test_a_contradiction_is_shown_but_not_walked(notes: Notes, actor: Actor) -> None:
    plan, objection, ground = (write_note(actor, title) for title in ("plan", "objection", "ground"))
    rest(plan, objection, actor, R.CONTRADICTS)
    rest(objection, ground, actor)

    assert words(queries.why(plan, viewer=NOBODY)) == [(0, "objection")]


def test_a_step_that_is_not_open_is_counted_and_not_shown(notes: Notes, actor: Actor) -> None:
    top, secret = write_note(actor, "top"), write_note(actor, "secret")
    rest(top, secret, actor)
    notes.secret.add(secret.pk)

    tree = queries.why(top, viewer=NOBODY)

    assert tree == queries.Tree([], unseen_count=1)


def test_what_was_taken_over_word_for_word_is_not_read_twice(notes: Notes, actor: Actor) -> None:
    plan, proposal, statement = (write_note(actor, title) for title in ("Plan", "Time the lights.", "time the lights"))
    rest(plan, proposal, actor)
    rest(proposal, statement, actor)

    tree = queries.why(plan, viewer=NOBODY)

    assert [step.title for step in tree.branches] == ["Time the lights.", "Note, word for word"]


def test_a_tree_costs_the_same_number_of_queries_at_any_size(
    notes: Notes, actor: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = write_note(actor, "top")
    for number in range(2):
        rest(top, write_note(actor, f"leaf {number}"), actor)
    with django_assert_num_queries(3):
        queries.why(top, viewer=NOBODY)
    for number in range(6):
        rest(top, write_note(actor, f"more {number}"), actor)
    with django_assert_num_queries(3):
        queries.why(top, viewer=NOBODY)


def test_a_large_tree_is_folded_and_asks_for_figures_of_the_first_steps_only(notes: Notes, actor: Actor) -> None:
    top = write_note(actor, "top")
    for number in range(250):
        rest(top, write_note(actor, f"note {number}"), actor)

    tree = queries.why(top, viewer=NOBODY)

    assert len(tree.shown) == queries.SHOWN_AT_ONCE
    assert tree.folded_count == 250 - queries.SHOWN_AT_ONCE
    assert len(tree.folded) == queries.LISTED_AT_MOST - queries.SHOWN_AT_ONCE
    assert tree.unlisted_count == 50
    assert len(notes.asked_for_backing) == queries.SHOWN_AT_ONCE


def test_how_people_stand_to_a_step_is_asked_of_its_kind_and_not_of_what_is_not_open(
    notes: Notes, actor: Actor
) -> None:
    top, seen, secret = (write_note(actor, title) for title in ("top", "seen", "secret"))
    for older in (seen, secret):
        rest(top, older, actor)
    notes.secret.add(secret.pk)
    notes.backing[seen.pk] = kinds.Backing(note="5 people answered", own="You agreed.")

    tree = queries.why(top, viewer=NOBODY)

    assert notes.asked_for_backing == [seen.pk]
    assert [step.backing.own for step in tree.own] == ["You agreed."]


def test_what_may_not_be_seen_is_not_there(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    notes.secret.add(note.pk)

    with pytest.raises(NotFound):
        queries.get_item_for(NOBODY, note.pk)


def test_what_may_be_seen_but_not_done_is_refused_with_the_reason(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)

    with pytest.raises(Refused) as refused:
        queries.get_item_for(NOBODY, note.pk, to="moderate")

    assert str(refused.value.sentence) == "Only the facilitator decides."


def test_the_queue_shows_only_what_the_viewer_may_decide(notes: Notes, actor: Actor) -> None:
    note = write_note(actor)
    actions.report(item=note, by=None, reason="Look at this.", now=NOW)
    facilitator = Viewer(actor=actor, person=object(), roles=frozenset({("facilitator", None)}))

    assert queries.reported_items(NOBODY) == []
    assert [reported.reasons for reported in queries.reported_items(facilitator)] == [["Look at this."]]


def test_the_record_is_closed_to_strangers(db: None) -> None:
    with pytest.raises(Refused):
        queries.sealed_events(NOBODY)
