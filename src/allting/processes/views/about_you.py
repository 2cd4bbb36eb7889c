"""What somebody says about themself: asked once between two statements, changed or taken back on a page of its own."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from allting.people.guards import safe_next
from allting.processes import forms, participation, queries, rules
from allting.processes.models import Process
from allting.processes.views.loading import Request, load
from allting.record.errors import Refused
from allting.web import htmx


@require_safe
@never_cache
def about_you(request: Request, process_id: int) -> HttpResponse:
    """Show what the viewer said about themself, to change or to take back."""
    process = _enter(request, process_id, now=timezone.now())
    return _page(request, process)


@require_POST
@sensitive_post_parameters()
@never_cache
def say_relation(request: Request, process_id: int) -> HttpResponse:
    """Keep what the viewer is to the organisation; nothing chosen means that they would rather not say."""
    now = timezone.now()
    process = _enter(request, process_id, now=now)
    form = forms.OwnRelation(request.POST)
    if not form.is_valid():
        return _page(request, process, relation_form=form, status=422)
    participation.say_relation(process=process, actor=request.viewer.acting, now=now, **form.cleaned_data)
    return _after_saying(request, process, "relation_said")


@require_POST
@sensitive_post_parameters()
@never_cache
def say_satisfaction(request: Request, process_id: int) -> HttpResponse:
    """Keep how satisfied the viewer says they are; nothing chosen takes it back."""
    now = timezone.now()
    process = _enter(request, process_id, now=now)
    form = forms.OwnSatisfaction(request.POST)
    if not form.is_valid():
        return _page(request, process, satisfaction_form=form, status=422)
    participation.say_satisfaction(process=process, actor=request.viewer.acting, now=now, **form.cleaned_data)
    return _after_saying(request, process, "satisfaction_said")


def _enter(request: Request, process_id: int, *, now: datetime) -> Process:
    """Load the process for somebody who takes part in it. Raises NotFound, Refused."""
    process = load(request, process_id, to="look", now=now)
    answer = rules.may_say_about_oneself(
        request.viewer,
        process,
        has_part=participation.has_taken_part(process, request.viewer.actor),
        entered=queries.has_entered(request.viewer, process),
    )
    if not answer:
        raise Refused(answer)
    return process


def _after_saying(request: Request, process: Process, part: str) -> HttpResponse:
    asked_at = safe_next(request)
    if not asked_at and not htmx.wants_part(request):
        messages.success(request, _("Noted."))
    back_to = asked_at or reverse("processes:about_you", args=[process.pk])
    context = {"about_you": participation.about_you(process, request.viewer.actor, back_to=back_to)}
    return htmx.part_or_redirect(request, f"processes/about_you.html#{part}", context, to=back_to)


def _page(
    request: Request,
    process: Process,
    *,
    relation_form: forms.OwnRelation | None = None,
    satisfaction_form: forms.OwnSatisfaction | None = None,
    status: int = 200,
) -> HttpResponse:
    here = reverse("processes:about_you", args=[process.pk])
    about_you = participation.about_you(process, request.viewer.actor, back_to=here)
    part = about_you.part
    said = {
        "relation": part.relation if part else "",
        "satisfaction": part.satisfaction if part and part.satisfaction is not None else "",
    }
    context = {
        "process": process,
        "about_you": about_you,
        "relation_form": relation_form or forms.OwnRelation(initial=said),
        "satisfaction_form": satisfaction_form or forms.OwnSatisfaction(initial=said),
    }
    return render(request, "processes/about_you.html", context, status=status)
