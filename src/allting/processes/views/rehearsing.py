"""Trying a draft out before it is announced, and wiping what was said then."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allting.processes import actions, queries
from allting.processes.errors import NoRehearsal
from allting.processes.views.loading import Request, actor_of, load


@require_http_methods(["GET", "HEAD", "POST"])
def rehearsal(request: Request, process_id: int) -> HttpResponse:
    """Say what a rehearsal is and begin it; while it runs, show the link that lets others in."""
    now = timezone.now()
    process = load(request, process_id, to="rehearse", now=now)
    if request.method == "POST":
        actions.begin_rehearsal(process=process, by=actor_of(request), now=now)
        messages.success(request, _("The rehearsal has begun. Give the link to those who should try it out."))
        return redirect("processes:rehearsal", process.pk)
    path = queries.path_for_passing_on(process) if process.is_rehearsing else ""
    context = {"process": process, "address": settings.PUBLIC_URL + path if path else ""}
    return render(request, "processes/rehearsal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def wipe(request: Request, process_id: int) -> HttpResponse:
    """Ask once more, saying what goes and what stays, then wipe the rehearsal."""
    now = timezone.now()
    process = load(request, process_id, to="rehearse", now=now)
    if not process.is_rehearsing:
        raise NoRehearsal
    if request.method != "POST":
        return render(request, "processes/wipe.html", {"process": process})
    actions.wipe_rehearsal(process=process, by=actor_of(request), now=now)
    messages.success(request, _("Wiped. It is a draft again, as you prepared it."))
    return redirect("processes:workbench", process.pk)
