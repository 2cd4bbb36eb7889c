"""What is put before somebody next once there is a map: what tells the most, with room for the new and for chance."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions, asking, knowing, queries
from allting.opinions.asking import Why
from allting.opinions.models import MapKnowledge, Statement, View
from allting.record import actions as record
from tests.make.knowledge import know_statements, make_drawing, make_knowledge
from tests.make.maps import make_map, make_voted_conversation
from tests.make.opinions import (
    AGREE,
    DISAGREE,
    PASS,
    cast,
    make_conversation,
    make_device_actor,
    make_statement,
    statements_of,
)
from tests.make.processes import NOW

IDS = [10, 20, 30, 40, 50, 60]
NEW, BY_LOT, TELLING = 0.1, 0.35, 0.9


class Lots(Random):
    """Draws what the test wants: first the kind of choice, then which."""

    def __init__(self, kind: float, which: float = 0.5) -> None:
        super().__init__()
        self.drawn = iter([kind, which] * 100)

    def random(self) -> float:
        return next(self.drawn)


def known(ids: list[int] = IDS) -> asking.Known:
    packed = asking.pack(make_knowledge(statements=len(ids)), rows=np.arange(len(ids)))
    return asking.unpack(packed, statements=ids)


def choose(statements: list[int], lot: Random, **more: Any) -> asking.Chosen | None:
    wishes: dict[str, Any] = {"views": [100] * len(statements), "known": known(), "own": (), **more}
    return asking.choose(statements, lot=lot, **wishes)


# --- which and why


def test_what_tells_the_most_is_chosen_and_says_so() -> None:
    chosen = choose([10, 30, 50], Lots(TELLING))

    assert chosen is not None
    assert (chosen.statement, chosen.why) == (50, Why.TELLS_MOST)


def test_without_a_map_the_fewest_views_come_first() -> None:
    chosen = choose([10, 30, 50], Lots(TELLING), known=None, views=[9, 2, 5])

    assert chosen is not None
    assert (chosen.statement, chosen.why) == (30, Why.FEWEST_VIEWS)


@pytest.mark.parametrize("new", [5, 35, 70])
def test_what_came_since_the_map_is_shown_as_new_and_never_as_telling(new: int) -> None:
    among = sorted([10, 50, new])
    views = [3 if it == new else 100 for it in among]

    as_new, as_telling = choose(among, Lots(NEW), views=views), choose(among, Lots(TELLING), views=views)

    assert as_new is not None
    assert as_telling is not None
    assert (as_new.statement, as_new.why) == (new, Why.NEW)
    assert as_telling.statement == 50


def test_where_the_map_knows_none_of_them_the_lot_decides() -> None:
    chosen = choose([11, 12, 13], Lots(TELLING, which=0.99))

    assert chosen is not None
    assert (chosen.statement, chosen.why) == (13, Why.RANDOM)


def test_answers_to_what_the_map_does_not_know_change_nothing() -> None:
    plain = choose([10, 30, 50], Lots(TELLING), own=[(20, 1)])

    assert choose([10, 30, 50], Lots(TELLING), own=[(5, 1), (20, 1), (35, 0), (99, -1)]) == plain


def test_three_in_ten_are_new_and_one_in_ten_by_lot() -> None:
    lot = Random(1)

    chosen = [choose([10, 30, 50, 70], lot, views=[100, 100, 100, 3]) for _time in range(1_000)]
    shares = Counter(it.why for it in chosen if it)

    assert shares[Why.NEW] == pytest.approx(300, abs=50)
    assert shares[Why.RANDOM] == pytest.approx(100, abs=35)


def test_what_was_packed_is_small_and_chooses_the_same() -> None:
    knowledge = make_knowledge(statements=1_000)

    packed = asking.pack(knowledge, rows=np.arange(1_000))
    there = asking.unpack(packed, statements=list(range(1_000)))

    assert len(packed) < 200_000
    np.testing.assert_allclose(there.knowledge.agreeing.means, knowledge.agreeing.means, rtol=1e-6)
    np.testing.assert_array_equal(there.knowledge.is_known, knowledge.is_known)


# --- in a conversation


@pytest.mark.django_db
def test_every_choice_is_kept_with_why() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)
    first, *_others, last = statements_of(conversation)
    actor = make_device_actor()

    choice = actions.answer_and_go_on(statement=first, actor=actor, value=AGREE, lot=Lots(TELLING), now=NOW)

    assert choice is not None
    assert (choice.statement, choice.why) == (last, View.Why.TELLS_MOST)
    assert View.objects.get(actor=actor, statement=last).why == View.Why.TELLS_MOST


@pytest.mark.django_db
def test_what_was_hidden_or_merged_since_the_map_is_not_shown_and_answers_to_it_still_tell() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)
    first, second, third, fourth, fifth, sixth = statements_of(conversation)
    actor = make_device_actor()
    cast(fifth, DISAGREE, actor=actor)
    actions.merge_statement(statement=fifth, into=first, by=conversation.item.author, now=NOW)
    record.hide(item=sixth.item, by=conversation.item.author, reason="Names somebody.", now=NOW)

    chosen = [queries.choose_next(conversation_id=conversation.pk, actor=actor, lot=Random(it)) for it in range(20)]

    assert {it.statement for it in chosen if it} <= {first, second, third, fourth}
    assert {it.why for it in chosen if it} == {View.Why.TELLS_MOST, View.Why.RANDOM}
    assert list(queries.choosing._read_own_votes(conversation.pk, actor)) == [(fifth.pk, DISAGREE)]


@pytest.mark.django_db
def test_new_voices_get_their_turn_after_the_map() -> None:
    conversation = make_conversation(statements=4)
    know_statements(conversation)
    new = make_statement(conversation)

    chosen = queries.choose_next(conversation_id=conversation.pk, actor=make_device_actor(), lot=Lots(NEW))

    assert chosen == queries.Choice(statement=new, why=View.Why.NEW)


@pytest.mark.django_db
def test_nobody_begins_with_their_own_words_and_nobody_sees_anything_twice() -> None:
    conversation = make_conversation(statements=5)
    own = make_statement(conversation)
    know_statements(conversation)
    author = own.item.author
    lot = Random(5)

    choice = queries.choose_next(conversation_id=conversation.pk, actor=author, lot=lot)
    shown = []
    while choice is not None:
        shown.append(choice.statement)
        choice = actions.answer_and_go_on(statement=choice.statement, actor=author, value=PASS, lot=lot, now=NOW)

    assert sorted(it.pk for it in shown) == sorted(it.pk for it in statements_of(conversation))
    assert shown[-1] == own


@pytest.mark.django_db
def test_not_everybody_who_comes_for_the_first_time_begins_with_the_same_statement() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)
    begun = set()

    for views in range(100, 140):
        Statement.objects.filter(conversation=conversation).update(views_count=views)
        choice = queries.get_standing_choice(conversation_id=conversation.pk, actor=None)
        assert choice == queries.get_standing_choice(conversation_id=conversation.pk, actor=None)
        assert choice is not None
        begun.add(choice.statement)

    assert len(begun) > 1


# --- keeping it


@pytest.mark.django_db
def test_a_map_brings_what_it_knows_and_the_next_one_replaces_it() -> None:
    conversation = make_voted_conversation()
    make_map(conversation)
    first = MapKnowledge.objects.get()
    choice = queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Lots(TELLING))
    gone = statements_of(conversation)[0]
    record.hide(item=gone.item, by=conversation.item.author, reason="Names somebody.", now=NOW)
    knowing.keep_knowledge(
        conversation_id=conversation.pk, drawing=make_drawing([it.pk for it in statements_of(conversation)[1:]])
    )

    second = MapKnowledge.objects.get()

    assert choice is not None
    assert choice.why == View.Why.TELLS_MOST
    assert first.statements == [it.pk for it in statements_of(conversation)]
    assert second.statements == first.statements[1:]
    assert second.digest != first.digest


@pytest.mark.django_db
def test_what_is_known_stays_where_people_only_moved_and_goes_where_there_is_too_little() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)
    ids = [it.pk for it in statements_of(conversation)]

    knowing.keep_knowledge(conversation_id=conversation.pk, drawing=make_drawing(ids, is_known=False))
    assert MapKnowledge.objects.exists()

    too_little = make_drawing(ids, outcome="too_little", is_known=False)
    knowing.keep_knowledge(conversation_id=conversation.pk, drawing=too_little)
    assert not MapKnowledge.objects.exists()


@pytest.mark.django_db
def test_after_a_rehearsal_nothing_is_known_any_more() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)

    actions.wipe_conversation(conversation=conversation, now=NOW)

    assert not MapKnowledge.objects.exists()


@pytest.mark.django_db
def test_what_was_replaced_in_between_is_not_missed() -> None:
    conversation = make_conversation(statements=6)
    know_statements(conversation)

    assert knowing.known_of(conversation_id=conversation.pk, digest="an old one") is None


# --- on the page


@pytest.mark.django_db
def test_a_vote_with_a_map_costs_one_query_more_and_says_why(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for is_known in (False, True):
        conversation = make_conversation(statements=6, now=timezone.now())
        if is_known:
            know_statements(conversation)
        first, second, third, *_others = statements_of(conversation)
        for statement in (first, second):
            client.post(vote_url(statement), {"answer": "agree"}, headers={"HX-Request": "true"})
        with django_assert_max_num_queries(24) as asked:
            page = client.post(vote_url(third), {"answer": "agree"}, headers={"HX-Request": "true"})
        counts.append(len(asked))
        said = page.content.decode()
        assert "Why this one?" in said
        assert str(page.context["choice"].why.label) in said

    assert counts[1] <= counts[0] + 1


def vote_url(statement: Statement) -> str:
    return reverse("opinions:vote", args=[statement.pk])
