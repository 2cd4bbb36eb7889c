"""The letter to those who sign, on the day by which answers were promised: one for each such day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.answers import queries, rules
from allting.people import letters
from allting.people.letters import Letter
from allting.processes.models import Process
from allting.record import actions as record
from allting.web.numbers import day, number

# A reminder that could not leave for longer than this says nothing that the page does not say better.
_WORTH = timedelta(days=7)


@transaction.atomic
def remind(*, process_id: int, due_on: date, now: datetime) -> int:
    """Queue a letter to each who signs, and return how many; 0 where this was done before or nothing is owed now.

    That it was done is an event in the same transaction: a mail's own row goes when it has left.
    """
    process = Process.objects.select_for_update(of=["self"]).select_related("item").get(pk=process_id)
    count = queries.count_unsigned(process, until=due_on)
    if not count or queries.was_reminded(process, due_on=due_on):
        return 0
    persons = queries.people_to_remind(process)
    for person in persons:
        with translation.override(person.language):
            letters.queue_letter(
                key=f"answers.due-{process.pk}-{due_on.isoformat()}-{person.pk}",
                address=person.address or "",
                letter=_letter(process, due_on=due_on, count=count),
                actor=person.actor,
                worth_until=now + _WORTH,
                now=now,
            )
    data: dict[str, int | str] = {"due_on": due_on.isoformat(), "unsigned": count, "mails": len(persons)}
    record.emit(name=queries.REMINDED, actor=record.system_actor(), item=process.item, data=data, now=now)
    return len(persons)


def _letter(process: Process, *, due_on: date, count: int) -> Letter:
    headline = ngettext(
        "One answer was promised by %(day)s, and nobody has signed it.",
        "%(count)s answers were promised by %(day)s, and nobody has signed them.",
        count,
    ) % {"count": number(count), "day": day(due_on)}
    late = _(
        "What is signed later counts as late, and on %(day)s everybody sees what is still missing. "
        "A short answer in time is worth more than a long one later."
    ) % {"day": day(due_on + rules.PUBLIC_AFTER)}
    return Letter(
        subject=_("People wait for your answer: %(title)s") % {"title": process.item.title},
        headline=headline,
        paragraphs=(_("They wrote in “%(title)s”.") % {"title": process.item.title}, late),
        button=(_("See what waits for you"), reverse("answers:waiting")),
        why=_("You get this one mail because you sign the answers there."),
    )
