"""What everybody reads: the front page, the list, the page of a process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from allting.processes import activity_kinds, kinds, queries, rules, steps, telling
from allting.processes.activity_kinds import ActivityKind, Count
from allting.processes.blueprints import BY_NAME
from allting.processes.models import Activity, Phase, Process
from allting.processes.views.loading import Request, activity_in, draw, kind_of, load, stand_in
from allting.web.paging import page_of


@require_safe
def front(request: Request) -> HttpResponse:
    """Show the one process there is, or the one that runs; the list where that is not one; what this is where none is.

    Who comes to a question that is open should meet the question; what has ended is a link away, at the foot.
    """
    viewer = request.viewer
    announced = queries.processes_visible_to(viewer, drafts=False)
    for few in (announced[:2], announced.filter(state=Process.State.RUNNING)[:2]):
        if len(few) == 1:
            return _process_page(request, few[0])
    if queries.processes_visible_to(viewer).exists():
        return _list_page(request)
    return render(request, "processes/front.html", {"may_start": bool(rules.may_start(viewer))})


@require_safe
def processes(request: Request) -> HttpResponse:
    """List what the viewer may read; strangers get what is public."""
    return _list_page(request)


def _list_page(request: Request) -> HttpResponse:
    viewer = request.viewer
    page = page_of(request, queries.processes_visible_to(viewer))
    rows = [
        {
            "card": kinds.card_of(process),
            "state": process.state,
            "looks_after": bool(rules.may_facilitate(viewer, process)),
            "may_start_from": process.state != Process.State.DRAFT,
            "is_rehearsing": process.is_rehearsing,
        }
        for process in page.rows
    ]
    open_count = sum(process.state == Process.State.RUNNING for process in page.rows)
    brought_in_at = [kind.brings_in() for kind in activity_kinds.registered().values() if kind.brings_in]
    context = {
        "page": page,
        "rows": rows,
        "open_count": open_count,
        "may_start": bool(rules.may_start(viewer)),
        "brought_in_at": brought_in_at,
    }
    return render(request, "processes/processes.html", context)


@require_safe
def process(request: Request, process_id: int) -> HttpResponse:
    now = timezone.now()
    return _process_page(request, load(request, process_id, to="look", now=now))


def _process_page(request: Request, process: Process) -> HttpResponse:
    """Show who asks, until when, and the first thing to answer right there."""
    stand_in(request, process)
    now, viewer = timezone.now(), request.viewer
    activity = activity_in(process)
    kind = kind_of(activity)
    may_take_part = queries.may_take_part(viewer, activity, now)
    some_has_closed = any(rules.has_closed(one, now) for one in rules.activities_of(process))
    answered = telling.answered_in(process, today=rules.local_day(now)) if some_has_closed else telling.Answered()
    ways_on = telling.ways_on_from(process, viewer=viewer) if some_has_closed else []
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "activity": activity,
        "rights": _rights_of(process),
        "earlier": queries.earlier_of(process, viewer),
        "steps": steps.steps_of(process, _kinds_by_activity(process), answered, now),
        "extensions": _latest_extensions(process),
        "may_take_part": may_take_part,
        "may_facilitate": bool(rules.may_facilitate(viewer, process)),
        "has_closed": rules.has_closed(activity, now),
        "opens_later": bool(activity.opens_at and now < activity.opens_at),
        "has_begun": rules.has_begun(activity, now),
        "first": draw(kind.part(activity.item_id, viewer), request) if may_take_part else "",
        "explains": kind.explains,
        "address": kind.address(activity.item_id),
        "results": kind.results(activity.item_id),
        "also_open": _also_open(process, activity, now) if may_take_part else [],
        "ways_on": [one for one in ways_on if not one.is_work],
        "so_far": _so_far(request, process, now),
    }
    return render(request, "processes/process.html", context)


def _rights_of(process: Process) -> list[Mapping[str, object]]:
    """Return who decides what, each said once; where the steps differ, with the step for which it is said."""
    phases_by_words: dict[tuple[str, str], list[Phase]] = {}
    for phase in process.phases.all():
        if right := rules.right_of(phase):
            phases_by_words.setdefault((right.who, right.what), []).append(phase)
    differ = len(phases_by_words) > 1
    return [
        {"who": who, "what": what, "steps": [phase.get_kind_display() for phase in phases] if differ else []}
        for (who, what), phases in phases_by_words.items()
    ]


def _also_open(process: Process, first: Activity, now: datetime) -> list[Mapping[str, object]]:
    """Return what else one can take part in at this moment."""
    others = [one for one in rules.activities_of(process) if one.pk != first.pk and rules.is_open(one, now)]
    return [
        {
            "title": kind_of(one).title,
            "explains": kind_of(one).explains,
            "address": kind_of(one).address(one.item_id),
            "closes_at": one.closes_at,
        }
        for one in others
    ]


def _so_far(request: Request, process: Process, now: datetime) -> list[Mapping[str, object]]:
    """Return what came out of each activity that has something to show, the latest first."""
    begun = [one for one in rules.activities_of(process) if rules.has_begun(one, now)]
    return [shown for one in reversed(begun) if (shown := _shown_of(request, one, now))]


def _shown_of(request: Request, activity: Activity, now: datetime) -> Mapping[str, object] | None:
    kind = kind_of(activity)
    highlights = draw(kind.highlights(activity.item_id, request.viewer), request)
    counts = _shown_counts(kind.counts(activity.item_id))
    if not highlights and not counts:
        return None
    return {
        "title": kind.tells if rules.has_closed(activity, now) else "",
        "highlights": highlights,
        "counts": counts,
        "results": kind.results(activity.item_id),
        "lead": kind.leads_on,
    }


def _shown_counts(counts: Sequence[Count]) -> list[Count]:
    """Return the figures when all stand on five people or more; one of three alone says nothing."""
    return list(counts) if all(count.figure is not None for count in counts) else []


def _latest_extensions(process: Process) -> list[Mapping[str, object]]:
    """Return the latest extension of each activity with the day that was promised first."""
    in_the_end = {activity.pk for activity in list(process.phases.all())[-1].activities.all()}
    latest: dict[int | None, dict[str, object]] = {}
    for extension in queries.extensions_of(process):  # the latest first
        row = latest.setdefault(
            extension.activity_id,
            {
                "title": kind_of(extension.activity).title if extension.activity else "",
                "until": extension.open_until,
                "note": extension.note,
                "moves_the_rest": extension.activity_id is not None and extension.activity_id not in in_the_end,
            },
        )
        row["promised"] = extension.promised_until
    return list(latest.values())


def _kinds_by_activity(process: Process) -> Mapping[int, ActivityKind]:
    return {activity.pk: kind_of(activity) for activity in rules.activities_of(process)}
