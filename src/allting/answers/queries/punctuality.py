"""How many answers came in time, and who is reminded of the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from allting.answers import rules
from allting.answers.models import AnswerGroup, OwedAnswer, Publication
from allting.answers.queries.groups import groups_of, unanswered_groups
from allting.answers.queries.rights import has_sponsor
from allting.people import queries as people
from allting.people.models import Person, RoleName
from allting.processes.models import Process
from allting.record.models import Event


def punctuality_of(process_ids: Collection[int], *, today: date) -> rules.Punctuality:
    """Count the items that were signed by their day, of those whose day has come.

    What was hidden or taken back before its day without an answer is owed none; afterwards it stays in the figure.
    """
    due = OwedAnswer.objects.filter(group__process__in=list(process_ids), due_on__lte=today)
    was_set_aside = Q(item__hidden_at__date__lte=F("due_on")) | Q(item__blanked_at__date__lte=F("due_on"))
    counted = due.aggregate(
        due=Count("pk"),
        none=Count("pk", filter=Q(group__answer__signed_at=None) & was_set_aside),
        on_time=Count("pk", filter=Q(group__answer__signed_at__date__lte=F("due_on"))),
    )
    return rules.Punctuality(on_time_count=counted["on_time"], due_count=counted["due"] - counted["none"])


def publicly_late_groups(process: Process, *, today: date) -> QuerySet[AnswerGroup]:
    """Return the groups whose answer has not come out 15 days after its day: everybody sees these."""
    still = Count("owed", filter=Q(owed__item__hidden_at=None, owed__item__blanked_at=None))
    late = groups_of(process).annotate(standing_count=still).filter(standing_count__gt=0)
    return late.filter(due_on__lte=today - rules.PUBLIC_AFTER, answer__publication=None)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the answers of a process stand, counted in items."""

    owed: int
    answered: int
    by_decision: Mapping[str, int]

    @property
    def waiting(self) -> int:
        return self.owed - self.answered


def tally_of(process: Process) -> Tally:
    """Count what is owed and what became of it."""
    owed = OwedAnswer.objects.filter(group__process=process)
    by_decision = dict(
        owed.filter(group__answer__publication__isnull=False)
        .values_list("group__answer__decision")
        .annotate(Count("pk"))
        .order_by("group__answer__decision")
    )
    return Tally(owed=owed.count(), answered=sum(by_decision.values()), by_decision=by_decision)


def count_waiting(process: Process) -> int:
    """Count what was said, stands, and has no published answer."""
    standing = OwedAnswer.objects.filter(group__process=process, item__hidden_at=None, item__blanked_at=None)
    return standing.filter(group__answer__publication=None).count()


def publications_to_tell() -> QuerySet[Publication]:
    """Return the publications that those behind them have not all heard of, the oldest first."""
    return Publication.objects.filter(told_at=None).order_by("published_at", "pk")


# --- reminding ----------------------------------------------------------------------------------------

# Whoever starts Allting again after a pause is not sent the mails of last spring.
_REMIND_WITHIN = timedelta(days=15)
REMINDED = "answers.reminded"


def days_to_remind_of(*, today: date) -> list[tuple[int, date]]:
    """Return each process and day by which answers were promised that has come and has unsigned ones."""
    standing = Q(owed__item__hidden_at=None, owed__item__blanked_at=None, owed__isnull=False)
    due = AnswerGroup.objects.filter(standing, due_on__lte=today, due_on__gte=today - _REMIND_WITHIN)
    return list(
        due.filter(answer__signed_at=None).order_by("due_on", "process").values_list("process", "due_on").distinct()
    )


def count_unsigned(process: Process, *, until: date) -> int:
    return unanswered_groups(process).filter(due_on__lte=until).count()


def was_reminded(process: Process, *, due_on: date) -> bool:
    return Event.objects.filter(name=REMINDED, item=process.item, data__due_on=due_on.isoformat()).exists()


def people_to_remind(process: Process) -> list[Person]:
    """Return the sponsors whom we can write to, named or by role; where nobody decides, the facilitators."""
    roles = [RoleName.SPONSOR] if has_sponsor(process) else [RoleName.FACILITATOR]
    found = {one.pk: one for one in people.people_with_role(roles, within=[process.pk]).select_related("actor")}
    if process.sponsor_id:
        found.update(Person.objects.select_related("actor").in_bulk([process.sponsor_id]))
    return [found[pk] for pk in sorted(found) if found[pk].address and found[pk].erased_at is None]
