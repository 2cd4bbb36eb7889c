"""Reading what came out, and the proof of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from allting.choice import afterwards, queries, shortlisted, story
from allting.choice.bridging import lens
from allting.choice.models import Outcome
from allting.choice.views.looking import context_of, look, waiting
from allting.record.errors import NotFound
from allting.record.viewers import Request
from allting.web.paging import page_of


@require_safe
def outcome(request: Request, round_id: int) -> HttpResponse:
    """Tell what was chosen and why, what lost and what it lacked, and what was decided; or how far it is."""
    standing = look(request, round_id)
    if standing.outcome is None:
        return waiting(request, standing)
    if standing.round.is_shortlist:
        return _shortlist(request, standing, standing.outcome)
    if standing.outcome.is_withheld:
        return render(request, "choice/withheld.html", withheld_context_of(standing))
    context = outcome_context_of(standing, standing.outcome)
    # Figures are read to tell the story; what became of each is asked for the rows of this page alone.
    lost = page_of(request, context["story"].lost, name="lost", at="lost")
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
    if counted.is_withheld:
        return render(request, "choice/shortlist_withheld.html", context_of(standing))
    told = shortlisted.tell(counted, queries.options_by_id(map(int, counted.figures["supporters"])))
    context = {
        **context_of(standing),
        "outcome": counted,
        "told": told,
        "left_out": page_of(request, list(told.left_out), name="left", at="left-out"),
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
    outcome = None if standing.outcome is None or standing.outcome.is_withheld else standing.outcome
    chosen = outcome.figures["chosen"] if outcome else []
    context = {
        **context_of(standing),
        "option": found,
        "outcome": outcome,
        "seat": chosen.index(found.pk) + 1 if found.pk in chosen else None,
    }
    return render(request, "choice/option.html", context)


def outcome_context_of(standing: queries.Standing, counted: Outcome) -> dict[str, Any]:
    """Return what the outcome's page and the sponsor's both show of an outcome that is not withheld."""
    options = queries.options_by_id(map(int, counted.figures["supporters"]))
    context = {
        **context_of(standing),
        "outcome": counted,
        "story": story.tell(counted, options),
        "lens": lens.read_lens(counted, options),
    }
    if decision := standing.decision:
        dropped, added = story.departures(decision, counted, options)
        context |= {
            "decision": decision,
            "dropped": dropped,
            "added": added,
            "left_out": story.say_departure(decision, counted) if dropped or added else [],
        }
    return context


def withheld_context_of(standing: queries.Standing) -> dict[str, Any]:
    """Return what stands where too few voted to say what came out: the proposals, and what the sponsor decided on."""
    return {
        **context_of(standing),
        "outcome": standing.outcome,
        "options": queries.options_of(standing.round),
        "decision": standing.decision,
        "decided_on": queries.decided_on(standing.decision),
    }
