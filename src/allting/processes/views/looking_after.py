"""What the facilitator does once there is a process: the workbench, more time, closing early, the poster."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.people import qr
from allting.processes import actions, forms, queries, rules, steps, telling
from allting.processes.activity_kinds import Count, NextStep
from allting.processes.blueprints import BY_NAME
from allting.processes.models import Activity, Process
from allting.processes.views.loading import Request, activity_in, actor_of, kind_of, load


@require_safe
def workbench(request: Request, process_id: int) -> HttpResponse:
    """Show the facilitator what is missing or what to do next."""
    now = timezone.now()
    process = load(request, process_id, to="facilitate", now=now)
    viewer = request.viewer
    activity, listening = activity_in(process), next(rules.activities_of(process))
    team = queries.team_of(process, now=now)
    counts = _counts_of(process, activity, now)
    is_too_early = any(count.figure is None for count in counts) or not counts
    some_has_closed = any(rules.has_closed(one, now) for one in rules.activities_of(process))
    answered = telling.answered_in(process, today=rules.local_day(now)) if some_has_closed else telling.Answered()
    ways_on = telling.ways_on_from(process, viewer=viewer) if some_has_closed else []
    elsewhere = telling.waiting_elsewhere(process, viewer=viewer, now=now) if some_has_closed else []
    missing = rules.missing_before_announcing(process, team, now) if process.state == Process.State.DRAFT else []
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "standing": steps.standing_of(process, now),
        "headline": steps.headline_of(process, missing, team, answered, now),
        "next_steps": steps.next_steps_of(
            process,
            missing=missing,
            team=team,
            from_activity=_steps_from_activities(process, activity, now),
            elsewhere=elsewhere,
            results=kind_of(listening).results(listening.item_id),
            is_too_early=is_too_early,
            now=now,
        ),
        "counts": [count for count in counts if count.figure is not None],
        "is_too_early": is_too_early,
        "extensions": queries.extensions_of(process),
        "team_address": steps.address_of_team(process),
        "ways_on": ways_on,
        "workbenches": [_workbench_of(each) for each in rules.activities_of(process)],
        "may_change": bool(rules.may_change(viewer, process)),
        "process_id": str(process.pk),
        "may_start_from": process.state == Process.State.CLOSED and bool(rules.may_start(viewer)),
        "may_rehearse": bool(rules.may_rehearse(viewer, process)),
        "may_extend": bool(rules.may_extend(viewer, process, now)),
        "may_close": bool(rules.may_close(viewer, process, now)),
    }
    return render(request, "processes/workbench.html", context)


def _steps_from_activities(process: Process, first: Activity, now: datetime) -> list[NextStep]:
    """Ask the activity that is open or comes next, and every other one that is open."""
    others = [one for one in rules.activities_of(process) if one.pk != first.pk and rules.is_open(one, now)]
    return [step for one in [first, *others] for step in kind_of(one).next_steps(one.item_id, now)]


def _counts_of(process: Process, first: Activity, now: datetime) -> list[Count]:
    """Return the figures of everything that has begun, and of what comes next."""
    begun = [one for one in rules.activities_of(process) if one.pk == first.pk or rules.has_begun(one, now)]
    return [count for one in begun for count in kind_of(one).counts(one.item_id)]


def _workbench_of(activity: Activity) -> Mapping[str, object]:
    kind = kind_of(activity)
    return {"title": kind.title, "address": kind.workbench(activity.item_id), "help": kind.workbench_explains}


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: Request, process_id: int) -> HttpResponse:
    """Move the closing day to a later one, with a public note."""
    now = timezone.now()
    process = load(request, process_id, to="extend", now=now)
    activities = rules.extendable(process, now)
    form = forms.LongerTime(
        request.POST or None, activities=activities, titles={one.pk: kind_of(one).title for one in activities}
    )
    if request.method == "POST" and form.is_valid():
        until, note = form.cleaned_data["until"], form.cleaned_data["note"]
        actions.extend(process=process, activity=form.activity(), until=until, note=note, by=actor_of(request), now=now)
        messages.success(request, _("The new last day and your note are on the page."))
        return redirect("processes:workbench", process.pk)
    status = 422 if request.method == "POST" else 200
    context = {
        "process": process,
        "form": form,
        "comes_after": activities[0].phase.number < len(process.phases.all()),
        "extensions": queries.extensions_of(process),
    }
    return render(request, "processes/extend.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Request, process_id: int) -> HttpResponse:
    """Ask once more, then close before the promised day."""
    now = timezone.now()
    process = load(request, process_id, to="close", now=now)
    if request.method == "POST":
        actions.close_early(process=process, by=actor_of(request), now=now)
        messages.success(request, _("Closed. What was said is kept."))
        return redirect("processes:process", process.pk)
    return render(request, "processes/close.html", {"process": process, "timetable": rules.timetable_of(process)})


@require_safe
def poster(request: Request, process_id: int) -> HttpResponse:
    """Show the link to pass on, and the page to print and hang up."""
    process = load(request, process_id, to="facilitate", now=timezone.now())
    path = queries.path_for_passing_on(process)
    address = settings.PUBLIC_URL + path if path else ""
    context = {
        "process": process,
        "timetable": rules.timetable_of(process),
        "address": address,
        "shown_address": address.partition("://")[2],
        "code": b64encode(qr.draw(address).encode()).decode() if address else "",
    }
    return render(request, "processes/poster.html", context)
