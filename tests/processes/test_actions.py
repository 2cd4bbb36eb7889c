from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from allting.people.models import Invitation, LeftAddress, Role
from allting.processes import actions, queries, rules
from allting.processes.actions import Choices, Labels, Right, running
from allting.processes.errors import AlreadyAnnounced, HasClosed, NotLater, NotOpenYet, NotReady
from allting.processes.models import Activity, DecisionRight, Extension, Process
from allting.record.models import Event, Item
from tests.make.processes import CHOICES, NOW, QUESTION, activity_in, make_facilitator, make_process
from tests.processes.conftest import Talks

pytestmark = pytest.mark.django_db

AFTER_CLOSING = datetime(2027, 3, 12, 23, 5, tzinfo=UTC)


def event_names(process: Process) -> list[str]:
    within = Item.objects.filter(pk=process.pk) | Item.objects.filter(within=process.pk)
    return list(Event.objects.filter(item__in=within).order_by("pk").values_list("name", flat=True))


# --- starting and changing ----------------------------------------------------------------------


def test_a_process_starts_as_a_draft_with_its_phase_and_activity() -> None:
    process = make_process(state="draft")
    activity = activity_in(process)

    assert (process.state, process.announced_at) == ("draft", None)
    assert process.item.title == QUESTION
    assert process.item.kind == "process"
    assert activity.item.within_id == process.pk
    assert activity.phase.kind == "listening"
    assert rules.local_day(activity.opens_at or NOW) == date(2027, 2, 15)
    assert rules.local_day(activity.closes_at or NOW) == date(2027, 3, 22)
    assert event_names(process) == ["processes.drafted"]


def test_a_draft_needs_a_question_and_nothing_else() -> None:
    process = actions.start_process(
        template="quick_listening", choices=Choices(question="Why?"), by=make_facilitator().actor, now=NOW
    )

    activity = activity_in(process)
    assert (activity.opens_at, activity.closes_at) == (None, None)
    assert not DecisionRight.objects.exists()


def test_labels_of_an_invented_organisation_are_kept() -> None:
    labels = Labels(is_invented=True, invented_note="The council is invented.", attribution="CC BY 4.0")

    process = make_process(state="draft", labels=labels)

    assert process.is_invented
    assert (process.invented_note, process.attribution) == ("The council is invented.", "CC BY 4.0")


def test_changing_a_draft_changes_everything_that_was_made_from_its_choices() -> None:
    process = make_process(state="draft")
    choices = replace(CHOICES, question="And now?", starts_on=date(2027, 6, 1), weeks=2, decider_name="Bo Ek")

    changed = actions.change_process(process=process, choices=choices, by=make_facilitator().actor, now=NOW)

    activity = activity_in(process)
    assert changed.item.title == activity.item.title == "And now?"
    assert rules.local_day(activity.closes_at or NOW) == date(2027, 6, 15)
    assert activity.phase.decision_right.who == "Bo Ek, mayor"
    assert event_names(process) == ["processes.drafted", "processes.changed"]


@pytest.mark.parametrize("state", ["announced", "running", "closed"])
def test_what_was_announced_is_not_changed(state: str) -> None:
    process = make_process(state=state)

    with pytest.raises(AlreadyAnnounced):
        actions.change_process(
            process=process, choices=replace(CHOICES, question="Other"), by=make_facilitator().actor, now=NOW
        )

    assert Item.objects.get(pk=process.pk).title == QUESTION


# --- announcing ---------------------------------------------------------------------------------


def test_announcing_makes_the_promises_binding() -> None:
    process = make_process(state="announced")

    assert process.announced_at
    assert event_names(process) == ["processes.drafted", "processes.announced"]


def test_announcing_takes_the_rights_that_are_said_then() -> None:
    process = make_process(state="draft", up_for_decision="")
    make_process(state="announced")  # brings a deputy
    phase = activity_in(process).phase

    actions.announce(
        process=process, rights={phase.pk: Right(who="Dana", what="Ten things")}, by=make_facilitator().actor, now=NOW
    )

    assert DecisionRight.objects.get(phase=phase).what == "Ten things"


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"decider_name": ""}, "decider"),
        ({"not_up_for_decision": ""}, "not_up_for_decision"),
        ({"weeks": None}, "dates"),
        ({"up_for_decision": ""}, "decision_rights"),
        ({"answer_days": 0}, "answer_days"),
        ({"question": " "}, "question"),
    ],
)
def test_announcing_is_refused_while_something_is_missing(choices: dict[str, object], code: str) -> None:
    make_process(state="announced")  # brings a deputy
    process = make_process(state="draft", **choices)

    with pytest.raises(NotReady) as refused:
        actions.announce(process=process, by=make_facilitator().actor, now=NOW)

    assert [one.code for one in refused.value.missing] == [code]
    assert Process.objects.get(pk=process.pk).state == "draft"
    assert event_names(process) == ["processes.drafted"]


def test_announcing_without_a_deputy_or_facilitator_is_refused() -> None:
    process = make_process(state="draft")
    Role.objects.all().delete()

    with pytest.raises(NotReady) as refused:
        actions.announce(process=process, by=make_facilitator().actor, now=NOW)

    assert [one.code for one in refused.value.missing] == ["facilitator", "deputy"]


@pytest.mark.parametrize(
    ("columns", "is_enough"),
    [
        ({}, True),
        ({"expires_at": NOW}, False),
        ({"revoked_at": NOW}, False),
        ({"role": "member"}, False),
    ],
    ids=["open", "expired", "revoked", "another role"],
)
def test_an_invited_deputy_is_enough_while_the_invitation_stands(columns: dict[str, object], is_enough: bool) -> None:
    process = make_process(state="draft")
    actor = make_facilitator().actor
    invitation = {
        "token_digest": "x",
        "address": "tom@example.org",
        "role": "deputy",
        "item": process.item,
        "invited_by": actor,
        "invited_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        **columns,
    }
    Invitation.objects.create(**invitation)

    if is_enough:
        actions.announce(process=process, by=actor, now=NOW)
        assert queries.team_of(process, now=NOW).awaits_deputy
    else:
        with pytest.raises(NotReady):
            actions.announce(process=process, by=actor, now=NOW)


def test_announcing_twice_is_refused() -> None:
    process = make_process(state="announced")

    with pytest.raises(AlreadyAnnounced):
        actions.announce(process=process, by=make_facilitator().actor, now=NOW)


def test_a_process_that_is_no_draft_has_a_day_of_announcing() -> None:
    process = make_process(state="draft")

    with pytest.raises(IntegrityError), transaction.atomic():
        Process.objects.filter(pk=process.pk).update(state="running")


# --- the minute task ----------------------------------------------------------------------------


def test_an_announced_process_begins_when_its_first_phase_starts_and_only_once() -> None:
    process = make_process(state="announced")
    starts_at = activity_in(process).opens_at or NOW

    assert actions.begin_due(now=starts_at - timedelta(seconds=1)) == 0
    assert actions.begin_due(now=starts_at) == 1
    assert actions.begin_due(now=starts_at) == 0

    assert Process.objects.get(pk=process.pk).state == "running"
    assert event_names(process)[-1:] == ["processes.begun"]


def test_drafts_do_not_begin() -> None:
    make_process(state="draft")

    assert actions.begin_due(now=NOW + timedelta(days=30)) == 0


def test_an_activity_is_closed_exactly_once(talks: Talks) -> None:
    process = make_process(state="running")
    activity = activity_in(process)

    assert actions.close_due(now=NOW) == 0
    assert actions.close_due(now=AFTER_CLOSING) == 1
    assert actions.close_due(now=AFTER_CLOSING) == 0

    process.refresh_from_db()
    assert (process.state, process.closed_at) == ("closed", AFTER_CLOSING)
    assert talks.closed == [activity.item_id]
    assert event_names(process)[-2:] == ["processes.activity_closed", "processes.closed"]


def test_two_workers_that_found_the_same_activity_close_it_once(talks: Talks) -> None:
    activity = activity_in(make_process(state="running"))

    # Both looked for what is due before either closed it.
    answers = [running._close(activity.pk, now=AFTER_CLOSING) for _worker in range(2)]

    assert answers == [True, False]
    assert talks.closed == [activity.item_id]
    assert Event.objects.filter(name="processes.activity_closed").count() == 1
    assert Event.objects.filter(name="processes.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_close_it_once(talks: Talks) -> None:
    activity = activity_in(make_process(state="running"))
    ready = Barrier(2)

    def work(_worker: int) -> int:
        ready.wait(timeout=10)
        try:
            return actions.close_due(now=AFTER_CLOSING)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as workers:
        closed_counts = list(workers.map(work, range(2)))

    assert sorted(closed_counts) == [0, 1]
    assert talks.closed == [activity.item_id]
    assert Event.objects.filter(name="processes.activity_closed").count() == 1


def test_an_activity_extended_meanwhile_is_not_closed(talks: Talks) -> None:
    process = make_process(state="running")
    actions.extend(process=process, until=date(2027, 4, 1), note="More time.", by=make_facilitator().actor, now=NOW)

    assert not running._close(activity_in(process).pk, now=AFTER_CLOSING)
    assert talks.closed == []


def test_a_process_closes_with_its_last_activity() -> None:
    process = make_process(state="running")
    first = activity_in(process)
    second = Activity.objects.create(
        phase=first.phase,
        kind="conversation",
        item=Item.objects.create(kind="conversation", title="Two", author=process.item.author, created_at=NOW),
        opens_at=first.opens_at,
        closes_at=AFTER_CLOSING + timedelta(days=1),
    )

    actions.close_due(now=AFTER_CLOSING)
    assert Process.objects.get(pk=process.pk).state == "running"

    actions.close_due(now=second.closes_at or NOW)
    assert Process.objects.get(pk=process.pk).state == "closed"


def test_left_addresses_are_forgotten_twelve_months_after_closing() -> None:
    process = make_process(state="running")
    conversation = activity_in(process).item
    for item, key in [(process.item, "a"), (conversation, "b")]:
        LeftAddress.objects.create(
            actor=process.item.author, item=item, address="me@example.org", removal_key=key, confirmed_at=NOW
        )

    actions.close_due(now=AFTER_CLOSING)

    assert set(LeftAddress.objects.values_list("forget_on", flat=True)) == {date(2028, 3, 13)}


def test_an_address_left_after_the_closing_goes_with_the_others() -> None:
    process = make_process(state="running")
    conversation = activity_in(process).item
    actions.close_due(now=AFTER_CLOSING)
    LeftAddress.objects.create(
        actor=process.item.author, item=conversation, address="me@example.org", removal_key="a", confirmed_at=NOW
    )

    assert actions.date_late_addresses() == 1
    assert actions.date_late_addresses() == 0

    assert LeftAddress.objects.get().forget_on == date(2028, 3, 13)


def test_an_address_left_while_it_is_open_has_no_last_day_yet() -> None:
    process = make_process(state="running")
    LeftAddress.objects.create(
        actor=process.item.author, item=process.item, address="me@example.org", removal_key="a", confirmed_at=NOW
    )

    assert actions.date_late_addresses() == 0


# --- extending and closing early ----------------------------------------------------------------


def test_extending_moves_the_closing_day_and_tells_why() -> None:
    process = make_process(state="running")

    extended = actions.extend(
        process=process, until=date(2027, 3, 19), note="The buses were full.", by=make_facilitator().actor, now=NOW
    )

    assert rules.local_day(rules.timetable_of(extended).closes_at or NOW) == date(2027, 3, 19)
    assert rules.timetable_of(extended).answers_on == date(2027, 4, 18)
    assert activity_in(process).closes_at == rules.timetable_of(extended).closes_at
    assert Extension.objects.get().note == "The buses were full."
    data = {"days": 7, "activity": activity_in(process).pk}
    assert Event.objects.get(name="processes.extended").data == data


@pytest.mark.parametrize("until", [date(2027, 3, 12), date(2027, 2, 28)])
def test_extending_goes_only_later(until: date) -> None:
    process = make_process(state="running")

    with pytest.raises(NotLater):
        actions.extend(process=process, until=until, note="No.", by=make_facilitator().actor, now=NOW)

    assert not Extension.objects.exists()


@pytest.mark.parametrize(("state", "now"), [("draft", NOW), ("running", AFTER_CLOSING), ("closed", NOW)])
def test_extending_is_refused_before_announcing_and_after_closing(state: str, now: datetime) -> None:
    process = make_process(state=state)

    with pytest.raises(HasClosed):
        actions.extend(process=process, until=date(2027, 6, 1), note="No.", by=make_facilitator().actor, now=now)


def test_closing_early_goes_the_same_way_as_closing_on_the_day(talks: Talks) -> None:
    process = make_process(state="running")

    closed = actions.close_early(process=process, by=make_facilitator().actor, now=NOW)

    assert (closed.state, closed.closed_at) == ("closed", NOW)
    assert rules.timetable_of(closed).closes_at == NOW
    assert talks.closed == [activity_in(process).item_id]
    assert event_names(process)[-3:] == [
        "processes.closed_early",
        "processes.activity_closed",
        "processes.closed",
    ]
    assert actions.close_due(now=AFTER_CLOSING) == 0


def test_closing_early_twice_or_before_it_opened_is_refused() -> None:
    actor = make_facilitator().actor

    with pytest.raises(NotOpenYet):
        actions.close_early(process=make_process(state="announced"), by=actor, now=NOW)
    with pytest.raises(HasClosed):
        actions.close_early(process=make_process(state="closed"), by=actor, now=NOW)
