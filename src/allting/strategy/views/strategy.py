"""The strategy: one living text, its versions and what they rest on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.record.viewers import Request
from allting.strategy import actions, forms, queries, rules
from allting.strategy.errors import NothingChanged, WrittenMeanwhile


@require_safe
def strategy(request: Request, process_id: int) -> HttpResponse:
    """Show the text as it stands, the priorities, and every version with the voices behind it."""
    now = timezone.now()
    process = queries.get_process_for(request.viewer, process_id, to="see", now=now)
    request.current_activity = queries.activity_to_show(process, now=now)
    versions = queries.versions_of(process, viewer=request.viewer)
    context = {
        "process": process,
        "latest": versions[0] if versions else None,
        "versions": versions,
        "priorities": queries.priorities_in(process, viewer=request.viewer),
        "may_write": rules.may_write(request.viewer, process),
    }
    return render(request, "strategy/strategy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Request, process_id: int) -> HttpResponse:
    """Write a new version; the one before stays."""
    now = timezone.now()
    viewer = request.viewer
    process = queries.get_process_for(viewer, process_id, to="write", now=now)
    request.current_activity = queries.activity_to_show(process, now=now)
    versions = queries.versions_of(process, viewer=viewer)
    latest = versions[0].version if versions else None
    before = {"mission": latest.mission, "choices": latest.choices, "not_done": latest.not_done} if latest else {}
    form = forms.Strategy(
        request.POST or None, viewer=viewer, initial={**before, "after": latest.number if latest else 0}
    )
    context = {"process": process, "form": form, "latest": latest}
    if request.method != "POST":
        return render(request, "strategy/write.html", context)
    if not form.is_valid():
        return render(request, "strategy/write.html", context, status=422)
    try:
        actions.write_strategy(
            process=process,
            words=form.words(),
            note=form.cleaned_data["note"],
            voices=form.cleaned_data["voices"],
            after=form.cleaned_data["after"],
            by=viewer.acting,
            now=now,
        )
    except (NothingChanged, WrittenMeanwhile) as problem:
        form.add_error(None, str(problem))
        return render(request, "strategy/write.html", context, status=problem.status)
    messages.success(request, _("Saved. The version before stays below."))
    return redirect("strategy:strategy", process.pk)
