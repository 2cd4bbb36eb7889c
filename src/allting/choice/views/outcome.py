"""Reading what came out, and the proof of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from allting.choice import afterwards, queries, shortlisted, story
from allting.choice.models import Outcome
from allting.record.errors import NotFound
from allting.record.viewers import Request
from allting.web.paging import page_of


@require_safe
def outcome(request: Request, round_id: int) -> HttpResponse:
    """Tell what was chosen and why, what lost and what it lacked, and what was decided; or how far it is."""
    standing = queries.get_round_for(request.viewer, round_id, now=timezone.now())
    request.current_activity = standing.activity
    if standing.outcome is None:
        return render(request, "choice/waiting.html", context_of(standing))
    if standing.round.is_shortlist:
        return _shortlist(request, standing, standing.outcome)
    context = context_of(standing)
    # Figures are read to tell the story; what became of each is asked for the rows of this page alone.
    lost = page_of(request, context["story"].lost, name="lost")
    shown = [one.option for one in lost.rows]
    became = afterwards.find_afterwards(
        shown, viewer=request.viewer, chosen=standing.outcome.figures["chosen"], decision=standing.decision
    )
    context |= {
        "lost": lost,
        "lost_rows": [(one, became[one.option.pk]) for one in lost.rows],
        "shortlist": queries.shortlist_of(standing.round),
    }
    return render(request, "choice/outcome.html", context)


def _shortlist(request: Request, standing: queries.Standing, counted: Outcome) -> HttpResponse:
    told = shortlisted.tell(counted, queries.options_by_id(map(int, counted.figures["supporters"])))
    context = {
        "standing": standing,
        "round": standing.round,
        "process": standing.process,
        "outcome": counted,
        "told": told,
        "left_out": page_of(request, list(told.left_out), name="left"),
    }
    return render(request, "choice/shortlist.html", context)


@require_safe
def certificate(request: Request, round_id: int) -> HttpResponse:
    """Hand out the proof: every ballot without a name, every payment, the seed."""
    standing = queries.get_round_for(request.viewer, round_id, now=timezone.now())
    if standing.outcome is None or not standing.outcome.certificate:
        raise NotFound
    response = HttpResponse(standing.outcome.certificate, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="outcome-{round_id}.json"'
    return response


@require_safe
def option(request: Request, option_id: int) -> HttpResponse:
    """Show a proposal, where it comes from, and what became of it."""
    found, standing = queries.get_option_for(request.viewer, option_id, now=timezone.now())
    request.current_activity = standing.activity
    if standing.outcome is None and found.round.opened_at is None:
        return redirect("choice:workbench", found.round_id)
    chosen = standing.outcome.figures["chosen"] if standing.outcome else []
    context = {
        "option": found,
        "standing": standing,
        "process": standing.process,
        "outcome": standing.outcome,
        "seat": chosen.index(found.pk) + 1 if found.pk in chosen else None,
    }
    return render(request, "choice/option.html", context)


def context_of(standing: queries.Standing) -> dict[str, Any]:
    """Return what the outcome's page and the sponsor's both show."""
    context: dict[str, Any] = {
        "standing": standing,
        "round": standing.round,
        "process": standing.process,
        "activity": standing.activity,
        "closes_at": standing.round.closes_at or standing.activity.closes_at,
        "limit": standing.round.approvals_limit,
        "seats": standing.round.seats,
        "turnout": queries.count_turnout(standing.round.pk),
    }
    if standing.outcome is None:
        context["is_without_ballots"] = queries.is_without_ballots(standing.round)
        return context
    options = queries.options_by_id(map(int, standing.outcome.figures["supporters"]))
    context["outcome"] = standing.outcome
    context["story"] = story.tell(standing.outcome, options)
    if decision := standing.decision:
        dropped, added = story.departures(decision, standing.outcome, options)
        left_out = story.say_left_out(decision.left_with_nothing, people=standing.outcome.figures["people"])
        context |= {
            "decision": decision,
            "dropped": dropped,
            "added": added,
            "left_out": left_out if dropped or added else [],
        }
    return context
