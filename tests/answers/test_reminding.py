"""On the day by which answers were promised, those who sign get one mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from allting.answers import reminding, tasks
from allting.people import letters
from allting.people.models import Person, QueuedMail
from allting.record.models import Event
from tests.make import answers as make
from tests.make import processes as making

pytestmark = pytest.mark.django_db

# The answers of the processes of tests.make are due on 11 April.
BEFORE = make.LATE - timedelta(days=5)
ON_THE_DAY = make.LATE - timedelta(days=3)


@pytest.fixture
def at(monkeypatch):
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def addresses() -> list[str]:
    return sorted(QueuedMail.objects.values_list("address", flat=True))


def test_the_sponsor_is_written_to_on_the_day_and_not_before(at):
    make.make_owed("Open the library.", "Mend the road.")
    sponsor = making.make_sponsor()
    at(BEFORE)
    tasks.remind_due()
    before = addresses()
    at(ON_THE_DAY)
    tasks.remind_due()

    mail = QueuedMail.objects.get()
    assert before == []
    assert mail.address == sponsor.address
    assert mail.text.startswith("2 answers were promised by 11 April, and nobody has signed them.")
    assert "on 26 April everybody sees what is still missing" in mail.text
    assert "/answers/waiting" in mail.text


def test_reminding_twice_writes_once_even_when_the_mail_has_left(at):
    make.make_owed("Open the library.")
    making.make_sponsor()
    at(ON_THE_DAY)

    tasks.remind_due()
    QueuedMail.objects.all().delete()
    tasks.remind_due()
    at(make.LATE)
    tasks.remind_due()

    assert addresses() == []
    assert Event.objects.filter(name="answers.reminded").count() == 1


def test_killed_in_the_middle_everybody_is_written_to_once(at, monkeypatch):
    process = make.make_owed("Open the library.")
    making.make_sponsor()
    making.make_sponsor(within=process.item)
    at(ON_THE_DAY)
    really = letters.queue_letter

    def die_at_the_second(**said) -> bool:
        if QueuedMail.objects.exists():
            raise KeyboardInterrupt
        return really(**said)

    with monkeypatch.context() as patched:
        patched.setattr(letters, "queue_letter", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            tasks.remind_due()
    after_the_kill = addresses()
    tasks.remind_due()

    assert after_the_kill == []
    assert len(addresses()) == 2


def test_what_is_signed_or_was_taken_back_reminds_nobody(at):
    process = make.make_owed("Open the library.")
    make.make_signed(make.groups_in(process)[0])
    at(ON_THE_DAY)

    tasks.remind_due()

    assert addresses() == []
    assert not Event.objects.filter(name="answers.reminded").exists()


def test_where_nobody_decides_the_facilitator_is_reminded(at):
    make.make_owed("Open the library.")
    at(ON_THE_DAY)

    tasks.remind_due()

    assert addresses() == [making.make_facilitator().address]


def test_a_sponsor_who_was_erased_or_has_no_address_is_passed_over(at):
    process = make.make_owed("Open the library.")
    Person.objects.filter(pk=making.make_sponsor().pk).update(address=None)
    due_on = make.groups_in(process)[0].due_on

    assert reminding.remind(process_id=process.pk, due_on=due_on, now=ON_THE_DAY) == 0
    assert addresses() == []


def test_the_sponsor_reads_it_in_their_own_language(at):
    make.make_owed("Open the library.")
    sponsor = making.make_sponsor()
    Person.objects.filter(pk=sponsor.pk).update(language="sv")
    at(ON_THE_DAY)

    tasks.remind_due()

    assert QueuedMail.objects.get().text.startswith("Ett svar är utlovat till den 11 april")


def test_what_was_due_weeks_ago_is_not_written_about(at):
    make.make_owed("Open the library.")
    making.make_sponsor()
    at(make.PUBLICLY_LATE + timedelta(days=10))

    tasks.remind_due()

    assert addresses() == []
