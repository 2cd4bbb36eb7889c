"""Pages that work on items of any kind: why, what came of it, report, moderation, the record itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.record import actions, queries
from allting.record.errors import Refused
from allting.record.forms import ModerationForm, ReportForm
from allting.record.models import ModerationDecision
from allting.record.rules import No
from allting.record.viewers import Request
from allting.web import paging
from allting.web.tables import Column, Table


@require_safe
def why(request: Request, item_id: int) -> HttpResponse:
    """Walk from an item down to people's own words."""
    viewer = request.viewer
    item = queries.get_item_for(viewer, item_id)
    request.current_item = item
    context = {
        "card": queries.card_of(item, viewer=viewer),
        "tree": queries.why(item, viewer=viewer),
        "places": queries.places_of(item, viewer=viewer),
    }
    return render(request, "record/why.html", context)


@require_safe
def what_came_of_it(request: Request, item_id: int) -> HttpResponse:
    """Walk from an item up to what was done because of it."""
    viewer = request.viewer
    item = queries.get_item_for(viewer, item_id)
    request.current_item = item
    context = {
        "card": queries.card_of(item, viewer=viewer),
        "tree": queries.what_came_of(item, viewer=viewer),
        "places": queries.places_of(item, viewer=viewer),
    }
    return render(request, "record/what_came_of_it.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, item_id: int) -> HttpResponse:
    """Ask the facilitator to look at an item."""
    viewer = request.viewer
    item = queries.get_item_for(viewer, item_id)
    request.current_item = item
    card = queries.card_of(item, viewer=viewer)
    form = ReportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "record/report.html", {"card": card, "form": form}, status=status)
    actions.report(item=item, by=viewer.actor, reason=form.cleaned_data["reason"], now=timezone.now())
    messages.info(request, _("Thank you. The facilitator looks at it and writes down why it stays or goes."))
    return redirect(card.address or "/")


@require_safe
def moderation(request: Request) -> HttpResponse:
    """Show what was reported and what is hidden, to whoever may decide about it."""
    return _moderation_page(request)


@require_POST
def moderate(request: Request, item_id: int) -> HttpResponse:
    """Hide, keep or restore an item, with the reason its author will read."""
    item = queries.get_item_for(request.viewer, item_id, to="moderate")
    form = ModerationForm(request.POST)
    if not form.is_valid():
        return _moderation_page(request, form=form, item_id=item_id, status=422)
    decide = {
        ModerationDecision.Verdict.HIDE: actions.hide,
        ModerationDecision.Verdict.RESTORE: actions.restore,
        ModerationDecision.Verdict.KEEP: actions.keep,
    }[form.cleaned_data["verdict"]]
    decide(item=item, by=request.viewer.acting, reason=form.cleaned_data["reason"], now=timezone.now())
    return redirect("record:moderation")


@require_safe
def events(request: Request) -> HttpResponse:
    """Show the sealed record, newest first."""
    page = paging.page_of(request, queries.sealed_events(request.viewer))
    columns = (
        Column(_("Number"), is_figure=True),
        Column(_("What")),
        Column(_("When")),
        Column(_("About")),
        Column(_("Seal")),
    )
    rows = [
        (
            str(seal.number),
            seal.event.name,
            formats.date_format(timezone.localtime(seal.event.created_at), "Y-m-d H:i:s"),
            seal.event.item.kind + " " + str(seal.event.item_id) if seal.event.item else "",
            seal.hash[:12],
        )
        for seal in page.rows
    ]
    twin = Table(_("Sealed events, newest first"), columns, rows, is_caption_hidden=True)
    return render(request, "record/events.html", {"page": page, "twin": twin})


def _moderation_page(
    request: Request, *, form: ModerationForm | None = None, item_id: int | None = None, status: int = 200
) -> HttpResponse:
    answer = queries.may_moderate_something(request.viewer)
    if isinstance(answer, No):
        raise Refused(answer)
    context = {
        "page": paging.page_of(request, queries.reported_items(request.viewer)),
        "hidden": queries.hidden_items(request.viewer),
        "form": form,
        "form_item_id": item_id,
    }
    return render(request, "record/moderation.html", context, status=status)
