"""The worker may be killed at any moment and does its work again: the second time changes nothing and writes nobody.

Must show 6 of the whole chain: every reaction of every room, and each schedule that writes mails or owes something.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from allting.answers import actions as answers
from allting.answers import tasks as answers_tasks
from allting.choice import actions as choice
from allting.opinions import tasks as opinions_tasks
from allting.people import actions as people
from allting.people.models import QueuedMail
from allting.processes import tasks as processes_tasks
from allting.record import actions as record
from allting.record import reactions, tasks
from allting.record.models import OutboxEntry
from allting.strategy import actions as strategy
from tests.make import answers as make_answers
from tests.make import choice as make_choice
from tests.make import opinions, story
from tests.make.people import make_person

pytestmark = pytest.mark.django_db

# When an entry was done, and that a map is looked at once more: neither is a fact or a mail.
MAY_MOVE = {
    "record.OutboxEntry.done_at",
    "record.OutboxEntry.due_at",
    "opinions.Conversation.changes_count",
    "opinions.Conversation.changed_at",
}


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: object) -> None:
    settings.MAIL_URL = "smtp://localhost:1"  # type: ignore[attr-defined]


def test_every_reaction_and_every_schedule_twice_changes_nothing_and_writes_nobody_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = go_the_whole_way(now=make_answers.LATE)
    monkeypatch.setattr(timezone, "now", lambda: now)
    do_everything(now=now)
    assert set(OutboxEntry.objects.values_list("reaction", flat=True)) == set(reactions.by_name())
    before, mails = rows(), keys_of_mails()

    OutboxEntry.objects.update(done_at=None)
    do_everything(now=now)
    do_everything(now=now)

    assert not OutboxEntry.objects.exclude(error="").exists()
    assert {table for table, found in rows().items() if found != before[table]} == set()
    assert keys_of_mails() == mails
    assert {key.split("-")[0] for key in mails} >= {"answers.published", "answers.due"}

    # A mail's own row goes when it has left, so that it was written is known elsewhere.
    QueuedMail.objects.all().delete()
    OutboxEntry.objects.update(done_at=None)
    do_everything(now=now)

    assert keys_of_mails() == []


def go_the_whole_way(*, now: datetime) -> datetime:
    """Do once whatever a room reacts to, sign one answer of several; return the day by which all were promised."""
    confirmed = make_choice.make_outcome([[0, 1]] * 6, now=now)
    choice.confirm_outcome(outcome=confirmed, by=confirmed.round.item.author, now=now)
    withheld = make_choice.make_outcome([[0, 1]], now=now)
    one = withheld.round.options.order_by("pk").first()
    choice.decide_alone(
        outcome=withheld, options=[one.pk], reason="Too few voted.", by=withheld.round.item.author, now=now
    )

    told = story.make_chosen(now=now)
    author = make_person(address="anna@example.org", now=now)
    mine = opinions.make_statement(told.conversation, text="A night train.", author=author.actor)
    by = told.sponsor.actor
    record.hide(item=mine.item, by=by, reason="Twice the same.", now=now)
    record.restore(item=mine.item, by=by, reason="It is not.", now=now)
    first, second, *_rest = story.decide(told, now=now, reason="It costs more than the others together.")
    story.promise(told, first, now=now)
    invitation = strategy.invite_owner(priority=second, address="marcus@example.org", by=by, now=now)
    people.accept_invitation(invitation=invitation, language="en", now=now)
    story.owe(told, now=now)
    make_answers.make_signed(make_answers.group_of(mine), by=told.sponsor, now=now)
    answers.publish(process=told.process, by=by, now=now)
    due_on = max(group.due_on for group in make_answers.groups_in(told.process))
    return datetime.combine(due_on, time(9), tzinfo=now.tzinfo)


def do_everything(*, now: datetime) -> None:
    for entry_id in list(OutboxEntry.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)):
        assert tasks.deliver(entry_id, now=now)
    for run in (
        processes_tasks.begin_due,
        processes_tasks.open_due,
        processes_tasks.close_due,
        answers_tasks.owe_late,
        answers_tasks.tell_due,
        answers_tasks.remind_due,
        opinions_tasks.remind_of_waiting,
        tasks.seal_late_events,
    ):
        run()
    for entry_id in list(OutboxEntry.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)):
        assert tasks.deliver(entry_id, now=now)


def rows() -> Mapping[str, list[tuple[object, ...]]]:
    """Return what stands in every table."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(*_facts_of(model)), key=repr)
        for model in apps.get_models()
    }


def _facts_of(model: type[Model]) -> list[str]:
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if f"{model._meta.label}.{name}" not in MAY_MOVE]


def keys_of_mails() -> list[str]:
    return sorted(QueuedMail.objects.values_list("key", flat=True))
