"""What is put before somebody next: fewest views first, ties by lot, never seen before, their own last."""

from __future__ import annotations

from random import Random

import pytest

from allting.opinions import actions, queries
from allting.opinions.models import Conversation, Statement, View
from allting.record import actions as record
from tests.make.opinions import AGREE, cast, make_conversation, make_device_actor, make_statement, statements_of
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(5))
def test_nobody_sees_a_statement_twice_and_each_is_among_the_least_shown(seed: int) -> None:
    conversation = make_conversation(statements=8)
    lot = Random(seed)

    for _person in range(4):
        actor = make_device_actor()
        choice = queries.get_current_choice(conversation_id=conversation.pk, actor=actor, lot=lot)
        seen: set[int] = set()
        for _answer in range(lot.choice([3, 8])):
            assert choice is not None
            seen.add(choice.statement.pk)
            shown_counts = shown_count_by_statement(conversation, without=seen)
            choice = actions.answer_and_go_on(
                statement=choice.statement, actor=actor, value=AGREE, lot=lot, now=NOW, why=choice.why
            )
            if choice is None:
                break
            assert shown_counts[choice.statement.pk] == min(shown_counts.values())
        assert (choice is None) is (len(seen) == 8)


def shown_count_by_statement(conversation: Conversation, *, without: set[int]) -> dict[int, int]:
    return {one.pk: one.views_count for one in statements_of(conversation) if one.pk not in without}


def test_what_was_shown_less_comes_first() -> None:
    conversation = make_conversation(statements=3)
    first, second, third = statements_of(conversation)
    for statement in (first, first, third):
        cast(statement)

    choice = queries.choose_next(conversation_id=conversation.pk, actor=make_device_actor(), lot=Random(0))

    assert choice == queries.Choice(statement=second, why=View.Why.FEWEST_VIEWS)


def test_ties_are_drawn_by_lot_and_say_so() -> None:
    conversation = make_conversation(statements=6)

    drawn = [queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(seed)) for seed in range(40)]

    assert {choice.statement for choice in drawn if choice} == set(statements_of(conversation))
    assert {choice.why for choice in drawn if choice} == {View.Why.LOT}


def test_ones_own_statement_comes_last() -> None:
    conversation = make_conversation(statements=1)
    other = statements_of(conversation)[0]
    own = make_statement(conversation)
    author = own.item.author
    cast(other)

    first = queries.choose_next(conversation_id=conversation.pk, actor=author, lot=Random(0))
    cast(other, actor=author)
    then = queries.choose_next(conversation_id=conversation.pk, actor=author, lot=Random(0))

    assert first is not None
    assert then is not None
    assert (first.statement, then.statement) == (other, own)


def test_only_what_stands_is_put_before_people() -> None:
    conversation = make_conversation(statements=0)
    make_statement(conversation, text="Waits.", state=Statement.State.WAITING)
    make_statement(conversation, text="Declined.", state=Statement.State.DECLINED)
    hidden = make_statement(conversation, text="Hidden.")
    record.hide(item=hidden.item, by=conversation.item.author, reason="Names somebody.", now=NOW)

    assert queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(0)) is None


def test_a_reader_who_has_not_acted_sees_the_same_statement_each_time_and_leaves_no_trace() -> None:
    conversation = make_conversation(statements=8)

    seen = {queries.get_standing_choice(conversation_id=conversation.pk, actor=None) for _visit in range(5)}

    assert len(seen) == 1
    assert not View.objects.exists()


def test_a_statement_that_was_shown_and_not_answered_is_still_there() -> None:
    conversation = make_conversation(statements=6)
    actor = make_device_actor()
    choice = actions.answer_and_go_on(
        statement=statements_of(conversation)[0], actor=actor, value=AGREE, lot=Random(3), now=NOW
    )

    assert queries.get_standing_choice(conversation_id=conversation.pk, actor=actor) == choice


def test_a_shown_statement_that_was_hidden_meanwhile_is_left_out() -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    actor = make_device_actor()
    actions.answer_and_go_on(statement=first, actor=actor, value=AGREE, lot=Random(3), now=NOW)

    record.hide(item=second.item, by=conversation.item.author, reason="No.", now=NOW)

    assert queries.get_standing_choice(conversation_id=conversation.pk, actor=actor) is None
