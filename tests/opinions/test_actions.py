"""Each action: it works, who may not, what is refused, which event, what happens twice. Who may not is `test_rules`."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from allting.opinions import actions, queries
from allting.opinions.errors import (
    AlreadyDecided,
    AlreadySaid,
    BurstChanged,
    EnoughStatements,
    NothingToUndo,
    WrongLength,
)
from allting.opinions.models import Burst, Conversation, GroupName, Participant, Statement, View, Vote
from allting.record.models import Actor, Event
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

pytestmark = pytest.mark.django_db

SHOWN, WAITING, DECLINED = Statement.State.SHOWN, Statement.State.WAITING, Statement.State.DECLINED


def events(name: str) -> list[Event]:
    return list(Event.objects.filter(name=f"opinions.{name}"))


def changes_of(conversation: Conversation) -> int:
    return Conversation.objects.get(pk=conversation.pk).changes_count


# --- votes ------------------------------------------------------------------------------------------


def test_a_vote_is_kept_with_its_part_and_its_view() -> None:
    conversation = make_conversation()
    statement = statements_of(conversation)[0]
    before = changes_of(conversation)

    actor = cast(statement, AGREE, network_tag="abc")

    assert Vote.objects.get().value == AGREE
    part = Participant.objects.get()
    assert (part.actor, part.first_vote_at, part.network_tag) == (actor, NOW, "abc")
    assert View.objects.get().why == View.Why.CHOSEN
    assert Statement.objects.get(pk=statement.pk).views_count == 1
    assert changes_of(conversation) == before + 1


def test_a_vote_writes_no_event() -> None:
    statement = statements_of(make_conversation())[0]
    before = Event.objects.count()

    actor = cast(statement)
    actions.undo_vote(conversation=statement.conversation, actor=actor, now=NOW)

    assert Event.objects.count() == before


def test_the_latest_vote_wins() -> None:
    statement = statements_of(make_conversation())[0]
    actor = cast(statement, AGREE)

    cast(statement, DISAGREE, actor=actor, now=NOW + timedelta(minutes=1))

    vote = Vote.objects.get()
    assert (vote.value, vote.cast_at) == (DISAGREE, NOW + timedelta(minutes=1))
    assert Participant.objects.get().first_vote_at == NOW
    assert Statement.objects.get(pk=statement.pk).views_count == 1


def test_a_persons_network_is_not_kept() -> None:
    conversation = make_conversation()
    facilitator = conversation.item.author

    cast(statements_of(conversation)[0], actor=facilitator, network_tag="abc")

    assert Participant.objects.get().network_tag == ""


def test_answering_puts_the_next_statement_there_with_its_reason() -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    actor = make_device_actor()

    choice = actions.answer_and_go_on(statement=first, actor=actor, value=PASS, lot=Random(1), now=NOW)

    assert choice == queries.Choice(statement=second, why=View.Why.FEWEST_VIEWS)
    assert View.objects.get(statement=second).actor == actor
    assert Statement.objects.get(pk=second.pk).views_count == 1


def test_answering_the_last_statement_leaves_none() -> None:
    only = statements_of(make_conversation(statements=1))[0]

    choice = actions.answer_and_go_on(statement=only, actor=make_device_actor(), value=PASS, lot=Random(1), now=NOW)

    assert choice is None


def test_an_undone_vote_is_gone_and_its_statement_is_current_again() -> None:
    conversation = make_conversation(statements=3)
    first = statements_of(conversation)[0]
    actor = make_device_actor()
    actions.answer_and_go_on(statement=first, actor=actor, value=AGREE, lot=Random(1), now=NOW)

    undone = actions.undo_vote(conversation=conversation, actor=actor, now=NOW + timedelta(seconds=5))

    assert undone == first
    assert not Vote.objects.exists()
    current = queries.get_current_choice(conversation_id=conversation.pk, actor=actor, lot=Random(1))
    assert current is not None
    assert current.statement == first


def test_undo_takes_one_answer_back_at_a_time_and_then_refuses() -> None:
    conversation = make_conversation(statements=2)
    first, second = statements_of(conversation)
    actor = cast(first)
    cast(second, actor=actor, now=NOW + timedelta(seconds=1))

    assert actions.undo_vote(conversation=conversation, actor=actor, now=NOW) == second
    assert actions.undo_vote(conversation=conversation, actor=actor, now=NOW) == first
    with pytest.raises(NothingToUndo):
        actions.undo_vote(conversation=conversation, actor=actor, now=NOW)


def test_undo_leaves_other_peoples_votes_alone() -> None:
    conversation = make_conversation()
    cast(statements_of(conversation)[0])

    with pytest.raises(NothingToUndo):
        actions.undo_vote(conversation=conversation, actor=make_device_actor(), now=NOW)

    assert Vote.objects.count() == 1


# --- statements -------------------------------------------------------------------------------------


def test_a_statement_is_added_with_its_item_and_no_vote() -> None:
    conversation = make_conversation()
    before = changes_of(conversation)

    statement = make_statement(conversation, text="  The library should\nopen on Sundays. ", state=WAITING)

    assert statement.text == "The library should open on Sundays."
    assert statement.item.title == statement.text
    assert statement.item.within == conversation.item
    assert (statement.state, statement.decided_at) == (WAITING, None)
    assert not Vote.objects.exists()
    assert [event.item_id for event in events("statement_added")] == [statement.pk]
    assert changes_of(conversation) == before + 1


@pytest.mark.parametrize("text", ["", "   \n ", "a" * 201, "a" * 5_000, "e" + "\u0301" * 1_500])
def test_a_statement_that_is_empty_or_too_long_is_refused(text: str) -> None:
    conversation = make_conversation()

    with pytest.raises(WrongLength):
        make_statement(conversation, text=text)

    assert not events("statement_added")


def test_two_hundred_letters_fit_whatever_they_are_made_of() -> None:
    family = "👨‍👩‍👧‍👦"

    statement = make_statement(make_conversation(), text=family * 50 + "é" * 150)

    assert statement.text.startswith(family)


def test_the_same_words_are_not_added_twice() -> None:
    conversation = make_conversation(statements=1)
    stands = statements_of(conversation)[0]

    with pytest.raises(AlreadySaid) as said:
        make_statement(conversation, text=stands.text.upper().replace(".", "!!"))

    assert said.value.statement == stands


def test_somebody_elses_waiting_words_are_not_told_to_others() -> None:
    conversation = make_conversation(statements=0)
    waiting = make_statement(conversation, state=WAITING)

    again = make_statement(conversation, text=waiting.text, state=WAITING)

    assert again.pk != waiting.pk
    with pytest.raises(AlreadySaid):
        make_statement(conversation, text=waiting.text, author=waiting.item.author, state=WAITING)


def test_ten_statements_a_day_are_enough() -> None:
    conversation = make_conversation()
    author = make_device_actor()
    for number in range(10):
        make_statement(conversation, text=f"Thought number {number}.", author=author)

    with pytest.raises(EnoughStatements):
        make_statement(conversation, text="One more.", author=author)

    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert make_statement(conversation, text="One more.", author=author, now=tomorrow).pk


def test_seeds_are_added_at_once_and_what_stands_is_left_out() -> None:
    conversation = make_conversation(statements=1)
    stands = statements_of(conversation)[0]

    added = actions.add_seeds(
        conversation=conversation,
        author=conversation.item.author,
        texts=[stands.text, "More trees.", "more trees", "Fewer cars."],
        now=NOW,
    )

    assert [statement.text for statement in added] == ["More trees.", "Fewer cars."]
    assert all(statement.is_seed and statement.state == SHOWN for statement in added)
    assert events("seeds_added")[-1].data == {"seeds": 2}


def test_seeds_are_added_all_or_not_at_all() -> None:
    conversation = make_conversation(statements=0)

    with pytest.raises(WrongLength):
        actions.add_seeds(
            conversation=conversation, author=conversation.item.author, texts=["Fits.", "x" * 201], now=NOW
        )

    assert not conversation.statements.exists()


def test_the_same_seeds_twice_add_nothing_and_tell_nothing() -> None:
    conversation = make_conversation(statements=2)
    texts = [statement.text for statement in statements_of(conversation)]
    told = len(events("seeds_added"))

    assert actions.add_seeds(conversation=conversation, author=conversation.item.author, texts=texts, now=NOW) == []
    assert len(events("seeds_added")) == told


def test_an_accepted_statement_can_be_answered() -> None:
    conversation = make_conversation(statements=0)
    statement = make_statement(conversation, state=WAITING)
    assert queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(1)) is None

    actions.accept_statement(statement=statement, by=conversation.item.author, now=NOW)

    statement.refresh_from_db()
    assert (statement.state, statement.decided_at) == (SHOWN, NOW)
    assert len(events("statement_accepted")) == 1
    assert queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(1)) is not None


def test_a_declined_statement_keeps_its_reason_and_is_not_shown() -> None:
    conversation = make_conversation(statements=0)
    statement = make_statement(conversation, state=WAITING)

    actions.decline_statement(statement=statement, by=conversation.item.author, reason="It names somebody.", now=NOW)

    statement.refresh_from_db()
    assert (statement.state, statement.decline_reason) == (DECLINED, "It names somebody.")
    assert len(events("statement_declined")) == 1
    assert "names" not in str(events("statement_declined")[0].data)
    assert queries.choose_next(conversation_id=conversation.pk, actor=None, lot=Random(1)) is None


def test_a_statement_is_decided_on_once() -> None:
    conversation = make_conversation(statements=0)
    statement = make_statement(conversation, state=WAITING)
    by = conversation.item.author
    actions.accept_statement(statement=statement, by=by, now=NOW)

    with pytest.raises(AlreadyDecided):
        actions.decline_statement(statement=statement, by=by, reason="Too late.", now=NOW)

    assert not events("statement_declined")


# --- looking after it ---------------------------------------------------------------------------------


def make_rush(conversation: Conversation, *, count: int = 12, tag: str = "rush") -> None:
    statement = statements_of(conversation)[0]
    for number in range(count):
        cast(statement, now=NOW + timedelta(seconds=20 * number), network_tag=tag)


def test_a_burst_is_set_aside_with_its_devices() -> None:
    conversation = make_conversation()
    make_rush(conversation)
    cast(statements_of(conversation)[0], network_tag="elsewhere")
    candidate = queries.list_burst_candidates(conversation_id=conversation.pk)[0]

    burst = actions.set_aside_burst(
        conversation=conversation, candidate=candidate, reason="One person.", by=conversation.item.author, now=NOW
    )

    assert burst.people_count == 12
    assert Participant.objects.filter(burst=burst).count() == 12
    assert Vote.objects.count() == 13
    assert events("burst_set_aside")[0].data == {"burst": burst.pk, "people": 12}
    assert queries.list_burst_candidates(conversation_id=conversation.pk) == []


def test_a_burst_is_set_aside_once() -> None:
    conversation = make_conversation()
    make_rush(conversation)
    candidate = queries.list_burst_candidates(conversation_id=conversation.pk)[0]
    by = conversation.item.author
    actions.set_aside_burst(conversation=conversation, candidate=candidate, reason="Once.", by=by, now=NOW)

    with pytest.raises(BurstChanged):
        actions.set_aside_burst(conversation=conversation, candidate=candidate, reason="Twice.", by=by, now=NOW)

    assert Burst.objects.count() == 1


def test_a_restored_burst_counts_again() -> None:
    conversation = make_conversation()
    make_rush(conversation)
    candidate = queries.list_burst_candidates(conversation_id=conversation.pk)[0]
    by = conversation.item.author
    burst = actions.set_aside_burst(conversation=conversation, candidate=candidate, reason="Hm.", by=by, now=NOW)

    actions.restore_burst(burst=burst, by=by, now=NOW)

    assert not Participant.objects.filter(burst__isnull=False).exists()
    assert len(events("burst_restored")) == 1
    with pytest.raises(BurstChanged):
        actions.restore_burst(burst=burst, by=by, now=NOW)


def test_a_workplace_in_one_hour_is_no_burst_unless_ten_begin_within_ten_minutes() -> None:
    conversation = make_conversation()
    statement = statements_of(conversation)[0]
    for number in range(30):
        cast(statement, now=NOW + timedelta(minutes=2 * number), network_tag="office")

    assert queries.list_burst_candidates(conversation_id=conversation.pk) == []


def test_two_rushes_of_one_network_are_two_candidates() -> None:
    conversation = make_conversation()
    statement = statements_of(conversation)[0]
    for hour in (0, 3):
        for number in range(11):
            cast(statement, now=NOW + timedelta(hours=hour, seconds=number), network_tag="class")

    found = queries.list_burst_candidates(conversation_id=conversation.pk)

    assert [candidate.people_count for candidate in found] == [11, 11]
    assert found[0].starts_at > found[1].starts_at
    assert "class" not in found[0].handle


def test_groups_are_named_renamed_and_unnamed() -> None:
    conversation = make_conversation()
    by = conversation.item.author
    actions.name_groups(conversation=conversation, names={"A": "Walk and care", "B": "Basics first"}, by=by, now=NOW)

    actions.name_groups(conversation=conversation, names={"A": "Care first", "B": ""}, by=by, now=NOW)

    assert list(GroupName.objects.values_list("letter", "name")) == [("A", "Care first")]
    assert len(events("groups_named")) == 2
    assert "Care" not in str(events("groups_named")[-1].data)


def test_an_export_of_votes_is_written_down() -> None:
    conversation = make_conversation()
    cast(statements_of(conversation)[0])

    actions.log_votes_export(conversation=conversation, by=conversation.item.author, now=NOW)

    assert events("votes_exported")[0].data == {"votes": 1}


def test_closing_tells_how_much_was_said_unless_fewer_than_five_said_it() -> None:
    quiet, lively = make_conversation(statements=2), make_conversation(statements=2)
    cast(statements_of(quiet)[0])
    for _person in range(5):
        cast(statements_of(lively)[0])

    for conversation in (quiet, lively):
        actions.close_conversation(conversation=conversation, now=NOW)

    assert [event.data for event in events("conversation_closed")] == [
        {"statements": 2},
        {"statements": 2, "people": 5, "votes": 5},
    ]
    assert all(event.actor.kind == Actor.Kind.SYSTEM for event in events("conversation_closed"))
