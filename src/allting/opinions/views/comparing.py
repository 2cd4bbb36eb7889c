"""Comparing two at a time: the pair, what comes of it, and turning it on."""

from __future__ import annotations

import csv
import random
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.opinions import actions, figures, limits, networks, queries, results
from allting.opinions.comparing import offers
from allting.opinions.comparing import order as orders
from allting.opinions.errors import NothingToCompare
from allting.opinions.forms import CompareForm, ComparingForm
from allting.opinions.models import Comparing, Comparison
from allting.opinions.views.entering import about, enter_conversation
from allting.people import devices
from allting.record.errors import NotFound
from allting.record.models import Actor
from allting.record.viewers import Request
from allting.web import htmx, paging

# Unpredictable on purpose: nobody can arrange to be shown a certain pair.
_LOT = random.SystemRandom()
# What unites most: more would be as long a list as the one it comes from.
MOST_OF_THE_MAP = 30
# Of more, picking by hand would be work for an afternoon.
MOST_TO_PICK_FROM = 100
_QUOTED_LENGTH = 48


@require_safe
def pairs(request: Request, conversation_id: int) -> HttpResponse:
    """Show two statements to choose from, or say why there are none."""
    found = _enter(request, conversation_id)
    actor = request.viewer.actor
    done = None
    if request.GET.get("chosen") == "1":
        done = queries.get_last_comparison(conversation_id=conversation_id, actor=actor)
    again = request.GET.get("again", "")
    ids = offers.open_sealed(again, conversation_id=conversation_id) if again else None
    context = _turn(found, actor=actor, done=done, ids=ids, is_undone=bool(ids))
    return render(request, "opinions/pairs.html", context)


@require_POST
def compare(request: Request, conversation_id: int) -> HttpResponse:
    """Take one choice and put the next pair there; after ten, thank."""
    now = timezone.now()
    found = _enter(request, conversation_id, to="compare")
    form = CompareForm(request.POST)
    ids = offers.open_sealed(request.POST.get("pair", ""), conversation_id=conversation_id)
    if not form.is_valid():
        context = _turn(found, actor=request.viewer.actor, ids=ids) | _how(request) | {"form": form}
        return htmx.part_or_page(request, "opinions/pairs.html#pair", context, status=422)
    network_tag = networks.tag_of(request.META.get("REMOTE_ADDR", ""), on=timezone.localdate(now))
    if request.viewer.actor is None:
        limits.check_new_device(network_tag=network_tag, now=now)
    actor = devices.actor_for_acting(request, now)
    limits.check_answer(actor=actor, now=now)
    actions.compare(
        comparing=found.comparing,
        left=ids[0],
        right=ids[1],
        said=form.cleaned_data["choice"],
        actor=actor,
        network_tag=network_tag,
        now=now,
    )
    done = queries.get_last_comparison(conversation_id=conversation_id, actor=actor)
    context = _turn(found, actor=actor, done=done) | _how(request)
    if context["progress"].answered_count == context["progress"].goal:
        return _go_on(request, reverse("opinions:compared", args=[conversation_id]))
    url = reverse("opinions:pairs", args=[conversation_id])
    return htmx.part_or_redirect(request, "opinions/pairs.html#pair", context, to=f"{url}?chosen=1")


@require_POST
def undo(request: Request, conversation_id: int) -> HttpResponse:
    """Take the last choice back; its pair is there again."""
    now = timezone.now()
    found = _enter(request, conversation_id, to="compare")
    actor = devices.actor_for_acting(request, now)
    taken = actions.undo_comparison(comparing=found.comparing, actor=actor, now=now)
    ids = (taken.first_id, taken.second_id)
    sealed = offers.seal(conversation_id=conversation_id, left=ids[0], right=ids[1])
    url = f"{reverse('opinions:pairs', args=[conversation_id])}?again={sealed}"
    context = _turn(found, actor=actor, ids=ids, is_undone=True) | _how(request)
    return htmx.part_or_redirect(request, "opinions/pairs.html#pair", context, to=url)


@require_safe
def compared(request: Request, conversation_id: int) -> HttpResponse:
    """Thank, and show the order as it stands."""
    found = _enter(request, conversation_id)
    turn = queries.get_turn(comparing=found.comparing, actor=request.viewer.actor, lot=_LOT)
    context = _about(found) | {
        "progress": turn.progress,
        "has_more": turn.pair is not None,
        "whole": orders.read_order(found.comparing) if turn.progress.answered_count else None,
        "thanks": _thank(turn.progress.answered_count),
    }
    return render(request, "opinions/compared.html", context)


@require_safe
def order(request: Request, conversation_id: int) -> HttpResponse:
    """Show the order with how sure it is, or why there is none yet."""
    found = _enter(request, conversation_id)
    whole = orders.read_order(found.comparing)
    has_map = queries.get_latest_map(conversation_id=conversation_id) is not None
    context = _about(found) | {"whole": whole, "has_map": has_map, "has_order": True}
    if whole is not None:
        page = paging.page_of(request, list(whole.ranked))
        context |= {"page": page, "twin": whole.table(page.rows)}
    return render(request, "opinions/order.html", context)


@require_safe
def download_order(request: Request, conversation_id: int) -> HttpResponse:
    """Hand out the published order, one row a statement."""
    whole = orders.read_order(_enter(request, conversation_id).comparing)
    if whole is None:
        raise NotFound(_("There is no order yet. It comes when five people have compared."))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="conversation-{conversation_id}-order.csv"'
    response.write("\ufeff")  # spreadsheets take the letters for what they are only with a byte order mark
    csv.writer(response).writerows(orders.csv_rows(whole))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request, conversation_id: int) -> HttpResponse:
    """Explain comparing, turn it on with its question, or turn it off."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    comparing = queries.get_comparing(conversation_id=conversation_id)
    if request.method == "POST" and request.POST.get("turn") == "off":
        if comparing is None:
            raise NotFound
        actions.turn_off_comparing(comparing=comparing, by=_by(request), now=now)
        messages.success(request, _("Turned off. What was compared stays."))
        return redirect("opinions:comparing", conversation_id)
    whole = results.read_results(conversation=standing.conversation, actor=None)
    found = {
        "map": _agreed(whole)[:MOST_OF_THE_MAP] if whole else [],
        "onward": queries.list_carried_on(conversation_id=conversation_id),
    }
    statements = queries.list_standing_statements(conversation_id=conversation_id)
    can_pick = len(statements) <= MOST_TO_PICK_FROM
    form = ComparingForm(
        request.POST or None,
        offers=_offers(len(statements), found=found, can_pick=can_pick),
        statements=statements if can_pick else (),
        initial=_initial(comparing, found=found),
    )
    context = about(standing) | {"comparing": comparing, "form": form}
    if request.method != "POST":
        return render(request, "opinions/comparing.html", context)
    if form.is_valid():
        chosen = {"all": [], **found, "picked": form.cleaned_data.get("picked", [])}
        try:
            actions.turn_on_comparing(
                conversation=standing.conversation,
                question=form.cleaned_data["question"],
                chosen=chosen[form.cleaned_data["which"]],
                by=_by(request),
                now=now,
            )
        except NothingToCompare as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Turned on. People find it when they have answered some statements."))
            return redirect("opinions:comparing", conversation_id)
    return render(request, "opinions/comparing.html", context, status=422)


def _agreed(whole: results.Results) -> list[int]:
    """Return what most in every group agree with: of what most reject nothing needs to be put in order."""
    return [it.statement for it in whole.uniting if it.side == figures.AGREE]


def _offers(count: int, *, found: Mapping[str, Collection[int]], can_pick: bool) -> list[tuple[str, str]]:
    """Return which statements can be compared: all, what the map or the links found, or those that one picks."""
    every = ngettext("The one that is shown", "All %(count)d that are shown", count) % {"count": count}
    of_map = ngettext("The one that unites, by the map", "The %(count)d that unite most, by the map", len(found["map"]))
    onward = ngettext(
        "The one that something rests on: a proposal of the round, a priority",
        "The %(count)d that something rests on: a proposal of the round, a priority",
        len(found["onward"]),
    )
    offers = [("all", every)]
    for name, words in (("map", of_map), ("onward", onward)):
        if len(found[name]) >= actions.FEWEST_COMPARED:
            offers.append((name, words % {"count": len(found[name])}))
    if can_pick:
        offers.append(("picked", _("Those that I pick below: drafts of one thought, or near-duplicates")))
    return offers


def _initial(comparing: Comparing | None, *, found: Mapping[str, Collection[int]]) -> dict[str, Any]:
    if comparing is None:
        return {"question": _("Which matters more to you?"), "which": "all"}
    same = next((name for name, chosen in found.items() if comparing.chosen == chosen), "picked")
    which = same if comparing.chosen else "all"
    return {"question": comparing.question, "which": which, "picked": comparing.chosen}


def _enter(request: Request, conversation_id: int, *, to: Any = "look") -> queries.ComparingStanding:
    found = queries.get_comparing_for(request.viewer, conversation_id, to=to, now=timezone.now())
    request.current_activity = found.there.activity
    return found


def _about(found: queries.ComparingStanding) -> dict[str, Any]:
    return about(found.there) | {"comparing": found.comparing, "may_compare": found.may_compare}


def _how(request: Request) -> dict[str, Any]:
    return {"is_part": htmx.wants_part(request)}


def _turn(
    found: queries.ComparingStanding,
    *,
    actor: Actor | None,
    done: Comparison | None = None,
    ids: tuple[int, int] | None = None,
    is_undone: bool = False,
) -> dict[str, Any]:
    """What the page of one pair shows: the two, how far, what was chosen last.

    ids   the pair to show, where it is not to be a new one
    """
    turn = queries.get_turn(comparing=found.comparing, actor=actor, lot=_LOT)
    # An address or a page may be older than the hiding of one of the two.
    is_again = ids is not None and queries.is_compared(found.comparing, ids)
    pair = queries.get_pair(ids) if ids and is_again else turn.pair
    if not found.may_compare:
        pair = None
    return _about(found) | {
        "pair": pair,
        "sealed": offers.seal(conversation_id=found.comparing.pk, left=pair.left.pk, right=pair.right.pk)
        if pair
        else "",
        "progress": turn.progress,
        "done": done,
        "said": _say(done) if done else "",
        "is_undone": is_undone and is_again,
    }


def _say(done: Comparison) -> str:
    """Say what was chosen, in a few words."""
    match Comparison.Value(done.value):
        case Comparison.Value.EVEN:
            return _("Undecided is an answer, too.")
        case Comparison.Value.NEITHER:
            return _("Left out. It counts for neither.")
        case value:
            won = done.first if value is Comparison.Value.FIRST else done.second
            return _("You chose “%(statement)s”.") % {
                "statement": Truncator(won.text).chars(_QUOTED_LENGTH).rstrip(".")
            }


def _thank(count: int) -> str:
    if not count:
        return _("You have not compared anything yet.")
    words = ngettext("Thank you. You compared %(count)d pair.", "Thank you. You compared %(count)d pairs.", count)
    return words % {"count": count}


def _go_on(request: Request, url: str) -> HttpResponse:
    """Lead to another page, also where htmx asked for a part."""
    if not htmx.wants_part(request):
        return redirect(url)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def _by(request: Request) -> Actor:
    """Who facilitates is signed in, so has an actor."""
    if request.viewer.actor is None:
        raise NotFound
    return request.viewer.actor
