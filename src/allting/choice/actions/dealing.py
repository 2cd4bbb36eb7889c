"""Dealing: what a shortlist shows to one person.

The options that were dealt least come first, the lot decides among them, so that every option is shown alike often
whoever comes. What was dealt stays with the person until the ballot is cast, so that nobody deals anew until a
favourite turns up.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from random import Random

from django.db import transaction
from django.db.models import F

from allting.choice.errors import RoundClosed
from allting.choice.models import Hand, Option, Round
from allting.record.models import Actor


@transaction.atomic
def deal_hand(*, round_: Round, actor: Actor, now: datetime, lot: Random | None = None) -> Hand:
    """Draw the options that a shortlist shows to the actor. Drawn twice, it is the same hand.

    lot   the system's own randomness, unless somebody (a test, a simulation) brings one
    Writes no event. Raises RoundClosed.
    """
    locked = Round.objects.select_for_update().get(pk=round_.pk)
    if locked.opened_at is None or locked.closed_at is not None or _is_over(locked, now):
        raise RoundClosed
    held = Hand.objects.filter(round=locked, actor=actor).first()
    if held is not None:
        return held
    lot = lot or secrets.SystemRandom()
    options = list(Option.objects.filter(round=locked, left_out_at=None).order_by("number"))
    lots = {option.pk: lot.random() for option in options}
    dealt = sorted(options, key=lambda option: (option.dealt_count, lots[option.pk]))[: locked.shown_each]
    lot.shuffle(dealt)
    Option.objects.filter(pk__in=[option.pk for option in dealt]).update(dealt_count=F("dealt_count") + 1)
    return Hand.objects.create(round=locked, actor=actor, shown=[option.pk for option in dealt])


def _is_over(round_: Round, now: datetime) -> bool:
    return round_.closes_at is not None and round_.closes_at <= now
