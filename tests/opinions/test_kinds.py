"""What the rest of the house may ask about conversations and statements: the six functions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from allting.opinions import kinds
from allting.opinions.models import MapPlace, MapSnapshot, Participant, Statement, View, Vote
from allting.record import actions as record
from allting.record.kinds import Behind, Words, cards_for, registered
from allting.record.models import Actor, Item
from allting.record.viewers import NOBODY
from tests.make import maps, processes
from tests.make.opinions import (
    AGREE,
    DISAGREE,
    PASS,
    cast,
    make_conversation,
    make_device_actor,
    make_statement,
    statements_of,
    viewer_with,
)
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

WAITING, DECLINED = Statement.State.WAITING, Statement.State.DECLINED


def make_map(conversation: Any, *, people_count: int, places: tuple[Actor, ...] = ()) -> MapSnapshot:
    snapshot = MapSnapshot.objects.create(
        conversation=conversation,
        outcome=MapSnapshot.Outcome.TOO_LITTLE,
        method="test",
        version="1",
        input_digest="",
        people_count=people_count,
        devices_count=people_count,
        votes_count=0,
        changes_count=0,
        figures={},
        drawn_at=NOW,
    )
    for actor in places:
        MapPlace.objects.create(conversation=snapshot.conversation, actor=actor, x=0, y=0, group=0)
    return snapshot


def test_cards_show_words_and_published_counts_in_as_many_queries_for_eight_as_for_two(
    django_assert_max_num_queries: Any,
) -> None:
    conversation = make_conversation(statements=8)
    make_map(conversation, people_count=4)
    make_map(conversation, people_count=2031)
    statements = statements_of(conversation)

    with django_assert_max_num_queries(3):
        few = cards_for([statement.item for statement in statements[:2]], viewer=NOBODY)
    with django_assert_max_num_queries(3):
        many = cards_for([statement.item for statement in statements], viewer=NOBODY)
    card = cards_for([conversation.item], viewer=NOBODY)[conversation.pk]

    assert (len(few), len(many)) == (2, 8)
    assert many[statements[0].pk].words == statements[0].text
    assert card.evidence == "2,031 people have answered"


@pytest.mark.parametrize("state", ["waiting", "declined", "hidden", "draft"])
def test_what_does_not_stand_is_seen_by_its_author_and_the_facilitator_only(state: str) -> None:
    conversation = make_conversation(state="draft" if state == "draft" else "running", now=timezone.now())
    author = make_device_actor()
    shown = Statement.State.SHOWN
    statement = make_statement(
        conversation, author=author, state={"waiting": WAITING, "declined": DECLINED}.get(state, shown)
    )
    if state == "hidden":
        record.hide(item=statement.item, by=conversation.item.author, reason="No.", now=NOW)
    facilitator = processes.viewer_of(processes.make_facilitator())

    def sees(viewer: Any) -> bool:
        return bool(kinds.STATEMENT.may([statement.pk], viewer, "see")[statement.pk])

    assert not sees(NOBODY)
    assert not sees(viewer_with(make_device_actor()))
    assert sees(facilitator)
    assert sees(viewer_with(author)) is (state != "draft")
    assert bool(cards_for([Item.objects.get(pk=statement.pk)], viewer=NOBODY)) is False


def test_only_those_who_look_after_it_moderate() -> None:
    conversation = make_conversation()
    statement = statements_of(conversation)[0]
    facilitator = processes.viewer_of(processes.make_facilitator())
    member = processes.viewer_of(processes.make_member())

    for kind, item_id in ((kinds.STATEMENT, statement.pk), (kinds.CONVERSATION, conversation.pk)):
        assert kind.may([item_id], facilitator, "moderate")[item_id]
        assert not kind.may([item_id], member, "moderate")[item_id]
        assert not kind.may([item_id], NOBODY, "moderate")[item_id]


def test_behind_a_statement_are_its_author_and_those_who_agreed() -> None:
    conversation = make_conversation(statements=0)
    statement = make_statement(conversation)
    agreed = cast(statement, AGREE)
    cast(statement, DISAGREE)
    cast(statement, PASS)

    behind = kinds.STATEMENT.people_behind([statement.pk])

    assert behind == {
        statement.pk: Behind(authors=frozenset({statement.item.author_id}), supporters=frozenset({agreed.pk}))
    }


# --- forgetting -----------------------------------------------------------------------------------------


def rows_of(actor: Actor) -> int:
    return sum(table.objects.filter(actor=actor).count() for table in (Vote, View, Participant, MapPlace))


@pytest.mark.parametrize("words", list(Words))
def test_forgetting_leaves_nothing_of_the_actor_and_everything_of_the_others(words: Words) -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    gone, stays = cast(first), cast(first)
    cast(second, DISAGREE, actor=gone)
    own = make_statement(conversation, author=gone, text="My own words.")
    cast(own, actor=stays)
    make_map(conversation, people_count=2, places=(gone, stays))
    conversation.refresh_from_db()
    changes_count = conversation.changes_count

    record.forget(actor=gone, words=words, now=NOW)

    assert rows_of(gone) == 0
    assert rows_of(stays) == 6
    own.refresh_from_db()
    conversation.refresh_from_db()
    first.refresh_from_db()
    assert own.text == ("…" if words is Words.BLANKED else "My own words.")
    assert Item.objects.get(pk=own.pk).title == own.text
    assert conversation.changes_count > changes_count
    assert first.views_count == 1
    assert cards_for([own.item], viewer=NOBODY) == {} or words is Words.NAMELESS


def test_blanked_words_are_put_before_nobody() -> None:
    conversation = make_conversation(statements=0)
    own = make_statement(conversation)

    record.forget(actor=own.item.author, words=Words.BLANKED, now=NOW)

    assert not kinds.STATEMENT.may([own.pk], NOBODY, "see")[own.pk]


def test_forgetting_twice_is_forgetting() -> None:
    conversation = make_conversation()
    gone = cast(statements_of(conversation)[0])

    record.forget(actor=gone, words=Words.NAMELESS, now=NOW)
    record.forget(actor=gone, words=Words.NAMELESS, now=NOW)

    assert rows_of(gone) == 0


# --- handing over ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("device_was_later", [True, False])
def test_the_latest_vote_wins_when_a_device_is_brought_along(device_was_later: bool) -> None:
    conversation = make_conversation(statements=3)
    both, only_device, only_person = statements_of(conversation)
    device, person = make_device_actor(), record.make_actor(kind=Actor.Kind.PERSON)
    cast(both, AGREE, actor=person, now=NOW)
    cast(both, DISAGREE, actor=device, now=NOW + timedelta(minutes=1 if device_was_later else -1))
    cast(only_device, PASS, actor=device, network_tag="abc")
    cast(only_person, AGREE, actor=person)
    own = make_statement(conversation, author=device)
    make_map(conversation, people_count=2, places=(device, person))

    record.hand_over(giver=device, taker=person, now=NOW)

    assert rows_of(device) == 0
    assert Vote.objects.get(actor=person, statement=both).value == (DISAGREE if device_was_later else AGREE)
    assert Vote.objects.filter(actor=person).count() == 3
    assert View.objects.filter(actor=person).count() == 3
    assert MapPlace.objects.filter(actor=person).count() == 1
    assert Statement.objects.get(pk=both.pk).views_count == 1
    assert Participant.objects.get(actor=person).network_tag == ""
    assert Item.objects.get(pk=own.pk).author == person


def test_a_device_is_brought_along_to_somebody_who_was_not_there() -> None:
    conversation = make_conversation()
    device = cast(statements_of(conversation)[0], network_tag="abc")
    person = record.make_actor(kind=Actor.Kind.PERSON)

    record.hand_over(giver=device, taker=person, now=NOW)

    part = Participant.objects.get()
    assert (part.actor, part.network_tag) == (person, "")
    assert Vote.objects.get().actor == person


def test_what_is_carried_names_nobody() -> None:
    conversation = make_conversation(statements=1)
    statement = statements_of(conversation)[0]
    cast(statement)

    carried = [*kinds.CONVERSATION.carry([conversation.pk]), *kinds.STATEMENT.carry([statement.pk])]

    assert carried[0]["question"] == conversation.item.title
    assert carried[1]["text"] == statement.text
    assert all("actor" not in key and "author" not in key for row in carried for key in row)


def test_both_kinds_are_registered() -> None:
    assert {"conversation", "statement"} <= set(registered())


# --- what something rests on ------------------------------------------------------------------------------


def test_a_statement_brings_its_bars_and_how_many_answered() -> None:
    conversation = maps.make_voted_conversation(people=60)
    maps.make_map(conversation)
    statement = statements_of(conversation)[0]

    backing = kinds.backing_of_statements([statement.pk], NOBODY)[statement.pk]

    assert [bar.name for bar in backing.bars][:2] == ["Group A", "Group B"]
    assert backing.note == "59 people answered"
    assert backing.own == ""


def test_the_reader_and_nobody_else_finds_the_own_part_in_it() -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    actor = make_device_actor()
    cast(first, AGREE, actor=actor)
    own = make_statement(conversation, text="Mine.", author=actor)
    ids = [first.pk, second.pk, own.pk]

    mine = kinds.backing_of_statements(ids, viewer_with(actor))
    others = kinds.backing_of_statements(ids, viewer_with(make_device_actor()))

    assert mine[first.pk].own.startswith("You agreed with “")
    assert mine[first.pk].own.endswith("on 10 February.")
    assert mine[second.pk].own == ""
    assert mine[own.pk].own == "You wrote “Mine.” on 10 February."
    assert {one.own for one in others.values()} == {""}


def test_bars_cost_the_same_for_two_statements_and_for_eight(django_assert_max_num_queries: Any) -> None:
    conversation = maps.make_voted_conversation(people=60)
    maps.make_map(conversation)
    ids = [one.pk for one in statements_of(conversation)]
    viewer = viewer_with(make_device_actor())

    with django_assert_max_num_queries(20) as two:
        kinds.backing_of_statements(ids[:2], viewer)
    with django_assert_max_num_queries(20) as eight:
        kinds.backing_of_statements(ids[:8], viewer)

    assert len(two) == len(eight)
