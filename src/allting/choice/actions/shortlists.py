"""A shortlist: everybody judges some of too many options, and a proportional selection goes on to the round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from allting.choice.actions.closing import close_round
from allting.choice.actions.rounds import Wording, open_round, take_in
from allting.choice.errors import AlreadyOpened, ShortlistRefused
from allting.choice.models import Option, Round
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor, Item


@transaction.atomic
def open_shortlist(
    *, round_: Round, size: int, shown_each: int, closes_at: datetime, by: Actor, now: datetime, seed: str = ""
) -> Round:
    """Move the options of a round that is being prepared to a shortlist before it, freeze them, and open it.

    size         how many go on to the round
    shown_each   how many of them each person sees
    Raises AlreadyOpened, ShortlistRefused.
    """
    locked = Round.objects.select_for_update().select_related("item").get(pk=round_.pk)
    if locked.opened_at is not None or locked.is_shortlist or Round.objects.filter(shortlist_for=locked).exists():
        raise AlreadyOpened
    options = Option.objects.filter(round=locked)
    activity = processes.activity_of(locked.pk)
    begins_at, ends_at = max(now, activity.opens_at or now), activity.closes_at
    options_count = options.filter(left_out_at=None).count()
    # People judge it while the round's activity is open: a shortlist that ends before would have nobody.
    if options_count <= size or closes_at <= begins_at or ends_at is None or closes_at >= ends_at:
        raise ShortlistRefused
    item = record.make_item(kind="round", title=locked.item.title, author=by, within=locked.item, now=now)
    shortlist = Round.objects.create(
        item=item,
        shortlist_for=locked,
        seats=size,
        approvals_limit=min(shown_each, options_count),
        shown_each=min(shown_each, options_count),
        closes_at=closes_at,
    )
    Item.objects.filter(pk__in=options.values("pk")).update(within=item)
    options.update(round=shortlist)
    data: record.Data = {"round": locked.pk, "options": options_count, "goes_on": size, "shown_each": shown_each}
    record.emit(name="choice.shortlist_started", actor=by, item=item, data=data, now=now)
    return open_round(round_=shortlist, by=by, now=now, seed=seed)


def close_due_shortlists(*, now: datetime) -> int:
    """Close each shortlist whose day is over, and say how many. In a draft, a rehearsal among them, nothing closes."""
    due = Round.objects.filter(closes_at__lte=now, closed_at=None, opened_at__isnull=False).exclude(
        shortlist_for__item__activity__phase__process__state=Process.State.DRAFT
    )
    closed = list(due.select_related("item"))
    for shortlist in closed:
        close_round(round_=shortlist, now=now)
    return len(closed)


@transaction.atomic
def go_on(*, shortlist: Round, option_ids: Sequence[int], now: datetime) -> Round | None:
    """Put what goes on before everybody: options of the round that rest on those of the shortlist, frozen, and open it.

    Returns the round; None where it has opened or closed already, or where fewer than two go on and somebody has to
    add more by hand.
    """
    round_ = Round.objects.select_for_update().select_related("item").get(pk=shortlist.shortlist_for_id)
    if round_.opened_at is not None or round_.closed_at is not None:
        return None
    by = shortlist.item.author
    options = Option.objects.select_related("item").in_bulk(list(option_ids))
    for pk in option_ids:
        option = options[pk]
        wording = Wording(title=option.title, text=option.text, why=option.why, cost=option.cost)
        take_in(round_=round_, source=option.item, wording=wording, by=by, now=now)
    unaffordable = Q(cost=None) | Q(cost__gt=round_.budget) if round_.budget else Q(pk=None)
    if len(option_ids) < 2 or round_.options.filter(unaffordable, left_out_at=None).exists():
        return None
    return open_round(round_=round_, by=by, now=now)
