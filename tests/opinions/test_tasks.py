"""What the worker does: one mail a day about what waits, and a new map after something was hidden."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from allting.opinions import tasks
from allting.opinions.models import Conversation, Statement
from allting.people.models import QueuedMail
from allting.record import actions as record
from allting.record.models import Event
from tests.make import processes
from tests.make.opinions import make_conversation, make_statement, statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(settings: Any, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A moment at noon, mail that is set up, and a clock that stands still."""
    settings.MAIL_URL = "smtp://localhost:2525"
    moment = timezone.localtime(timezone.now()).replace(hour=12, minute=0)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def wait_for(conversation: Conversation, *, hours: float, now: datetime, text: str = "More trees.") -> Statement:
    return make_statement(conversation, text=text, state=Statement.State.WAITING, now=now - timedelta(hours=hours))


def addresses() -> list[str]:
    return sorted(QueuedMail.objects.values_list("address", flat=True))


def test_facilitator_and_deputy_are_told_once_a_day(now: datetime) -> None:
    conversation = make_conversation(now=now)
    wait_for(conversation, hours=25, now=now)
    wait_for(conversation, hours=30, now=now, text="Fewer cars.")

    tasks.remind_of_waiting()
    tasks.remind_of_waiting()

    assert addresses() == ["deputy@example.org", "facilitator@example.org"]
    mail = QueuedMail.objects.first()
    assert mail is not None
    assert mail.subject == "2 statements have waited for more than a day"
    assert f"/conversations/{conversation.pk}/workbench" in mail.text
    assert "More trees." not in mail.text


def test_the_next_day_they_are_told_again(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for(make_conversation(now=now), hours=25, now=now)
    tasks.remind_of_waiting()

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    tasks.remind_of_waiting()

    assert QueuedMail.objects.count() == 4


def test_within_the_promised_day_nobody_is_told(now: datetime) -> None:
    wait_for(make_conversation(now=now), hours=23.9, now=now)

    tasks.remind_of_waiting()

    assert addresses() == []


def test_without_mail_nothing_is_queued(now: datetime, settings: Any) -> None:
    settings.MAIL_URL = ""
    wait_for(make_conversation(now=now), hours=25, now=now)

    tasks.remind_of_waiting()

    assert addresses() == []


def test_a_facilitator_of_another_process_is_not_told(now: datetime) -> None:
    conversation, other = make_conversation(now=now), make_conversation(now=now)
    processes.make_facilitator(within=other.item.within, now=now)
    wait_for(conversation, hours=25, now=now)

    tasks.remind_of_waiting()

    assert addresses() == ["deputy@example.org", "facilitator@example.org"]


def test_a_hidden_statement_makes_the_map_old(now: datetime) -> None:
    conversation = make_conversation(now=now)
    statement = statements_of(conversation)[0]
    record.hide(item=statement.item, by=conversation.item.author, reason="No.", now=now)
    conversation.refresh_from_db()
    before = conversation.changes_count
    event = Event.objects.get(name="record.hidden")

    tasks.note_moderation(event, now)
    tasks.note_moderation(event, now)

    conversation.refresh_from_db()
    assert conversation.changes_count > before


def test_hiding_something_else_changes_no_conversation(now: datetime) -> None:
    conversation = make_conversation(now=now)
    assert conversation.item.within is not None
    event = record.emit(name="record.hidden", actor=conversation.item.author, item=conversation.item.within, now=now)

    conversation.refresh_from_db()
    before = conversation.changes_count

    tasks.note_moderation(event, now)

    conversation.refresh_from_db()
    assert conversation.changes_count == before
