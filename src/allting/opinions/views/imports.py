"""Imports by page: choose the files, read what is in them, take them in, watch."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.opinions import exchange, tasks, uploads
from allting.opinions.errors import UnusableExport
from allting.opinions.forms import UploadForm
from allting.opinions.models import ImportRun
from allting.processes import rules as processes
from allting.record.errors import NotFound, Refused
from allting.record.models import Actor
from allting.record.viewers import Request
from allting.web import htmx


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take the files, read them, and go on to the report. Nothing is imported yet."""
    by = _facilitator(request)
    if request.method != "POST":
        form = UploadForm(initial={"attribution": exchange.ATTRIBUTION})
        return render(request, "opinions/import.html", {"form": form})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            run = uploads.put_aside(
                files=form.cleaned_data["export_files"],
                by=by,
                attribution=form.cleaned_data["attribution"],
                now=timezone.now(),
            )
            return redirect("opinions:import_run", run.pk)
        except UnusableExport as refusal:
            form.add_error("export_files", str(refusal))
    return render(request, "opinions/import.html", {"form": form}, status=422)


@require_safe
def run(request: Request, run_id: int) -> HttpResponse:
    """Show what is in the files; once begun, how far it is; in the end, where it went."""
    found = _find(run_id, by=_facilitator(request))
    return htmx.part_or_page(request, "opinions/import_run.html#state", _describe(found))


@require_POST
def start(request: Request, run_id: int) -> HttpResponse:
    """Hand the import to the worker. Pressed twice it is begun once."""
    by = _facilitator(request)
    found = _find(run_id, by=by)
    if uploads.begin(run=found):
        tasks.run_import.enqueue(found.pk)
    here = reverse("opinions:import_run", args=[run_id])
    return htmx.part_or_redirect(request, "opinions/import_run.html#state", _describe(_find(run_id, by=by)), to=here)


def _facilitator(request: Request) -> Actor:
    """Return who acts, if they may start processes: an import is one. Raises Refused."""
    if not (answer := processes.may_start(request.viewer)):
        raise Refused(answer)
    actor = request.viewer.actor
    if actor is None:
        raise NotFound
    return actor


def _find(run_id: int, *, by: Actor) -> ImportRun:
    """Return somebody's own upload. What others have put aside is nobody's business before it is taken in."""
    found = ImportRun.objects.select_related("conversation__item").filter(pk=run_id, actor=by).first()
    if found is None:
        raise NotFound
    return found


def _describe(found: ImportRun) -> dict[str, Any]:
    return {"run": found, "report": exchange.report_from(found.report), "progress": uploads.progress_of(found)}
