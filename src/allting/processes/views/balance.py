"""Who takes part, for those who look after a process: coverage, alerts, whom to invite, and the frame."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.processes import forms, participation, steps, who
from allting.processes.views.loading import Request, actor_of, load


@require_safe
def balance(request: Request, process_id: int) -> HttpResponse:
    """Show who takes part against who is concerned, what is missing, and whom to invite next."""
    process = load(request, process_id, to="facilitate", now=timezone.now())
    counted = participation.counted(process)
    context = {
        "process": process,
        "counted": counted,
        "who": who.tell(counted),
        "alerts": who.alerts_of(counted),
        "mood": who.mood_table(counted.mood),
        "missing": counted.missing,
        "team_address": steps.address_of_team(process),
    }
    return render(request, "processes/balance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def frame(request: Request, process_id: int) -> HttpResponse:
    """Say how many of each relation are concerned, and which are asked for first."""
    now = timezone.now()
    process = load(request, process_id, to="facilitate", now=now)
    initial = forms.initial_of_frame(participation.frame_of(process), participation.asked_first_in(process))
    form = forms.Frame(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        participation.change_frame(
            process=process,
            frame=form.frame(),
            asked_first=form.cleaned_data["asked_first"],
            by=actor_of(request),
            now=now,
        )
        messages.success(request, _("Saved. The shares are compared with it from now on."))
        return redirect("processes:balance", process.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "processes/frame.html", {"process": process, "form": form}, status=status)
