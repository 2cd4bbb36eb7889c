"""What can be done with a strategy, by event, refusal and what happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allting.people import actions as people
from allting.people.models import Person, Role, RoleName
from allting.processes.models import Process
from allting.record import actions as record
from allting.record import tasks as record_tasks
from allting.record.kinds import Words
from allting.record.models import Event, Item, OutboxEntry
from allting.strategy import actions, tasks
from allting.strategy.actions.priorities import words_of
from allting.strategy.errors import (
    AlreadyConfirmed,
    AlreadyPublished,
    NothingChanged,
    NotPublished,
    NotReady,
    NotUnderWay,
    WrittenMeanwhile,
)
from allting.strategy.models import Change, Priority, Promise
from allting.strategy.rules import PriorityWords
from tests.make import opinions, processes
from tests.make import strategy as make
from tests.make.people import make_person
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def process() -> Process:
    return processes.make_process()


def names_of(item: Item) -> list[str]:
    return list(
        Event.objects.filter(item=item).exclude(name="record.linked").order_by("pk").values_list("name", flat=True)
    )


def deliver() -> None:
    """Run what is owed, whatever the clock of the machine says."""
    OutboxEntry.objects.update(due_at=timezone.now())
    record_tasks.deliver_outbox()


def decided(process: Process, *, name: str = "choice.outcome_confirmed", options: int = 3) -> list[int]:
    """Write the event that the room of choice writes when the sponsor has decided; return the options in its order."""
    conversation = opinions.conversation_in(process, statements=options)
    chosen = [statement.pk for statement in reversed(opinions.statements_of(conversation))]
    sponsor = processes.make_sponsor()
    record.emit(name=name, actor=sponsor.actor, item=conversation.item, data={"options": chosen}, now=NOW)
    return chosen


# --- drafting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["choice.outcome_confirmed", "choice.outcome_departed_from", "choice.decided_alone"])
def test_a_decision_drafts_one_priority_for_each_option_in_its_order(process: Process, name: str) -> None:
    chosen = decided(process, name=name)

    deliver()

    drafted = list(Priority.objects.order_by("number"))
    assert [priority.source_id for priority in drafted] == chosen
    assert [make.rests_on(priority.item) for priority in drafted] == [[pk] for pk in chosen]
    assert {priority.state for priority in drafted} == {Priority.State.CANDIDATE}
    assert [priority.item.title for priority in drafted] == [Item.objects.get(pk=pk).title for pk in chosen]


def test_a_decision_told_twice_drafts_once(process: Process) -> None:
    decided(process)
    event = Event.objects.get(name="choice.outcome_confirmed")

    tasks.draft_from_outcome(event, NOW)
    tasks.draft_from_outcome(event, NOW + timedelta(minutes=1))

    assert Priority.objects.count() == 3
    assert Event.objects.filter(name="strategy.priorities_drafted").count() == 1


def test_what_was_proposed_before_keeps_its_number(process: Process) -> None:
    own = actions.add_priority(process=process, words=make.WORDS, by=process.item.author, now=NOW)
    decided(process, options=2)

    deliver()

    assert own.number == 1
    assert sorted(Priority.objects.values_list("number", flat=True)) == [1, 2, 3]


# --- owners -----------------------------------------------------------------------------------------------


def test_an_owner_leads_within_the_process(process: Process) -> None:
    priority = make.make_candidate(process)
    person = make_person(name="Marcus Oyelaran")

    actions.name_owner(priority=priority, owner=person, by=process.item.author, now=NOW)

    assert Priority.objects.get(pk=priority.pk).owner == person
    assert Role.objects.get(person=person).role == RoleName.LEAD
    assert names_of(priority.item) == ["strategy.owner_named"]


def test_who_accepts_the_invitation_owns_it(process: Process) -> None:
    priority = make.make_candidate(process)
    invitation = actions.invite_owner(priority=priority, address="marcus@example.org", by=process.item.author, now=NOW)

    person = people.accept_invitation(invitation=invitation, language="en", now=NOW)
    deliver()
    tasks.take_over(Event.objects.get(name="people.invitation_accepted"), NOW)

    priority.refresh_from_db()
    assert (priority.owner, priority.invitation) == (person, None)
    assert names_of(priority.item) == ["strategy.owner_invited", "strategy.owner_named"]


def test_one_invitation_stands_for_two_priorities(process: Process) -> None:
    first = make.make_candidate(process)
    second = make.make_candidate(process)
    for priority in (first, second):
        invitation = actions.invite_owner(
            priority=priority, address="marcus@example.org", by=process.item.author, now=NOW
        )

    person = people.accept_invitation(invitation=invitation, language="en", now=NOW)
    deliver()

    assert set(Priority.objects.filter(owner=person)) == {first, second}


def test_naming_somebody_else_takes_the_invitation_back(process: Process) -> None:
    priority = make.make_candidate(process)
    invitation = actions.invite_owner(priority=priority, address="marcus@example.org", by=process.item.author, now=NOW)

    actions.name_owner(priority=priority, owner=make.make_lead(process), by=process.item.author, now=NOW)

    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW


# --- priorities -------------------------------------------------------------------------------------------


def test_a_confirmed_priority_is_under_way(process: Process) -> None:
    owner = make.make_lead(process)
    priority = make.make_candidate(process, owner=owner)

    actions.confirm_priority(priority=priority, words=make.WORDS, by=owner.actor, now=NOW)

    priority.refresh_from_db()
    assert (priority.state, priority.confirmed_at) == (Priority.State.ACTIVE, NOW)
    assert priority.item.title == make.WORDS.title
    assert names_of(priority.item)[-1] == "strategy.priority_confirmed"


@pytest.mark.parametrize("part", ["success", "not_done"])
def test_what_is_missing_keeps_a_priority_from_the_public(process: Process, part: str) -> None:
    priority = make.make_candidate(process, owner=make.make_lead(process))

    with pytest.raises(NotReady) as refused:
        actions.confirm_priority(
            priority=priority, words=replace(make.WORDS, **{part: ""}), by=process.item.author, now=NOW
        )

    assert list(refused.value.missing) == [part]


def test_a_priority_without_owner_is_not_confirmed(process: Process) -> None:
    priority = make.make_candidate(process)

    with pytest.raises(NotReady) as refused:
        actions.confirm_priority(priority=priority, words=make.WORDS, by=process.item.author, now=NOW)

    assert list(refused.value.missing) == ["owner"]


def test_a_priority_rests_on_something_or_says_that_it_does_not(process: Process) -> None:
    owner = make.make_lead(process)
    priority = actions.add_priority(process=process, words=make.WORDS, by=owner.actor, now=NOW)
    actions.name_owner(priority=priority, owner=owner, by=owner.actor, now=NOW)

    with pytest.raises(NotReady) as refused:
        actions.confirm_priority(priority=priority, words=make.WORDS, by=owner.actor, now=NOW)
    said = replace(make.WORDS, is_own_initiative=True)
    actions.confirm_priority(priority=priority, words=said, by=owner.actor, now=NOW)

    assert list(refused.value.missing) == ["is_own_initiative"]
    assert priority.is_own_initiative


def test_a_priority_is_confirmed_once() -> None:
    priority = make.make_priority()

    with pytest.raises(AlreadyConfirmed):
        actions.confirm_priority(priority=priority, words=make.WORDS, by=priority.item.author, now=NOW)


def test_the_tenth_says_what_stops(process: Process) -> None:
    owner = make.make_lead(process)
    for _number in range(9):
        make.make_priority(process, owner=owner)
    tenth = make.make_candidate(process, owner=owner)

    with pytest.raises(NotReady) as refused:
        actions.confirm_priority(priority=tenth, words=make.WORDS, by=owner.actor, now=NOW)
    said = replace(make.WORDS, what_stops="The ring road waits.")
    actions.confirm_priority(priority=tenth, words=said, by=owner.actor, now=NOW)

    assert list(refused.value.missing) == ["what_stops"]
    assert tenth.state == Priority.State.ACTIVE


def test_a_change_of_what_is_under_way_keeps_old_and_new() -> None:
    priority = make.make_priority()

    actions.change_priority(
        priority=priority,
        words=replace(make.WORDS, success="Nobody waits at all."),
        reason="The signals came early.",
        by=priority.item.author,
        now=NOW,
    )

    change = Change.objects.get(item=priority.item)
    assert (change.part, change.old, change.new) == ("success", make.WORDS.success, "Nobody waits at all.")
    assert names_of(priority.item)[-1] == "strategy.priority_changed"


def test_a_change_that_changes_nothing_is_refused() -> None:
    priority = make.make_priority()

    with pytest.raises(NothingChanged):
        actions.change_priority(priority=priority, words=make.WORDS, reason="Why.", by=priority.item.author, now=NOW)


def test_a_proposal_is_edited_and_not_changed_in_public(process: Process) -> None:
    priority = make.make_candidate(process)

    actions.edit_priority(priority=priority, words=PriorityWords("Roads"), by=process.item.author, now=NOW)
    with pytest.raises(NotUnderWay):
        actions.change_priority(priority=priority, words=make.WORDS, reason="Why.", by=process.item.author, now=NOW)

    assert Item.objects.get(pk=priority.pk).title == "Roads"


@pytest.mark.parametrize("state", [Priority.State.DELIVERED, Priority.State.RETIRED])
def test_a_priority_ends_once_with_a_reason(state: Priority.State) -> None:
    priority = make.make_priority()
    by = priority.item.author

    actions.end_priority(priority=priority, state=state, reason="It is done.", by=by, now=NOW)
    with pytest.raises(NotUnderWay):
        actions.end_priority(priority=priority, state=state, reason="Again.", by=by, now=NOW)

    change = Change.objects.get(item=priority.item)
    assert (change.old, change.new, change.reason) == ("active", state, "It is done.")
    assert names_of(priority.item)[-1] == f"strategy.priority_{state}"


def test_the_database_refuses_a_confirmed_priority_without_owner() -> None:
    priority = make.make_priority()

    with pytest.raises(IntegrityError), transaction.atomic():
        Priority.objects.filter(pk=priority.pk).update(owner=None)


# --- promises ---------------------------------------------------------------------------------------------


def test_a_published_promise_delivers_its_priority() -> None:
    priority = make.make_priority()

    promise = make.make_promise(priority)

    promise.refresh_from_db()
    assert (promise.state, promise.number, promise.promised_by) == ("published", 1, priority.owner)
    assert make.rests_on(promise.item) == [priority.pk]
    assert names_of(promise.item) == ["strategy.promise_drafted", "strategy.promise_published"]


def test_drafts_leave_no_gap_in_the_numbers() -> None:
    priority = make.make_priority()
    make.make_draft(priority)

    assert [make.make_promise(priority).number, make.make_promise(priority).number] == [1, 2]


@pytest.mark.parametrize(
    ("part", "said", "sentence"),
    [
        ("wording", "Better roads.", "Write what somebody outside will be able to see, in a whole sentence."),
        ("threshold", "", "Write from when on the promise is kept: how many, how often or how much."),
        ("threshold", "as good as we can", "Put a figure in it, such as “nine of ten drives”."),
        ("due_on", None, "Write the day by which it is kept."),
        ("due_on", date(2027, 2, 10), "10 February 2027 is not ahead of us."),
        ("audience", "", "Write to whom you promise it. A promise to nobody binds nobody."),
    ],
)
def test_each_thing_a_promise_lacks_has_its_own_sentence(part: str, said: object, sentence: str) -> None:
    promise = make.make_draft()
    owner = promise.priority.owner
    assert owner is not None

    with pytest.raises(NotReady) as refused:
        actions.publish_promise(promise=promise, words=replace(make.PROMISE, **{part: said}), by=owner, now=NOW)

    assert list(refused.value.missing) == [part]
    assert str(refused.value.missing[part]).startswith(sentence)


def test_a_promise_is_published_once() -> None:
    promise = make.make_promise()
    owner = promise.priority.owner
    assert owner is not None

    with pytest.raises(AlreadyPublished):
        actions.publish_promise(promise=promise, words=make.PROMISE, by=owner, now=NOW)
    with pytest.raises(AlreadyPublished):
        actions.edit_promise(promise=promise, words=make.PROMISE, by=owner.actor, now=NOW)


def test_only_what_is_under_way_is_promised_for(process: Process) -> None:
    with pytest.raises(NotUnderWay):
        actions.draft_promise(
            priority=make.make_candidate(process), words=make.PROMISE, by=process.item.author, now=NOW
        )


def test_a_moved_day_and_a_new_threshold_stay_visible_with_the_old() -> None:
    promise = make.make_promise()

    actions.change_promise(
        promise=promise,
        words=replace(make.PROMISE, due_on=date(2029, 6, 30), threshold="eight of ten drives"),
        reason="The signal supplier is late.",
        by=promise.item.author,
        now=NOW,
    )

    kept = {change.part: (change.old, change.new) for change in Change.objects.filter(item=promise.item)}
    assert kept == {
        "due_on": ("2028-06-30", "2029-06-30"),
        "threshold": ("nine of ten drives at rush hour", "eight of ten drives"),
    }
    assert names_of(promise.item)[-1] == "strategy.promise_changed"


def test_a_day_that_has_passed_may_stay_as_promised() -> None:
    promise = make.make_promise()

    actions.change_promise(
        promise=promise,
        words=replace(make.PROMISE, today="Nine of ten."),
        reason="It was measured.",
        by=promise.item.author,
        now=NOW + timedelta(days=900),
    )

    assert Promise.objects.get(pk=promise.pk).today == "Nine of ten."


def test_a_promise_is_taken_back_once_with_a_reason() -> None:
    promise = make.make_promise()
    by = promise.item.author

    actions.withdraw_promise(promise=promise, reason="There is no money.", by=by, now=NOW)
    with pytest.raises(NotPublished):
        actions.withdraw_promise(promise=promise, reason="Again.", by=by, now=NOW)
    with pytest.raises(NotPublished):
        actions.change_promise(promise=promise, words=make.PROMISE, reason="Again.", by=by, now=NOW)

    assert Change.objects.get(item=promise.item).reason == "There is no money."
    assert names_of(promise.item)[-1] == "strategy.promise_withdrawn"


# --- the strategy -----------------------------------------------------------------------------------------


def test_every_version_of_the_strategy_stays_with_its_voices(process: Process) -> None:
    voice = make.statement_in(process).item
    first = make.make_text(process, voices=[voice])

    second = actions.write_strategy(
        process=process,
        words=replace(make.TEXT, mission="A town for all."),
        note="Shorter.",
        after=1,
        by=process.item.author,
        now=NOW,
    )

    assert [first.number, second.number] == [1, 2]
    assert list(first.text.versions.order_by("number")) == [first, second]
    assert make.rests_on(first.text.item) == [voice.pk]
    assert list(first.voices.all()) == [voice]
    assert names_of(first.text.item) == ["strategy.written", "strategy.written"]


def test_who_wrote_on_an_older_version_reads_the_newer_first(process: Process) -> None:
    make.make_text(process)

    with pytest.raises(WrittenMeanwhile):
        make.make_text(process)


def test_the_same_text_again_is_no_version(process: Process) -> None:
    make.make_text(process)

    with pytest.raises(NothingChanged):
        actions.write_strategy(process=process, words=make.TEXT, note="Same.", after=1, by=process.item.author, now=NOW)


# --- erasing ----------------------------------------------------------------------------------------------


def test_what_an_erased_owner_confirmed_and_promised_stands_without_the_name() -> None:
    promise = make.make_promise()
    owner = promise.priority.owner
    assert owner is not None
    waiting = make.make_candidate(promise.process, owner=owner)

    people.erase_person(person=owner, words=Words.BLANKED, now=NOW)

    promise.refresh_from_db()
    waiting.refresh_from_db()
    assert promise.wording == make.PROMISE.wording
    assert str(promise.promised_by) == "Somebody without a name"
    assert waiting.owner is None
    assert promise.item.title == make.PROMISE.wording


def quoting(process: Process) -> tuple[Priority, Person]:
    """Make a priority under way that is called what somebody said, word for word."""
    author = make_person(name="Astrid Ask")
    said = opinions.make_statement(
        opinions.conversation_in(process, statements=0), text="Sundays for me at 7 Heron Lane.", author=author.actor
    )
    owner = make.make_lead(process)
    by = process.item.author
    (priority,) = actions.draft_priorities(process=process, options=[said.item], by=by, now=NOW)
    actions.name_owner(priority=priority, owner=owner, by=by, now=NOW)
    words = replace(make.WORDS, title=priority.item.title)
    return actions.confirm_priority(priority=priority, words=words, by=owner.actor, now=NOW), author


def reword(priority: Priority, title: str) -> None:
    assert priority.owner is not None
    words = replace(words_of(priority), title=title)
    actions.change_priority(priority=priority, words=words, reason="Shorter.", by=priority.owner.actor, now=NOW)


@pytest.mark.parametrize(
    ("words", "old"), [(Words.BLANKED, record.BLANK_TITLE), (Words.NAMELESS, "Sundays for me at 7 Heron Lane.")]
)
def test_what_a_priority_was_called_before_goes_with_the_words_of_an_erased_author(
    process: Process, words: Words, old: str
) -> None:
    priority, author = quoting(process)
    reword(priority, "Libraries open on Sundays")
    reword(priority, "Open on Sundays")

    people.erase_person(person=author, words=words, now=NOW)

    kept = list(Change.objects.order_by("pk").values_list("old", "new"))
    assert kept == [(old, "Libraries open on Sundays"), ("Libraries open on Sundays", "Open on Sundays")]
    assert Item.objects.get(pk=priority.pk).title == "Open on Sundays"


def test_what_was_called_after_a_priority_before_it_was_reworded_is_found_too(process: Process) -> None:
    priority, author = quoting(process)
    (later,) = actions.draft_priorities(process=process, options=[priority.item], by=process.item.author, now=NOW)
    assert later.item.title == "Sundays for me at 7 Heron Lane."
    reword(priority, "Open on Sundays")

    people.erase_person(person=author, words=Words.BLANKED, now=NOW)

    assert Item.objects.get(pk=later.pk).title == record.BLANK_TITLE
