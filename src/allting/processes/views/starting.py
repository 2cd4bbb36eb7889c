"""From the seven choices to the announcement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allting.processes import actions, forms, queries, rules
from allting.processes.blueprints import BY_NAME, QUICK_LISTENING, Blueprint
from allting.processes.errors import NotReady
from allting.processes.models import Process
from allting.processes.views.loading import Request, actor_of, load
from allting.record.errors import NotFound, Refused

# The digits of the largest number that a database has for a row.
_LONGEST_NUMBER = 18


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """Start a draft with seven choices, from a template (`?template=`) or from an earlier process (`?from=`)."""
    if not (answer := rules.may_start(request.viewer)):
        raise Refused(answer)
    now = timezone.now()
    earlier = _asked_earlier(request, now)
    blueprint = BY_NAME[earlier.template] if earlier else _asked_blueprint(request)
    about: dict[str, Any] = {"today": rules.local_day(now), "blueprint": blueprint}
    if earlier:
        about["days"] = earlier.answer_days
    if request.method != "POST":
        initial = _choices_of_earlier(earlier, now) if earlier else _first_choices(request)
        return _choices_page(request, forms.SevenChoices(initial=initial, **about), blueprint, earlier=earlier)
    form = forms.SevenChoices(request.POST, **about)
    if _wants_preview(request):
        return _preview(request, form)
    if not form.is_valid():
        return _choices_page(request, form, blueprint, earlier=earlier, status=422)
    made = actions.start_process(
        template=blueprint.name, choices=form.choices(), by=actor_of(request), now=now, earlier=earlier
    )
    return _after_saving(request, made)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, process_id: int) -> HttpResponse:
    """Change the seven choices until they are announced."""
    now = timezone.now()
    process = load(request, process_id, to="change", now=now)
    choices = forms.choices_of(process)
    blueprint = BY_NAME[process.template]
    about: dict[str, Any] = {"today": rules.local_day(now), "blueprint": blueprint, "days": process.answer_days}
    if request.method != "POST":
        form = forms.SevenChoices(initial=forms.initial_of(choices), **about)
        return _choices_page(request, form, blueprint, process)
    form = forms.SevenChoices(request.POST, **about)
    if _wants_preview(request):
        return _preview(request, form)
    if not form.is_valid():
        return _choices_page(request, form, blueprint, process, status=422)
    actions.change_process(
        process=process, choices=form.choices(sponsor=process.sponsor), by=actor_of(request), now=now
    )
    return _after_saving(request, process)


def _first_choices(request: Request) -> dict[str, object]:
    return {"open_to": Process.OpenTo.LINK, "answer_days": 30, "languages": [request.LANGUAGE_CODE]}


def _choices_of_earlier(earlier: Process, now: datetime) -> Mapping[str, object]:
    return forms.initial_of(forms.choices_again(earlier, rules.local_day(now)))


def _asked_blueprint(request: Request) -> Blueprint:
    return BY_NAME.get(request.GET.get("template", ""), QUICK_LISTENING)


def _asked_earlier(request: Request, now: datetime) -> Process | None:
    """Return the process to start from (`?from=`), for those who look after it. Raises NotFound, Refused."""
    asked = request.GET.get("from", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER):
        raise NotFound
    return queries.get_process_for(request.viewer, int(asked), to="facilitate", now=now)


def _choices_page(
    request: Request,
    form: forms.SevenChoices,
    blueprint: Blueprint,
    process: Process | None = None,
    *,
    earlier: Process | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "stones": form.stones(),
        "choices": form.choices(),
        "process": process,
        "blueprint": blueprint,
        "earlier": earlier,
        "to_start_from": [] if process or earlier else queries.processes_to_start_from(request.viewer),
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


@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: Request, process_id: int) -> HttpResponse:
    """Look it through, say who decides what, and announce."""
    now = timezone.now()
    process = load(request, process_id, to="change", now=now)
    phases = list(process.phases.all())
    form = forms.DecisionRights(request.POST or None, phases=phases, decider=process.decider)
    if request.method != "POST":
        return _announce_page(request, process, form, now=now)
    if not form.is_valid():
        return _announce_page(request, process, form, now=now, status=422)
    try:
        actions.announce(process=process, rights=form.rights(), by=actor_of(request), now=now)
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
    is_rehearsing = missing.pop(rules.REHEARSAL_CODE, None) is not None
    context = {
        "process": process,
        "blueprint": BY_NAME[process.template],
        "timetable": rules.timetable_of(process),
        "choices": forms.choices_of(process),
        "form": form,
        "steps": form.steps(),
        "missing": [one for one in missing.values() if one.code not in rules.TEAM_CODES],
        "is_rehearsing": is_rehearsing,
        "missing_people": [one for one in missing.values() if one.code in rules.TEAM_CODES],
        "team": team,
    }
    return render(request, "processes/announce.html", context, status=status)
