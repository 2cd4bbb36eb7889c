"""What every page of a round begins with: load it by the rules, and what its templates show of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allting.choice import queries, rules
from allting.choice.models import Option
from allting.record.viewers import Request


def look(request: Request, round_id: int, *, to: queries.Deed = "look") -> queries.Standing:
    """Load a round and what the viewer may do there; the header then says where one is. Raises as the query does."""
    standing = queries.get_round_for(request.viewer, round_id, to=to, now=timezone.now())
    request.current_activity = standing.activity
    return standing


def waiting(request: Request, standing: queries.Standing) -> HttpResponse:
    """Say why there is nothing to choose, or nothing to see, yet."""
    context = {
        **context_of(standing),
        "turnout": queries.count_turnout(standing.round.pk),
        "is_without_ballots": queries.is_without_ballots(standing.round),
    }
    return render(request, "choice/waiting.html", context)


def context_of(standing: queries.Standing) -> dict[str, Any]:
    """Return what the templates of a round show of it."""
    return {
        "standing": standing,
        "round": standing.round,
        "process": standing.process,
        "activity": standing.activity,
        "closes_at": standing.closes_at,
        "limit": standing.round.approvals_limit,
        "seats": standing.round.seats,
        "fewest": rules.FEWEST,
    }


def limits_of(standing: queries.Standing) -> dict[str, Any]:
    """Return what the form of a ballot is made with."""
    return {
        "options": options_for(standing),
        "limit": standing.round.approvals_limit,
        "may_be_blank": standing.round.is_shortlist,
    }


def options_for(standing: queries.Standing) -> list[Option]:
    """Return what the viewer may choose among, in an order of their own."""
    options = queries.options_for(standing.round, standing.viewer)
    if not standing.round.is_shortlist or not standing.may_cast:
        return options
    shown = queries.shown_to(standing.round, standing.viewer) or ()
    return [option for option in options if option.pk in shown]
