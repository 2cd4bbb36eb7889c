"""Owed, grouped, written, signed and published: each works, who may not, what happens twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from allting.answers import actions, queries, tasks
from allting.answers.actions import Draft
from allting.answers.errors import AlreadySigned, HasAnswer, NothingToPublish, NotSigned
from allting.answers.models import Answer, AnswerGroup, OwedAnswer
from allting.opinions import actions as opinions_actions
from allting.opinions.models import Statement
from allting.processes import queries as processes
from allting.record import actions as record
from allting.record.models import Event, Link
from tests.make import answers as make
from tests.make import opinions
from tests.make import processes as making

pytestmark = pytest.mark.django_db


def owed_texts(process) -> list[str]:
    return [one.item.title for one in OwedAnswer.objects.filter(group__process=process).order_by("pk")]


# --- owing --------------------------------------------------------------------------------------------


def test_what_participants_wrote_is_owed_an_answer_when_it_closes():
    process = make.make_owed("Open the library.", "Mend the road.")

    owed = OwedAnswer.objects.get(item__title="Mend the road.")

    assert owed_texts(process) == ["Open the library.", "Mend the road."]
    assert owed.due_on == owed.group.due_on == date(2027, 4, 11)
    assert owed.group.owed.count() == 1


def test_nothing_is_owed_for_seeds_and_for_what_the_facilitator_wrote():
    (statement,) = make.make_statements("Open the library.")
    opinions.make_statement(statement.conversation, text="We look after this.", author=making.make_facilitator().actor)

    process = make.close(statement)

    assert owed_texts(process) == ["Open the library."]


def test_nothing_is_owed_for_what_nobody_may_read():
    hidden, declined, waiting, shown = make.make_statements("Hidden.", "Declined.", "Waiting.", "Shown.")
    by = making.make_facilitator().actor
    record.hide(item=hidden.item, by=by, reason="It names a neighbour.", now=make.NOW)
    Statement.objects.filter(pk=declined.pk).update(state=Statement.State.WAITING)
    declined.refresh_from_db()
    opinions_actions.decline_statement(statement=declined, by=by, reason="It names a neighbour.", now=make.NOW)
    Statement.objects.filter(pk=waiting.pk).update(state=Statement.State.WAITING)

    process = make.close(shown)

    assert owed_texts(process) == ["Shown."]


def test_closing_told_twice_owes_once():
    process = make.make_owed("Open the library.")
    event = Event.objects.get(name="processes.activity_closed")

    tasks.owe(event, make.CLOSED)

    assert owed_texts(process) == ["Open the library."]
    assert AnswerGroup.objects.count() == 1
    assert Event.objects.filter(name="answers.owed").count() == 1


def test_what_is_accepted_after_the_closing_is_owed_an_answer_with_days_of_its_own():
    waiting, shown = make.make_statements("Waiting.", "Shown.")
    Statement.objects.filter(pk=waiting.pk).update(state=Statement.State.WAITING)
    process = make.close(shown)
    Statement.objects.filter(pk=waiting.pk).update(state=Statement.State.SHOWN)

    activity = processes.activity_of(shown.conversation_id)
    actions.owe_answers(activity=activity, now=make.IN_TIME)
    soon = OwedAnswer.objects.get(pk=waiting.pk)

    assert owed_texts(process) == ["Waiting.", "Shown."]
    assert soon.due_on == date(2027, 4, 11)


def test_what_comes_to_light_after_the_day_of_the_answers_is_not_late_at_once():
    waiting, shown = make.make_statements("Waiting.", "Shown.")
    Statement.objects.filter(pk=waiting.pk).update(state=Statement.State.WAITING)
    make.close(shown)
    Statement.objects.filter(pk=waiting.pk).update(state=Statement.State.SHOWN)

    actions.owe_answers(activity=processes.activity_of(shown.conversation_id), now=make.LATE)

    assert OwedAnswer.objects.get(pk=waiting.pk).due_on == date(2027, 5, 14)


def test_the_hourly_look_finds_closed_activities_and_no_past_ones():
    make.make_owed("Open the library.")
    making.make_process(state="running", question="Another?")

    assert [one.item.title for one in queries.activities_closed_since(make.NOW)] == [making.QUESTION]


# --- grouping -----------------------------------------------------------------------------------------


def test_groups_are_joined_under_a_title_and_the_earliest_day_counts():
    process = make.make_owed("Open the library.", "Library on Sundays!", "Mend the road.")
    first, second, _other = make.groups_in(process)
    AnswerGroup.objects.filter(pk=second.pk).update(due_on=first.due_on - timedelta(days=3))

    kept = actions.join_groups(
        groups=[first, second], title="The library", by=making.make_facilitator().actor, now=make.IN_TIME
    )

    assert kept.title == "The library"
    assert kept.due_on == first.due_on - timedelta(days=3)
    assert kept.owed.count() == 2
    assert AnswerGroup.objects.filter(process=process).count() == 2


def test_the_group_with_a_draft_keeps_it():
    process = make.make_owed("Open the library.", "Library on Sundays!")
    first, second = make.groups_in(process)
    by = making.make_facilitator().actor
    draft = actions.write_answer(group=second, draft=make.YES, by=by, now=make.IN_TIME)

    kept = actions.join_groups(groups=[first, second], title="The library", by=by, now=make.IN_TIME)

    assert kept.pk == second.pk == Answer.objects.get(pk=draft.pk).group_id
    assert kept.owed.count() == 2


def test_a_signed_group_is_not_joined():
    process = make.make_owed("Open the library.", "Library on Sundays!")
    first, second = make.groups_in(process)
    make.make_signed(second)

    with pytest.raises(HasAnswer):
        actions.join_groups(
            groups=[first, second], title="The library", by=making.make_facilitator().actor, now=make.IN_TIME
        )

    assert first.owed.count() == 1


def test_an_item_is_taken_out_again_and_the_last_one_stays():
    process = make.make_owed("Open the library.", "Library on Sundays!")
    by = making.make_facilitator().actor
    kept = actions.join_groups(groups=make.groups_in(process), title="The library", by=by, now=make.IN_TIME)
    first, last = kept.owed.order_by("pk")

    own = actions.take_out(owed=first, by=by, now=make.IN_TIME)
    same = actions.take_out(owed=last, by=by, now=make.IN_TIME)

    assert own.pk != kept.pk
    assert own.due_on == first.due_on
    assert same.pk == kept.pk


# --- writing and signing ------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["no", "merged", "refused"])
def test_a_refusal_or_merger_needs_a_reason(decision):
    (group,) = make.groups_in(make.make_owed("Open the library."))
    bare = Draft(decision=Answer.Decision(decision), what_next="Nothing.")

    with pytest.raises(IntegrityError), transaction.atomic():
        actions.write_answer(group=group, draft=bare, by=making.make_facilitator().actor, now=make.IN_TIME)


def test_the_item_of_an_answer_never_holds_the_words_it_answers():
    (group,) = make.groups_in(make.make_owed("Open the library."))

    answer = actions.write_answer(group=group, draft=make.NO, by=making.make_facilitator().actor, now=make.IN_TIME)

    assert answer.item.title == "No"


def test_a_draft_is_written_anew_until_it_is_signed():
    (group,) = make.groups_in(make.make_owed("Open the library."))
    by = making.make_sponsor()
    actions.write_answer(group=group, draft=make.NO, by=by.actor, now=make.IN_TIME)

    signed = actions.write_and_sign(group=group, draft=make.YES, by=by, now=make.IN_TIME)

    assert (signed.signed_by, signed.decision) == (by, "yes")
    with pytest.raises(AlreadySigned):
        actions.write_answer(group=group, draft=make.NO, by=by.actor, now=make.IN_TIME)
    with pytest.raises(AlreadySigned):
        actions.sign(answer=signed, by=by, now=make.IN_TIME)
    assert Event.objects.filter(name="answers.signed").count() == 1


def test_a_signature_is_taken_back_until_people_have_read_it():
    process = make.make_owed("Open the library.")
    by = making.make_sponsor()
    answer = make.make_signed(make.groups_in(process)[0])

    actions.take_back_signature(answer=answer, by=by.actor, now=make.IN_TIME)
    with pytest.raises(NotSigned):
        actions.take_back_signature(answer=answer, by=by.actor, now=make.IN_TIME)
    make.make_published(process)

    with pytest.raises(NotSigned):
        actions.take_back_signature(answer=answer, by=by.actor, now=make.IN_TIME)


# --- publishing ---------------------------------------------------------------------------------------


def test_publishing_takes_what_is_signed_and_links_it_to_what_it_answers():
    process = make.make_owed("Open the library.", "Mend the road.")
    answer = make.make_signed(make.groups_in(process)[0])

    publication = actions.publish(process=process, by=making.make_sponsor().actor, now=make.IN_TIME)

    assert list(publication.answers.all()) == [answer]
    link = Link.objects.get(relation="answers")
    assert (link.younger_id, link.older.title) == (answer.pk, "Open the library.")
    assert Event.objects.get(name="answers.published").data == {"publication": publication.pk, "answers": 1}


def test_publishing_many_takes_as_many_statements_as_publishing_two(django_assert_max_num_queries):
    counts = []
    for number in (2, 8):
        process = make.make_owed(*[f"Statement {number} of {one}." for one in range(number)])
        signer = making.make_sponsor()
        for group in make.groups_in(process):
            make.make_signed(group, by=signer)
        with django_assert_max_num_queries(20) as captured:
            actions.publish(process=process, by=signer.actor, now=make.IN_TIME)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_publishing_twice_publishes_once():
    process = make.make_owed("Open the library.")
    make.make_published(process)

    with pytest.raises(NothingToPublish):
        actions.publish(process=process, by=making.make_sponsor().actor, now=make.IN_TIME)


# --- punctuality --------------------------------------------------------------------------------------


def test_the_rate_is_items_signed_in_time_of_items_due():
    process = make.make_owed("One.", "Two.", "Three.")
    first, second, _third = make.groups_in(process)
    make.make_signed(first, now=make.IN_TIME)
    make.make_signed(second, now=make.LATE)

    before = queries.punctuality_of([process.pk], today=date(2027, 4, 10))
    after = queries.punctuality_of([process.pk], today=date(2027, 4, 15))

    assert (before.due_count, before.share) == (0, None)
    assert (after.on_time_count, after.due_count) == (1, 3)


def test_what_was_taken_back_before_its_day_is_owed_none_and_afterwards_counts():
    process = make.make_owed("One.", "Two.")
    first, second = [group.owed.select_related("item").get().item for group in make.groups_in(process)]
    by = making.make_facilitator().actor
    record.hide(item=first, by=by, reason="It names a neighbour.", now=make.IN_TIME)
    record.hide(item=second, by=by, reason="It names a neighbour.", now=make.LATE)

    counted = queries.punctuality_of([process.pk], today=date(2027, 4, 15))

    assert (counted.on_time_count, counted.due_count) == (0, 1)


def test_an_answer_is_late_in_public_15_days_after_its_day():
    process = make.make_owed("One.", "Two.")
    make.make_signed(make.groups_in(process)[0])
    actions.publish(process=process, by=making.make_sponsor().actor, now=make.IN_TIME)

    assert not queries.publicly_late_groups(process, today=date(2027, 4, 25))
    assert len(queries.publicly_late_groups(process, today=date(2027, 4, 26))) == 1


def test_the_same_text_is_counted_over_groups():
    process = make.make_owed(*[f"Statement {number}." for number in range(22)])
    answers = [make.make_signed(group) for group in make.groups_in(process)]

    assert queries.count_same_text(process)[answers[0].pk] == 22
