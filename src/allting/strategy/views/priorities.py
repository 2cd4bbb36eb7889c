"""Priorities: the list, one of them, and what its owner and those who look after the process do with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.processes import rules as process_rules
from allting.record.errors import Refused
from allting.record.viewers import Request, Viewer
from allting.strategy import actions, forms, queries, rules
from allting.strategy.actions.priorities import words_of
from allting.strategy.errors import NotReady
from allting.strategy.models import Priority
from allting.strategy.views.parts import form_page


@require_safe
def priorities(request: Request, process_id: int) -> HttpResponse:
    """Show what comes first, each with who answers for it; proposals to those who work on them."""
    now = timezone.now()
    viewer = request.viewer
    process = queries.get_process_for(viewer, process_id, to="see", now=now)
    request.current_activity = queries.activity_to_show(process, now=now)
    found = queries.priorities_in(process, viewer=viewer)
    candidates = [one for one in found if one.state == Priority.State.CANDIDATE]
    active = [one for one in found if one.state == Priority.State.ACTIVE]
    context = {
        "process": process,
        "candidates": candidates,
        "active": active,
        "ended": [one for one in found if one not in candidates and one not in active],
        "mine": [one for one in candidates if rules.owns(viewer, one)],
        "may_write": rules.may_write(viewer, process),
        "is_decided": queries.is_decided_on(process),
        "is_more_than_few": len(active) > rules.FEW_ENOUGH,
    }
    return render(request, "strategy/priorities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: Request, process_id: int) -> HttpResponse:
    """Propose a priority that no round chose."""
    now = timezone.now()
    viewer = request.viewer
    process = queries.get_process_for(viewer, process_id, to="write", now=now)
    request.current_activity = queries.activity_to_show(process, now=now)
    form = forms.PriorityDraft(request.POST or None, viewer=viewer)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "strategy/propose.html", {"process": process, "form": form}, status=status)
    priority = actions.add_priority(
        process=process, words=form.words(), evidence=form.cleaned_data["evidence"], by=viewer.acting, now=now
    )
    messages.success(request, _("Proposed. Name its owner next."))
    return redirect("strategy:priority", priority.pk)


@require_safe
def priority(request: Request, priority_id: int) -> HttpResponse:
    """Show one priority: its owner, what success is, what is not done, its promises, and why."""
    seen = queries.get_priority_for(request.viewer, priority_id, to="see")
    request.current_activity = queries.activity_to_show(seen.process, now=timezone.now())
    return render(request, "strategy/priority.html", _page_of(seen, request.viewer))


def _page_of(seen: queries.Seen, viewer: Viewer) -> dict[str, Any]:
    process, found = seen.process, seen.priority
    return {
        "process": process,
        "priority": found,
        "tree": queries.why(found.item, viewer=viewer),
        "came_of_it": queries.count_what_came_of(found.item) or None,
        "promises": queries.promises_in(process, viewer=viewer, priority=found),
        "changes": queries.changes_of(found.item),
        "may_edit": rules.may_edit_priority(viewer, found, process),
        "may_confirm": rules.may_confirm(viewer, found),
        "may_name_owner": rules.may_name_owner(viewer, found, process),
        "may_end": rules.may_end(viewer, found, process),
        "may_promise": rules.may_draft_promise(viewer, found, process),
        "looks_after": process_rules.looks_after(viewer, process),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, priority_id: int) -> HttpResponse:
    """Save what is proposed, confirm it (`do=confirm`), or change in public what is under way."""
    now = timezone.now()
    viewer = request.viewer
    seen = queries.get_priority_for(viewer, priority_id, to="edit")
    request.current_activity = queries.activity_to_show(seen.process, now=now)
    if seen.priority.state == Priority.State.ACTIVE:
        return _change(request, seen)
    priority = seen.priority
    form = forms.PriorityDraft(request.POST or None, viewer=viewer, initial=asdict(words_of(priority)))
    context = {
        "process": seen.process,
        "priority": priority,
        "form": form,
        "may_confirm": rules.may_confirm(viewer, priority),
        "is_one_too_many": queries.count_active(seen.process) >= rules.FEW_ENOUGH,
    }
    if request.method != "POST":
        return render(request, "strategy/edit_priority.html", context)
    if not form.is_valid():
        return render(request, "strategy/edit_priority.html", context, status=422)
    evidence = form.cleaned_data["evidence"]
    if request.POST.get("do") != "confirm":
        actions.edit_priority(priority=priority, words=form.words(), evidence=evidence, by=viewer.acting, now=now)
        messages.success(request, _("Saved."))
        return redirect("strategy:priority", priority.pk)
    if not (answer := rules.may_confirm(viewer, priority)):
        raise Refused(answer)
    try:
        actions.confirm_priority(priority=priority, words=form.words(), evidence=evidence, by=viewer.acting, now=now)
    except NotReady as problem:
        form.explain(problem.missing)
        return render(request, "strategy/edit_priority.html", context, status=422)
    messages.success(request, _("Confirmed. It is public, with your name."))
    return redirect("strategy:priority", priority.pk)


def _change(request: Request, seen: queries.Seen) -> HttpResponse:
    priority = seen.priority
    form = forms.PriorityChange(request.POST or None, initial=asdict(words_of(priority)))
    return form_page(
        request,
        "strategy/change_priority.html",
        {"process": seen.process, "priority": priority},
        form=form,
        act=lambda: actions.change_priority(
            priority=priority,
            words=form.words(),
            reason=form.cleaned_data["reason"],
            by=request.viewer.acting,
            now=timezone.now(),
        ),
        said=_("Changed. Old and new stand on the page, with your reason."),
        to=reverse("strategy:priority", args=[priority.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def name_owner(request: Request, priority_id: int) -> HttpResponse:
    """Name who answers for it, or invite them."""
    viewer = request.viewer
    seen = queries.get_priority_for(viewer, priority_id, to="name_owner")
    request.current_activity = queries.activity_to_show(seen.process, now=timezone.now())
    form = forms.Owner(request.POST or None, people=queries.possible_owners(seen.process))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"process": seen.process, "priority": seen.priority, "form": form}
        return render(request, "strategy/name_owner.html", context, status=status)
    if form.owner:
        actions.name_owner(priority=seen.priority, owner=form.owner, by=viewer.acting, now=timezone.now())
        messages.success(request, _("%(name)s owns it now.") % {"name": form.owner})
    else:
        actions.invite_owner(
            priority=seen.priority,
            address=form.cleaned_data["address"],
            inviter_name=str(viewer.person or ""),
            by=viewer.acting,
            now=timezone.now(),
        )
        messages.success(request, _("The invitation is on its way. They own it when they accept."))
    return redirect("strategy:priority", seen.priority.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Request, priority_id: int) -> HttpResponse:
    """Say that it is delivered, or give it up, with the reason in public."""
    seen = queries.get_priority_for(request.viewer, priority_id, to="end")
    request.current_activity = queries.activity_to_show(seen.process, now=timezone.now())
    form = forms.Ending(request.POST or None)
    return form_page(
        request,
        "strategy/end_priority.html",
        {"process": seen.process, "priority": seen.priority},
        form=form,
        act=lambda: actions.end_priority(
            priority=seen.priority,
            state=Priority.State(form.cleaned_data["state"]),
            reason=form.cleaned_data["reason"],
            by=request.viewer.acting,
            now=timezone.now(),
        ),
        said=_("Done. The reason stands on the page."),
        to=reverse("strategy:priority", args=[seen.priority.pk]),
    )
