"""An announced process: it begins, its activities open, get more time and close."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from allting.people import actions as people
from allting.processes import activity_kinds, queries, rules
from allting.processes.actions.holding import fresh, lock
from allting.processes.errors import HasClosed, NotLater, NotOpenYet
from allting.processes.models import Activity, Extension, Phase, Process
from allting.record import actions as record
from allting.record.models import Actor


@transaction.atomic
def extend(
    *, process: Process, activity: Activity | None = None, until: date, note: str, by: Actor, now: datetime
) -> Process:
    """Move the closing day of an activity to a later one, with a note that everybody reads.

    Everything after it moves along by as many days, but for what has begun already: that only ends later.

    activity   which one; without it the one that closes next
    Raises HasClosed, NotLater.
    """
    lock(process)
    current = fresh(process)
    open_ones = {one.pk: one for one in rules.extendable(current, now)}
    if current.state not in rules.OPEN_STATES or not open_ones:
        raise HasClosed
    longer = open_ones.get(activity.pk) if activity else next(iter(open_ones.values()))
    if longer is None or longer.closes_at is None:
        raise HasClosed
    promised_until, open_until = longer.closes_at, rules.end_of(until)
    if open_until <= promised_until:
        raise NotLater
    days = (until - rules.local_day(promised_until)).days
    Activity.objects.filter(pk=longer.pk).update(closes_at=open_until)
    Phase.objects.filter(pk=longer.phase_id, ends_at__lt=open_until).update(ends_at=open_until)
    _move_what_comes_after(longer, process=current, days=days, now=now)
    Extension.objects.create(
        process=current, activity=longer, note=note, promised_until=promised_until, open_until=open_until, made_at=now
    )
    data = {"days": days, "activity": longer.pk}
    record.emit(name="processes.extended", actor=by, item=current.item, data=data, now=now)
    return fresh(current)


def _move_what_comes_after(longer: Activity, *, process: Process, days: int, now: datetime) -> None:
    """Shift the phases after the activity's, and their activities. Moved one by one: an hour is kept, not a sum."""
    for phase in process.phases.all():
        if phase.number <= longer.phase.number:
            continue
        phase.starts_at, phase.ends_at = _moved(phase.starts_at, days, now), rules.later(phase.ends_at, days)
        phase.save(update_fields=["starts_at", "ends_at"])
        for activity in phase.activities.all():
            if activity.closed_at is None:
                activity.opens_at = _moved(activity.opens_at, days, now)
                activity.closes_at = rules.later(activity.closes_at, days)
                activity.save(update_fields=["opens_at", "closes_at"])


def _moved(moment: datetime | None, days: int, now: datetime) -> datetime | None:
    """Return when it begins now; what has begun stays begun."""
    return moment if moment is None or moment <= now else rules.later(moment, days)


@transaction.atomic
def close_early(*, process: Process, by: Actor, now: datetime) -> Process:
    """Close what is open now instead of on its day. Raises HasClosed, NotOpenYet."""
    lock(process)
    current = fresh(process)
    activities = list(rules.activities_of(current))
    if all(rules.has_closed(activity, now) for activity in activities):
        raise HasClosed
    open_ones = [activity for activity in activities if rules.is_open(activity, now)]
    if current.state not in rules.OPEN_STATES or not open_ones:
        raise NotOpenYet
    Activity.objects.filter(pk__in=[one.pk for one in open_ones]).update(closes_at=now)
    Phase.objects.filter(activities__in=open_ones).update(ends_at=now)
    record.emit(name="processes.closed_early", actor=by, item=current.item, data={}, now=now)
    for activity in open_ones:
        _close(activity.pk, now=now)
    return fresh(current)


def begin_due(*, now: datetime) -> int:
    """Let announced processes run whose first phase has started, and say how many."""
    due = Process.objects.filter(state=Process.State.ANNOUNCED, phases__starts_at__lte=now).distinct()
    return sum(_begin(process, now=now) for process in due.select_related("item"))


@transaction.atomic
def _begin(process: Process, *, now: datetime) -> bool:
    announced = Process.objects.filter(pk=process.pk, state=Process.State.ANNOUNCED)
    if not announced.update(state=Process.State.RUNNING, changed_at=now):
        return False
    record.emit(name="processes.begun", actor=record.system_actor(), item=process.item, data={}, now=now)
    return True


def open_due(*, now: datetime) -> int:
    """Open the activities whose time has come, each exactly once, and say how many."""
    due = Activity.objects.filter(
        opened_at=None,
        closed_at=None,
        opens_at__lte=now,
        closes_at__gt=now,
        phase__process__state__in=rules.OPEN_STATES,
    ).values_list("pk", flat=True)
    return sum(_open(activity_id, now=now) for activity_id in list(due))


@transaction.atomic
def _open(activity_id: int, *, now: datetime) -> bool:
    """Open one activity, and let its room prepare what it needs. False when another worker was faster."""
    activity = Activity.objects.select_related("item", "phase__process").get(pk=activity_id)
    lock(activity.phase.process)
    if not Activity.objects.filter(pk=activity_id, opened_at=None, closed_at=None, opens_at__lte=now).update(
        opened_at=now
    ):
        return False
    data = {"activity": activity.pk, "process": activity.phase.process_id}
    record.emit(name="processes.activity_opened", actor=record.system_actor(), item=activity.item, data=data, now=now)
    activity_kinds.registered()[activity.kind].on_open(activity.item, now)
    return True


def close_due(*, now: datetime) -> int:
    """Close the activities whose time has come, each exactly once, and say how many."""
    due = Activity.objects.filter(
        closed_at=None, closes_at__lte=now, phase__process__state__in=rules.OPEN_STATES
    ).values_list("pk", flat=True)
    return sum(_close(activity_id, now=now) for activity_id in list(due))


@transaction.atomic
def _close(activity_id: int, *, now: datetime) -> bool:
    """Close one activity, and its process with the last one. False when another worker was faster.

    The process is locked first: two workers that close its last two activities at the same moment
    would otherwise each see the other's still open, and nobody would close the process.
    """
    activity = Activity.objects.select_related("item", "phase__process__item").get(pk=activity_id)
    process = activity.phase.process
    lock(process)
    if not Activity.objects.filter(pk=activity_id, closed_at=None, closes_at__lte=now).update(closed_at=now):
        return False
    activity_kinds.registered()[activity.kind].on_close(activity.item, now)
    system = record.system_actor()
    data = {"activity": activity.pk, "process": process.pk}
    record.emit(name="processes.activity_closed", actor=system, item=activity.item, data=data, now=now)
    _date_addresses(activity, closed_at=now)
    if not Activity.objects.filter(phase__process=process.pk, closed_at=None).exists():
        Process.objects.filter(pk=process.pk).update(state=Process.State.CLOSED, closed_at=now, changed_at=now)
        record.emit(name="processes.closed", actor=system, item=process.item, data={}, now=now)
    return True


def date_late_addresses() -> int:
    """Say of addresses that were left after the closing when they go, too, and say how many."""
    undated = queries.has_undated_addresses()
    closed = Activity.objects.filter(undated, closed_at__isnull=False).select_related("phase")
    return sum(_date_addresses(activity, closed_at=activity.closed_at) for activity in closed if activity.closed_at)


def _date_addresses(activity: Activity, *, closed_at: datetime) -> int:
    """Left addresses go twelve months after what they were left for has closed."""
    day = rules.a_year_after(rules.local_day(closed_at))
    return people.set_forget_on(items=[activity.item_id, activity.phase.process_id], day=day)
