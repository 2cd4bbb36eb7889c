"""The facilitator's page: put the proposals together, word them, open the round."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.choice import actions, candidates, forms, queries, rules
from allting.choice.errors import ShortlistRefused
from allting.choice.views.looking import context_of, look
from allting.processes import rules as processes
from allting.record.viewers import Request
from allting.web.paging import page_of


@require_safe
def workbench(request: Request, round_id: int) -> HttpResponse:
    standing = look(request, round_id, to="facilitate")
    return _page(request, standing)


@require_POST
def add(request: Request, round_id: int) -> HttpResponse:
    """Add a proposal that is written here, or change how many are chosen (`do=settings`)."""
    standing = look(request, round_id, to="prepare")
    now, by = timezone.now(), request.viewer.acting
    if request.POST.get("do") == "settings":
        settings = forms.RoundSettings(request.POST, prefix="settings")
        if not settings.is_valid():
            return _page(request, standing, settings=settings, status=422)
        actions.change_round(round_=standing.round, **settings.cleaned_data, by=by, now=now)
        messages.success(request, _("Saved."))
        return redirect("choice:workbench", round_id)
    form = forms.Wordings(request.POST)
    if not form.is_valid():
        return _page(request, standing, form=form, status=422)
    actions.add_option(round_=standing.round, wording=form.wording(), by=by, now=now)
    messages.success(request, _("Added."))
    return redirect("choice:workbench", round_id)


@require_POST
def take_in(request: Request, round_id: int) -> HttpResponse:
    """Make the ticked items proposals."""
    standing = look(request, round_id, to="prepare")
    wanted = set(request.POST.getlist("items"))
    found = [one for one in candidates.candidates_for(standing) if str(one.item.pk) in wanted]
    for one in found:
        actions.take_in(
            round_=standing.round, source=one.item, wording=one.wording, by=request.viewer.acting, now=timezone.now()
        )
    words = ngettext("%(count)d proposal taken in.", "%(count)d proposals taken in.", len(found))
    messages.success(request, words % {"count": len(found)})
    return redirect("choice:workbench", round_id)


@require_http_methods(["GET", "HEAD", "POST"])
def reword(request: Request, option_id: int) -> HttpResponse:
    """Say a proposal in other words."""
    option, standing = queries.get_option_for(request.viewer, option_id, to="prepare", now=timezone.now())
    request.current_activity = standing.activity
    form = forms.Wordings(
        request.POST or None, initial={"title": option.title, "text": option.text, "cost": option.cost}
    )
    if request.method != "POST" or not form.is_valid():
        context = {"option": option, "standing": standing, "process": standing.process, "form": form}
        return render(request, "choice/reword.html", context, status=422 if form.is_bound else 200)
    actions.reword_option(option=option, wording=form.wording(), by=request.viewer.acting, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("choice:workbench", option.round_id)


@require_POST
def leave_out(request: Request, option_id: int) -> HttpResponse:
    option, _standing = queries.get_option_for(request.viewer, option_id, to="prepare", now=timezone.now())
    actions.leave_out(option=option, by=request.viewer.acting, now=timezone.now())
    messages.success(request, _("Left out. Taking it in again brings it back."))
    return redirect("choice:workbench", option.round_id)


@require_POST
def open_shortlist(request: Request, round_id: int) -> HttpResponse:
    """Freeze the proposals and let people shorten the list before the round."""
    standing = look(request, round_id, to="prepare")
    form = forms.Shortlist(request.POST, prefix="shortlist")
    if not form.is_valid():
        return _page(request, standing, shortening=form, status=422)
    said = form.cleaned_data
    try:
        shortlist = actions.open_shortlist(
            round_=standing.round,
            size=said["size"],
            shown_each=said["shown_each"],
            closes_at=processes.end_of(said["last_day"]),
            by=request.viewer.acting,
            now=timezone.now(),
        )
    except ShortlistRefused as refused:
        form.add_error("last_day", str(refused.sentence))
        return _page(request, standing, shortening=form, status=422)
    messages.success(request, _("The shortlist is open as soon as the dates say so. What goes on opens by itself."))
    return redirect("choice:workbench", shortlist.pk)


@require_POST
def open_round(request: Request, round_id: int) -> HttpResponse:
    """Freeze the proposals and publish the commitment to the seed."""
    standing = look(request, round_id, to="prepare")
    actions.open_round(round_=standing.round, by=request.viewer.acting, now=timezone.now())
    messages.success(request, _("The proposals are frozen. People can choose as soon as the dates say so."))
    return redirect("choice:workbench", round_id)


@require_POST
def count_rehearsed(request: Request, round_id: int) -> HttpResponse:
    """Close a round within its rehearsal; the worker counts it like any other."""
    standing = look(request, round_id, to="count")
    actions.close_round(round_=standing.round, now=timezone.now())
    messages.success(request, _("Closed. It is counted within a minute. Wiping the rehearsal takes the outcome along."))
    return redirect("choice:outcome", round_id)


def _page(
    request: Request,
    standing: queries.Standing,
    *,
    form: forms.Wordings | None = None,
    settings: forms.RoundSettings | None = None,
    shortening: forms.Shortlist | None = None,
    status: int = 200,
) -> HttpResponse:
    options = queries.options_of(standing.round)
    round_ = standing.round
    offered = candidates.candidates_for(standing) if standing.may_prepare else []
    is_long = len(options) > rules.SHORTLIST_SIZE and standing.may_prepare and not standing.shortlist
    context = {
        **context_of(standing),
        "options": page_of(request, options),
        "candidates": page_of(request, [one for one in offered if not one.is_taken], name="offered"),
        "shortlist": standing.shortlist or queries.shortlist_of(round_),
        "shortening": (shortening or _suggest_shortlist(standing)) if is_long else None,
        "people_needed": rules.people_for_enough_showings(
            options_count=len(options), shown_each=round_.shown_each or rules.SHOWN_EACH
        ),
        "enough": rules.ENOUGH_SHOWINGS,
        "warnings": []
        if round_.is_shortlist
        else rules.warnings_of(options_count=len(options), approvals_limit=round_.approvals_limit),
        "form": form or forms.Wordings(),
        "settings": settings
        or forms.RoundSettings(
            prefix="settings",
            initial={"seats": round_.seats, "approvals_limit": round_.approvals_limit, "budget": round_.budget},
        ),
        "turnout": queries.count_turnout(round_.pk),
    }
    return render(request, "choice/workbench.html", context, status=status)


def _suggest_shortlist(standing: queries.Standing) -> forms.Shortlist:
    """Suggest half of the time for the shortlist, and half for the round."""
    opens_at, closes_at = standing.activity.opens_at, standing.activity.closes_at
    begins = max(opens_at, timezone.now()) if opens_at else timezone.now()
    last_day = processes.local_day(begins + (closes_at - begins) / 2) if closes_at and closes_at > begins else None
    return forms.Shortlist(prefix="shortlist", initial={"last_day": last_day and last_day.isoformat()})
