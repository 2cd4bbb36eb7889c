"""Choosing: the list, the review, the receipt. What is ticked travels in the form and is stored only when cast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.choice import actions, afterwards, comparing, forms, influence, queries, receipts
from allting.choice.errors import AlreadyCast, NoSuchReceipt
from allting.choice.models import COARSE_OF, Ballot, Option
from allting.choice.views.listing import is_turning, list_options
from allting.choice.views.looking import context_of, limits_of, look, options_for, waiting
from allting.processes import participation
from allting.record.viewers import Request


@require_safe
@never_cache
def ballot(request: Request, round_id: int) -> HttpResponse:
    """Show the proposals to choose among, or why one cannot choose now and what one can do instead."""
    standing = look(request, round_id)
    if standing.outcome is not None:
        return redirect("choice:outcome", round_id)
    if standing.shortlist is not None and standing.shortlist.opened_at and not standing.has_closed:
        return redirect("choice:ballot", standing.shortlist.pk)
    if not standing.may_cast and (standing.round.opened_at is None or standing.has_closed or standing.has_cast):
        return waiting(request, standing)
    if standing.round.is_shortlist and standing.may_cast and queries.shown_to(standing.round, request.viewer) is None:
        return render(request, "choice/deal.html", context_of(standing) | _odds(standing))
    form = forms.Ballot(**limits_of(standing))
    return render(request, "choice/ballot.html", _list_context(request, standing, form, picked=set()))


@require_POST
@never_cache
def deal(request: Request, round_id: int) -> HttpResponse:
    """Draw the proposals that a shortlist shows to this person."""
    standing = look(request, round_id, to="cast")
    if standing.round.is_shortlist:
        actions.deal_hand(round_=standing.round, actor=request.viewer.acting, now=timezone.now())
    return redirect("choice:ballot", round_id)


@require_POST
@sensitive_post_parameters()
@never_cache
def review(request: Request, round_id: int) -> HttpResponse:
    """Show the ballot once more before it is cast.

    `remove` lets one go, `more` goes back to the list, `page` and `turn` turn its pages.
    """
    standing = look(request, round_id, to="cast")
    form = forms.Ballot(_filled_in(request, standing), **limits_of(standing))
    let_go = set(request.POST.getlist("remove"))
    picked = {pk for pk in form.picked if str(pk) not in let_go}
    is_emptied = not picked and form.is_valid() and not standing.round.is_shortlist
    if "more" in request.POST or is_turning(request.POST) or is_emptied:
        return render(request, "choice/ballot.html", _list_context(request, standing, form, picked=picked))
    if not form.is_valid():
        return render(request, "choice/ballot.html", _list_context(request, standing, form, picked=picked), status=422)
    filled_in = {"is_kind_filled_in": "kind" not in request.POST and "kind" in form.data}
    return render(request, "choice/review.html", _review_context(standing, form, picked) | filled_in)


@require_POST
@sensitive_post_parameters()
@never_cache
def cast(request: Request, round_id: int) -> HttpResponse:
    """Cast the ballot and show its receipt, this once; a second press of the same button shows the same."""
    standing = look(request, round_id)
    receipt = _receipt_of(request, standing)
    if standing.has_cast and queries.is_cast_with(receipt, round_=standing.round):
        return _receipt_page(request, standing, receipt)
    standing = look(request, round_id, to="cast")
    form = forms.Ballot(request.POST, **limits_of(standing))
    if not form.is_valid():
        context = _list_context(request, standing, form, picked=form.picked)
        return render(request, "choice/ballot.html", context, status=422)
    try:
        done = actions.cast_ballot(
            round_=standing.round,
            actor=request.viewer.acting,
            approvals=form.cleaned_data["options"],
            kind=form.cleaned_data["kind"],
            receipt=receipt,
        )
    except AlreadyCast:
        # The two presses came side by side: the first has cast it while this one was on its way.
        if not queries.is_cast_with(receipt, round_=standing.round):
            raise
        return _receipt_page(request, standing, receipt)
    return _receipt_page(request, standing, done.receipt)


def _receipt_of(request: Request, standing: queries.Standing) -> str:
    """Return the receipt that the press brings with it; empty where the form came without one, or long ago."""
    if request.viewer.actor is None:
        return ""
    press = request.POST.get("press", "")
    return receipts.receipt_of_press(press, round_id=standing.round.pk, actor_id=request.viewer.actor.pk)


def _receipt_page(request: Request, standing: queries.Standing, receipt: str) -> HttpResponse:
    context = {**context_of(standing), "receipt": receipt, "turnout": queries.count_turnout(standing.round.pk)}
    return render(request, "choice/cast.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
def receipt(request: Request) -> HttpResponse:
    """Open a ballot with the words of its receipt: to change it, or to see what it helped to choose."""
    form = forms.Receipt(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "choice/receipt.html", {"form": form}, status=422 if form.is_bound else 200)
    words = form.cleaned_data["words"]
    try:
        found = queries.get_ballot_by(words)
    except NoSuchReceipt as missing:
        form.add_error("words", str(missing.sentence))
        return render(request, "choice/receipt.html", {"form": form}, status=422)
    return _ballot_page(request, found, words)


@require_POST
@sensitive_post_parameters()
@never_cache
def change(request: Request) -> HttpResponse:
    """Change a ballot with its receipt, and with nothing else; `page` and `turn` only turn its pages."""
    words = request.POST.get("words", "")
    found = queries.get_ballot_by(words)
    options = _options_of(found)
    form = forms.Ballot(
        request.POST, options=options, limit=found.round.approvals_limit, may_be_blank=found.round.is_shortlist
    )
    if is_turning(request.POST):
        return _ballot_page(request, found, words, form=form)
    if not form.is_valid():
        return _ballot_page(request, found, words, form=form, status=422)
    actions.change_ballot(receipt=words, approvals=form.cleaned_data["options"], now=timezone.now())
    return _ballot_page(request, queries.get_ballot_by(words), words, is_changed=True)


def _ballot_page(
    request: Request,
    found: Ballot,
    words: str,
    *,
    form: forms.Ballot | None = None,
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    round_ = found.round
    options = _options_of(found)
    picked = form.picked if form else set(found.approvals)
    activity = queries.activity_of(round_)
    outcome = queries.outcome_of(round_)
    mine = [option for option in options if option.pk in picked]
    context: dict[str, Any] = {
        "round": round_,
        "process": activity.phase.process,
        "activity": activity,
        "closes_at": queries.closes_at(round_, activity),
        "words": words,
        "form": form,
        "picked": picked,
        "limit": round_.approvals_limit,
        "listing": list_options(options, asked=request.POST, picked=picked),
        "options": options,
        "mine": mine,
        "outcome": outcome,
        "is_changed": is_changed,
        "is_changeable": queries.is_changeable(round_, now=timezone.now()),
    }
    if outcome is not None and not outcome.is_withheld:
        chosen = outcome.figures["chosen"]
        became = afterwards.find_afterwards(
            mine, viewer=request.viewer, chosen=chosen, decision=queries.decision_of(round_)
        )
        context |= {
            "chosen": chosen,
            "helped": [option for option in mine if option.pk in chosen],
            "told": influence.tell_ballot(mine, outcome, approvals=found.approvals, afterwards=became),
        }
    return render(request, "choice/my_ballot.html", context, status=status)


def _options_of(ballot: Ballot) -> Sequence[Option]:
    """Return what the ballot may take: everything, or what a shortlist showed to its owner."""
    options = queries.options_of(ballot.round)
    return options if ballot.shown is None else [option for option in options if option.pk in ballot.shown]


def _filled_in(request: Request, standing: queries.Standing) -> QueryDict:
    """Return what was sent, with the kind that the voter told the process, if it is not a rare one.

    The review offers it; only what comes back from there, as if by hand, is stored, and nothing says where it came
    from.
    """
    sent = request.POST.copy()
    relation = participation.shown_relation_of(standing.process, request.viewer.acting)
    if "kind" not in sent and relation in COARSE_OF:
        sent["kind"] = COARSE_OF[relation]
    return sent


def _odds(standing: queries.Standing) -> dict[str, Any]:
    return {"options_count": len(queries.options_of(standing.round)), "goes_on": standing.round.seats}


def _list_context(
    request: Request, standing: queries.Standing, form: forms.Ballot, *, picked: set[int]
) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    options = options_for(standing)
    listing = list_options(options, asked=asked, picked=picked)
    can_compare = standing.round.is_shortlist and comparing.can_compare(options)
    context = {"form": form, "options": options, "listing": listing, "picked": picked, "can_compare": can_compare}
    return context_of(standing) | context


def _review_context(standing: queries.Standing, form: forms.Ballot, picked: set[int]) -> dict[str, Any]:
    mine = [option for option in options_for(standing) if option.pk in picked]
    return {**context_of(standing), "form": form, "mine": mine, "press": receipts.make_press()}
