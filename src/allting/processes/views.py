"""The pages of processes: load and authorise, one action, render."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.people import qr, visitors
from allting.processes import actions, activity_kinds, forms, kinds, queries, rules, steps
from allting.processes.activity_kinds import ActivityKind, Count, Part
from allting.processes.blueprints import BY_NAME, QUICK_LISTENING, Blueprint
from allting.processes.errors import NotReady
from allting.processes.models import Activity, Process
from allting.record.errors import Refused
from allting.record.models import Actor
from allting.web.paging import page_of


class Request(visitors.Request):
    """A request that went through ViewerMiddleware. `current_activity` tells the header where one is."""

    current_activity: Activity


def _actor_of(request: Request) -> Actor:
    """Return who acts. Everybody whom a rule of this room lets change something is signed in."""
    actor = request.viewer.actor
    assert actor is not None
    return actor


def _load(request: Request, process_id: int, *, to: queries.Deed, now: datetime) -> Process:
    """Load the process and tell the page's header and labels which one it belongs to."""
    process = queries.get_process_for(request.viewer, process_id, to=to, now=now)
    _stand_in(request, process)
    return process


def _stand_in(request: Request, process: Process) -> None:
    request.current_activity = _activity_in(process)


def _activity_in(process: Process) -> Activity:
    """Return the one that is open or comes next, otherwise the last. Its phase and process are the loaded ones."""
    activities = list(rules.activities_of(process))
    return next((activity for activity in activities if not activity.closed_at), activities[-1])


def _kind_of(activity: Activity) -> ActivityKind:
    return activity_kinds.registered()[activity.kind]


def _workbench_of(activity: Activity) -> Mapping[str, object]:
    kind = _kind_of(activity)
    return {"title": kind.title, "address": kind.workbench(activity.item_id), "help": kind.workbench_explains}


def _kinds_by_activity(process: Process) -> Mapping[int, ActivityKind]:
    return {activity.pk: _kind_of(activity) for activity in rules.activities_of(process)}


def _draw(part: Part, request: Request) -> str:
    """Render what another room shows on our page; empty where it has nothing."""
    return render_to_string(part[0], dict(part[1]), request) if part else ""


# --- reading ------------------------------------------------------------------------------------


@require_safe
def front(request: Request) -> HttpResponse:
    """Show the one process there is, the list where there are several, and what this is where there are none."""
    viewer = request.viewer
    announced = list(queries.processes_visible_to(viewer, drafts=False)[:2])
    if len(announced) == 1:
        return _process_page(request, announced[0])
    if announced or queries.processes_visible_to(viewer).exists():
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
    return _process_page(request, _load(request, process_id, to="look", now=now))


def _process_page(request: Request, process: Process) -> HttpResponse:
    """Show who asks, until when, and the first thing to answer right there."""
    _stand_in(request, process)
    now, viewer = timezone.now(), request.viewer
    activity = _activity_in(process)
    kind = _kind_of(activity)
    may_take_part = queries.may_take_part(viewer, activity, now)
    has_closed = rules.has_closed(activity, now)
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "rights": [right for phase in process.phases.all() if (right := rules.right_of(phase))],
        "steps": steps.steps_of(process, _kinds_by_activity(process), now),
        "extensions": queries.extensions_of(process),
        "may_take_part": may_take_part,
        "may_facilitate": bool(rules.may_facilitate(viewer, process)),
        "has_closed": has_closed,
        "opens_later": bool(activity.opens_at and now < activity.opens_at),
        "first": _draw(kind.part(activity.item_id, viewer), request) if may_take_part else "",
        "highlights": _draw(kind.highlights(activity.item_id, viewer), request),
        "counts": _shown_counts(kind.counts(activity.item_id)),
        "address": kind.address(activity.item_id),
        "results": kind.results(activity.item_id),
    }
    return render(request, "processes/process.html", context)


def _shown_counts(counts: Sequence[Count]) -> list[Count]:
    """Return the figures when all stand on five people or more; one of three alone says nothing."""
    return list(counts) if all(count.figure is not None for count in counts) else []


# --- starting and changing ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Start a draft from a template (`?template=`) with seven choices."""
    if not (answer := rules.may_start(request.viewer)):
        raise Refused(answer)
    now = timezone.now()
    today = rules.local_day(now)
    if request.method != "POST":
        return _choices_page(request, forms.SevenChoices(initial=_first_choices(request), today=today))
    form = forms.SevenChoices(request.POST, today=today)
    if _wants_preview(request):
        return _preview(request, form)
    if not form.is_valid():
        return _choices_page(request, form, status=422)
    made = actions.start_process(
        template=_asked_blueprint(request).name, choices=form.choices(), by=_actor_of(request), now=now
    )
    return _after_saving(request, made)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, process_id: int) -> HttpResponse:
    """Change the seven choices until they are announced."""
    now = timezone.now()
    process = _load(request, process_id, to="change", now=now)
    choices = forms.choices_of(process)
    about: dict[str, Any] = {"today": rules.local_day(now), "days": process.answer_days}
    if request.method != "POST":
        return _choices_page(request, forms.SevenChoices(initial=forms.initial_of(choices), **about), process)
    form = forms.SevenChoices(request.POST, **about)
    if _wants_preview(request):
        return _preview(request, form)
    if not form.is_valid():
        return _choices_page(request, form, process, status=422)
    actions.change_process(
        process=process, choices=form.choices(sponsor=process.sponsor), by=_actor_of(request), now=now
    )
    return _after_saving(request, process)


def _first_choices(request: Request) -> dict[str, object]:
    return {"open_to": Process.OpenTo.LINK, "answer_days": 30, "languages": [request.LANGUAGE_CODE]}


def _asked_blueprint(request: Request) -> Blueprint:
    return BY_NAME.get(request.GET.get("template", ""), QUICK_LISTENING)


def _choices_page(
    request: Request, form: forms.SevenChoices, process: Process | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "stones": form.stones(),
        "choices": form.choices(),
        "process": process,
        "blueprint": BY_NAME[process.template] if process else _asked_blueprint(request),
    }
    return render(request, "processes/start.html", context, status=status)


def _wants_preview(request: Request) -> bool:
    return "preview" in request.POST


def _preview(request: Request, form: forms.SevenChoices) -> HttpResponse:
    """Show what people will see, from what can be read so far. Saves nothing."""
    form.is_valid()
    return render(request, "processes/start.html#preview", {"choices": form.choices()})


def _after_saving(request: Request, process: Process) -> HttpResponse:
    if "look_through" in request.POST:
        return redirect("processes:announce", process.pk)
    messages.success(request, _("Saved. Nobody else sees it until you announce it."))
    return redirect("processes:workbench", process.pk)


# --- looking after ------------------------------------------------------------------------------


@require_safe
def workbench(request: Request, process_id: int) -> HttpResponse:
    """Show the facilitator what is missing or what to do next."""
    now = timezone.now()
    process = _load(request, process_id, to="facilitate", now=now)
    viewer = request.viewer
    activity = _activity_in(process)
    kind = _kind_of(activity)
    team = queries.team_of(process, now=now)
    counts = kind.counts(activity.item_id)
    missing = rules.missing_before_announcing(process, team, now) if process.state == Process.State.DRAFT else []
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "standing": steps.standing_of(process, now),
        "headline": steps.headline_of(process, missing, team, now),
        "next_steps": steps.next_steps_of(
            process,
            missing=missing,
            team=team,
            from_activity=kind.next_steps(activity.item_id, now),
            results=kind.results(activity.item_id),
            now=now,
        ),
        "counts": [count for count in counts if count.figure is not None],
        "is_too_early": any(count.figure is None for count in counts) or not counts,
        "extensions": queries.extensions_of(process),
        "team_address": steps.address_of_team(process),
        "workbenches": [_workbench_of(each) for each in rules.activities_of(process)],
        "may_change": bool(rules.may_change(viewer, process)),
        "may_extend": bool(rules.may_extend(viewer, process, now)),
        "may_close": bool(rules.may_close(viewer, process, now)),
    }
    return render(request, "processes/workbench.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: Request, process_id: int) -> HttpResponse:
    """Look it through, say who decides what, and announce."""
    now = timezone.now()
    process = _load(request, process_id, to="change", now=now)
    phases = list(process.phases.all())
    form = forms.DecisionRights(request.POST or None, phases=phases, decider=process.decider)
    if request.method != "POST":
        return _announce_page(request, process, form, now=now)
    if not form.is_valid():
        return _announce_page(request, process, form, now=now, status=422)
    try:
        actions.announce(process=process, rights=form.rights(), by=_actor_of(request), now=now)
    except NotReady:
        return _announce_page(request, process, form, now=now, status=422)
    messages.success(request, _("Announced. Now people need to hear of it."))
    return redirect("processes:workbench", process.pk)


def _announce_page(
    request: Request, process: Process, form: forms.DecisionRights, *, now: datetime, status: int = 200
) -> HttpResponse:
    team = queries.team_of(process, now=now)
    missing = {one.code: one for one in rules.missing_before_announcing(process, team, now)}
    # The rights are filled in on this very page.
    missing.pop("decision_rights", None)
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "choices": forms.choices_of(process),
        "form": form,
        "steps": form.steps(),
        "missing": [one for one in missing.values() if one.code not in rules.TEAM_CODES],
        "missing_people": [one for one in missing.values() if one.code in rules.TEAM_CODES],
        "team": team,
    }
    return render(request, "processes/announce.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: Request, process_id: int) -> HttpResponse:
    """Move the closing day to a later one, with a public note."""
    now = timezone.now()
    process = _load(request, process_id, to="extend", now=now)
    closes_at = rules.timetable_of(process).closes_at
    assert closes_at is not None  # announcing needs it, and only what is announced can be extended
    form = forms.LongerTime(request.POST or None, closes_at=closes_at)
    if request.method == "POST" and form.is_valid():
        actions.extend(process=process, **form.cleaned_data, by=_actor_of(request), now=now)
        messages.success(request, _("The new last day and your note are on the page."))
        return redirect("processes:workbench", process.pk)
    status = 422 if request.method == "POST" else 200
    context = {"process": process, "form": form, "extensions": queries.extensions_of(process)}
    return render(request, "processes/extend.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Request, process_id: int) -> HttpResponse:
    """Ask once more, then close before the promised day."""
    now = timezone.now()
    process = _load(request, process_id, to="close", now=now)
    if request.method == "POST":
        actions.close_early(process=process, by=_actor_of(request), now=now)
        messages.success(request, _("Closed. What was said is kept."))
        return redirect("processes:process", process.pk)
    return render(request, "processes/close.html", {"process": process, "timetable": rules.timetable_of(process)})


@require_safe
def poster(request: Request, process_id: int) -> HttpResponse:
    """Show the link to pass on, and the page to print and hang up."""
    process = _load(request, process_id, to="facilitate", now=timezone.now())
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
