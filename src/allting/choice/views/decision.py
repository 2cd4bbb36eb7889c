"""The sponsor's page: confirm the outcome, or depart from it with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allting.choice import actions, brief, forms, queries, story, support
from allting.choice.models import Outcome
from allting.choice.views.looking import context_of, look
from allting.choice.views.outcome import outcome_context_of
from allting.record.viewers import Request


@require_safe
@never_cache
def read_brief(request: Request, round_id: int) -> HttpResponse:
    """Show the sheet that the sponsor reads before deciding: on the screen, and as one page of paper."""
    standing = look(request, round_id, to="read_brief")
    assert standing.outcome is not None  # the rule asks for it
    told = brief.tell(
        standing.outcome,
        queries.options_by_id(map(int, standing.outcome.figures["supporters"])),
        support.backers_of(standing.round, brief.ids_to_ask_for(standing.outcome)),
        eligible_count=queries.count_eligible(standing.process),
    )
    return render(request, "choice/brief.html", {**outcome_context_of(standing, standing.outcome), "brief": told})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def decide(request: Request, round_id: int) -> HttpResponse:
    """Confirm (`do=confirm`), or depart: first look at whom that leaves with nothing, then `do=depart`."""
    standing = look(request, round_id, to="decide")
    assert standing.outcome is not None  # the rule asks for it
    if standing.outcome.is_withheld:
        return _decide_alone(request, standing, standing.outcome)
    if request.method == "POST" and request.POST.get("do") == "confirm":
        return _confirm(request, standing, standing.outcome)
    chosen = standing.outcome.figures["chosen"]
    asked = request.POST if request.method == "POST" else request.GET
    find = asked.get("find", "").strip()[:100]
    departing = forms.Departure(
        request.POST or None,
        options=queries.options_of(standing.round),
        nearest=[row["option"] for row in standing.outcome.figures["lost"]],
        chosen=chosen,
        find=find,
        initial={"options": [str(pk) for pk in chosen]},
    )
    context = {
        **outcome_context_of(standing, standing.outcome),
        "confirming": forms.Confirmation(prefix="confirm"),
        "departing": departing,
        "find": find,
    }
    if request.method != "POST":
        return render(request, "choice/decide.html", context)
    if request.POST.get("do") == "find":
        departing.forgive()
        return render(request, "choice/decide.html", context)
    if not departing.is_valid():
        return render(request, "choice/decide.html", context, status=422)
    decided = departing.cleaned_data["options"]
    left_count = queries.left_with_nothing(standing.round, decided)
    if request.POST.get("do") != "depart":
        context |= {
            "left_out": story.say_left_out(left_count),
            "left_out_before": story.say_left_out(queries.left_with_nothing(standing.round, chosen)),
        }
        return render(request, "choice/decide.html", context)
    actions.depart_from_outcome(
        outcome=standing.outcome,
        options=decided,
        reason=departing.cleaned_data["reason"],
        left_with_nothing_count=left_count,
        by=request.viewer.acting,
        now=timezone.now(),
    )
    messages.success(request, _("Your decision and its reason are public, beside the outcome."))
    return redirect("choice:outcome", round_id)


def _decide_alone(request: Request, standing: queries.Standing, outcome: Outcome) -> HttpResponse:
    """Decide where too few voted: on any of the proposals, with a reason. `do=find` only searches."""
    asked = request.POST if request.method == "POST" else request.GET
    find = asked.get("find", "").strip()[:100]
    form = forms.Departure(request.POST or None, options=queries.options_of(standing.round), find=find)
    if request.POST.get("do") == "find":
        form.forgive()
    elif form.is_valid():
        actions.decide_alone(
            outcome=outcome,
            options=form.cleaned_data["options"],
            reason=form.cleaned_data["reason"],
            by=request.viewer.acting,
            now=timezone.now(),
        )
        messages.success(request, _("Your decision and its reason are public."))
        return redirect("choice:outcome", standing.round.pk)
    context = {**context_of(standing), "deciding": form, "find": find}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "choice/decide_alone.html", context, status=status)


def _confirm(request: Request, standing: queries.Standing, outcome: Outcome) -> HttpResponse:
    form = forms.Confirmation(request.POST, prefix="confirm")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.confirm_outcome(outcome=outcome, reason=reason, by=request.viewer.acting, now=timezone.now())
    messages.success(request, _("Confirmed. It is public now."))
    return redirect("choice:outcome", standing.round.pk)
