"""Two of one's hand at a time: a page a pair, then the ballot filled in from the top, to be looked over and cast.

Whole pages and no parts: going back takes an answer back, loading again repeats a step, and no script keeps anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from allting.choice import comparing, forms
from allting.choice.comparing import Answer, Comparing, Place
from allting.choice.models import Option
from allting.choice.views.looking import context_of, limits_of, look, options_for
from allting.record.viewers import Request

_QUOTED_LENGTH = 48


@require_POST
@sensitive_post_parameters()
@never_cache
def compare(request: Request, round_id: int) -> HttpResponse:
    """Take the answers that the form carries, and show the next pair, or the order when it is enough.

    `undo` takes the last one back, `stop` shows the order as it stands, `more` goes on from there.
    """
    standing = look(request, round_id, to="cast")
    hand = options_for(standing)
    if not standing.round.is_shortlist or not comparing.can_compare(hand):
        return redirect("choice:ballot", round_id)
    form = forms.Ballot(request.POST, **limits_of(standing))
    read = comparing.read_answers(request.POST.getlist("compared"), hand=hand)
    is_undone = "undo" in request.POST and bool(read.answers)
    answers = read.answers[:-1] if is_undone else read.answers
    found = comparing.compare(answers, hand=hand, ticked=form.picked)
    context = context_of(standing) | {"form": form, "found": found}
    is_going_on = is_undone or "more" in request.POST
    if found.pair is None or "stop" in request.POST or (found.is_just_enough and not is_going_on):
        return render(request, "choice/compared.html", context | {"rows": _rows(found), "told": _tell(found)})
    said = "" if is_undone or not answers else _say(answers[-1], hand=hand)
    # What was ticked by hand; who goes on from an order leaves behind what it had ticked.
    picked = form.picked - found.first if "more" in request.POST else form.picked
    context |= {"picked": picked, "said": said, "is_undone": is_undone, "is_understood": read.is_understood}
    return render(request, "choice/pair.html", context, status=200 if read.is_understood else 422)


def _say(answer: Answer, *, hand: Sequence[Option]) -> str:
    """Say what was chosen last, in a few words."""
    match answer.said:
        case "even":
            return _("Undecided is an answer, too.")
        case "neither":
            return _("Both are left out.")
        case side:
            chosen = answer.left if side == "left" else answer.right
            words = next(option.words for option in hand if option.pk == chosen)
            return _("You chose “%(statement)s”.") % {"statement": Truncator(words).chars(_QUOTED_LENGTH).rstrip(".")}


def _tell(found: Comparing) -> str:
    count = len(found.answers)
    words = ngettext("Your order, from one comparison", "Your order, from %(count)d comparisons", count)
    return words % {"count": count}


def _rows(found: Comparing) -> list[dict[str, Any]]:
    return [{"place": place, "why": _why(place)} for place in found.places]


def _why(place: Place) -> str:
    """Say why an option stands where it does."""
    if place.is_set_aside:
        return _("Left out: you wanted neither of the two")
    if not place.asked_count:
        return _("Not compared")
    wins = f"{place.wins:.0f}" if place.wins == int(place.wins) else f"{int(place.wins) or ''}½"
    words = ngettext(
        "Put first in %(wins)s of %(count)d pair", "Put first in %(wins)s of %(count)d pairs", place.asked_count
    )
    return words % {"wins": wins, "count": place.asked_count}
