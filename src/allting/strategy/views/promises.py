"""Promises: the list, one of them, and writing, publishing, changing and taking back."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.record.errors import Refused
from allting.record.viewers import Request
from allting.strategy import actions, counts, forms, queries, rules
from allting.strategy.actions.promises import words_of
from allting.strategy.errors import NotReady
from allting.strategy.models import Promise
from allting.strategy.views.parts import form_page


@require_safe
def promises(request: Request, process_id: int) -> HttpResponse:
    """Show everything that was promised, also what was taken back."""
    now = timezone.now()
    process = queries.get_process_for(request.viewer, process_id, to="see", now=now)
    request.current_activity = queries.activity_to_show(process, now=now)
    found = queries.promises_in(process, viewer=request.viewer)
    context = {
        "process": process,
        "published": [one for one in found if one.state == Promise.State.PUBLISHED],
        "withdrawn": [one for one in found if one.state == Promise.State.WITHDRAWN],
        "drafts": [one for one in found if one.state == Promise.State.DRAFT],
        "has_priorities": counts.of_process(process.pk).priorities > 0,
    }
    return render(request, "strategy/promises.html", context)


@require_safe
def promise(request: Request, promise_id: int) -> HttpResponse:
    """Show one promise and the way down to what people said."""
    viewer = request.viewer
    seen = queries.get_promise_for(viewer, promise_id, to="see")
    request.current_activity = queries.activity_to_show(seen.process, now=timezone.now())
    found = seen.promise
    assert found is not None
    changes = queries.changes_of(found.item)
    context = {
        "process": seen.process,
        "priority": seen.priority,
        "promise": found,
        "tree": queries.why(found.item, viewer=viewer),
        "came_of_it": queries.count_what_came_of(found.item) or None,
        "changes": changes,
        "of": counts.of_process(seen.process.pk).promises,
        "may_draft": rules.may_draft_promise(viewer, seen.priority, seen.process),
        "may_publish": rules.may_publish(viewer, seen.priority, seen.process),
    }
    return render(request, "strategy/promise.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request, priority_id: int) -> HttpResponse:
    """Write the draft of a promise for a priority that is under way."""
    now = timezone.now()
    viewer = request.viewer
    seen = queries.get_priority_for(viewer, priority_id, to="promise")
    request.current_activity = queries.activity_to_show(seen.process, now=now)
    form = forms.PromiseText(request.POST or None)
    context = {"process": seen.process, "priority": seen.priority, "form": form, "may_publish": False}
    if request.method != "POST" or not form.is_valid():
        return render(request, "strategy/edit_promise.html", context, status=422 if request.method == "POST" else 200)
    made = actions.draft_promise(priority=seen.priority, words=form.words(), by=viewer.acting, now=now)
    messages.success(request, _("Saved as a draft. Only those who work on it see it."))
    return redirect("strategy:promise", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, promise_id: int) -> HttpResponse:
    """Save a draft, publish it (`do=publish`), or change in public what was promised."""
    now = timezone.now()
    viewer = request.viewer
    seen = queries.get_promise_for(viewer, promise_id, to="edit")
    request.current_activity = queries.activity_to_show(seen.process, now=now)
    found = seen.promise
    assert found is not None
    if found.state != Promise.State.DRAFT:
        return _change(request, seen, found)
    may_publish = rules.may_publish(viewer, seen.priority, seen.process)
    form = forms.PromiseText(request.POST or None, initial=asdict(words_of(found)))
    context = {
        "process": seen.process,
        "priority": seen.priority,
        "promise": found,
        "form": form,
        "may_publish": may_publish,
    }
    if request.method != "POST":
        return render(request, "strategy/edit_promise.html", context)
    if not form.is_valid():
        return render(request, "strategy/edit_promise.html", context, status=422)
    if request.POST.get("do") != "publish":
        actions.edit_promise(promise=found, words=form.words(), by=viewer.acting, now=now)
        messages.success(request, _("Saved."))
        return redirect("strategy:promise", found.pk)
    if not may_publish:
        raise Refused(may_publish)
    try:
        actions.publish_promise(promise=found, words=form.words(), by=viewer.person, now=now)
    except NotReady as problem:
        form.explain(problem.missing)
        return render(request, "strategy/edit_promise.html", context, status=422)
    messages.success(request, _("Published. It is a promise now, with your name under it."))
    return redirect("strategy:promise", found.pk)


def _change(request: Request, seen: queries.Seen, found: Promise) -> HttpResponse:
    answer = rules.may_publish(request.viewer, seen.priority, seen.process)
    if not answer:
        raise Refused(answer)
    form = forms.PromiseChange(request.POST or None, initial=asdict(words_of(found)))
    return form_page(
        request,
        "strategy/change_promise.html",
        {"process": seen.process, "priority": seen.priority, "promise": found},
        form=form,
        act=lambda: actions.change_promise(
            promise=found,
            words=form.words(),
            reason=form.cleaned_data["reason"],
            by=request.viewer.acting,
            now=timezone.now(),
        ),
        said=_("Changed. Old and new stand on the page, with your reason."),
        to=reverse("strategy:promise", args=[found.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, promise_id: int) -> HttpResponse:
    """Take a promise back, with the reason in public."""
    seen = queries.get_promise_for(request.viewer, promise_id, to="publish")
    request.current_activity = queries.activity_to_show(seen.process, now=timezone.now())
    found = seen.promise
    assert found is not None
    form = forms.Withdrawal(request.POST or None)
    return form_page(
        request,
        "strategy/withdraw.html",
        {"process": seen.process, "promise": found},
        form=form,
        act=lambda: actions.withdraw_promise(
            promise=found, reason=form.cleaned_data["reason"], by=request.viewer.acting, now=timezone.now()
        ),
        said=_("Taken back. It stays in public, with the reason."),
        to=reverse("strategy:promise", args=[found.pk]),
    )
