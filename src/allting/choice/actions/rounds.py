"""A round until it opens: started, filled with options, opened."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from allting.choice import rules
from allting.choice.errors import AlreadyOpened, CostsMissing, TooFewOptions
from allting.choice.models import Option, Round
from allting.record import actions as record
from allting.record.models import Actor, Item, Link

_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Wording:
    """An option in plain words.

    why    why it is here, in one sentence: "Nearly everyone agrees."
    cost   whole currency units; None where places are given and not money
    """

    title: str
    text: str = ""
    why: str = ""
    cost: int | None = None


@transaction.atomic
def start_round(*, within: Item, title: str, author: Actor, now: datetime) -> Round:
    """Begin a round within a process."""
    item = record.make_item(kind="round", title=title, author=author, within=within, now=now)
    record.emit(name="choice.round_started", actor=author, item=item, now=now)
    return Round.objects.create(item=item)


@transaction.atomic
def change_round(
    *, round_: Round, seats: int, approvals_limit: int, budget: int | None = None, by: Actor, now: datetime
) -> None:
    """Say how many are chosen and how many a ballot may take. Raises AlreadyOpened."""
    preparing = Round.objects.filter(pk=round_.pk, opened_at=None)
    if not preparing.update(seats=seats, approvals_limit=approvals_limit, budget=budget):
        raise AlreadyOpened
    data: record.Data = {"seats": seats, "approvals_limit": approvals_limit, "budget": budget}
    record.emit(name="choice.round_changed", actor=by, item=round_.item, data=data, now=now)


@transaction.atomic
def add_option(*, round_: Round, wording: Wording, by: Actor, now: datetime) -> Option:
    """Add an option that somebody wrote. Raises AlreadyOpened."""
    _insist_on_preparing(round_)
    return _make(round_, wording, source=None, by=by, now=now)


@transaction.atomic
def take_in(*, round_: Round, source: Item, wording: Wording, by: Actor, now: datetime) -> Option:
    """Make an item of any kind an option that rests on it. Twice it is the same option. Raises AlreadyOpened."""
    _insist_on_preparing(round_)
    standing = Option.objects.filter(round=round_, source=source).select_related("item").first()
    if standing:
        Option.objects.filter(pk=standing.pk).update(left_out_at=None)
        standing.left_out_at = None
        return standing
    option = _make(round_, wording, source=source, by=by, now=now)
    record.link(younger=option.item, older=source, relation=Link.Relation.RESTS_ON, by=by, now=now)
    return option


@transaction.atomic
def reword_option(*, option: Option, wording: Wording, by: Actor, now: datetime) -> Option:
    """Say an option in other words; where it comes from stays. Raises AlreadyOpened."""
    _insist_on_preparing(option.round)
    option.title, option.text, option.cost = wording.title, wording.text, wording.cost
    option.save(update_fields=["title", "text", "cost"])
    Item.objects.filter(pk=option.pk).update(title=record.shorten_title(wording.title))
    record.emit(name="choice.option_reworded", actor=by, item=option.item, now=now)
    return option


@transaction.atomic
def leave_out(*, option: Option, by: Actor, now: datetime) -> None:
    """Take an option off the ballot before it opens. Left out twice it is left out. Raises AlreadyOpened."""
    _insist_on_preparing(option.round)
    if Option.objects.filter(pk=option.pk, left_out_at=None).update(left_out_at=now):
        record.emit(name="choice.option_left_out", actor=by, item=option.item, now=now)


@transaction.atomic
def open_round(*, round_: Round, by: Actor, now: datetime, seed: str = "") -> Round:
    """Freeze the options as they are, draw the seed and publish its commitment.

    seed   drawn here, unless somebody (the example, a test) brings one
    Raises AlreadyOpened, TooFewOptions, CostsMissing.
    """
    locked = Round.objects.select_for_update().select_related("item").get(pk=round_.pk)
    if locked.opened_at is not None:
        raise AlreadyOpened
    options_count = locked.options.filter(left_out_at=None).count()
    if options_count < rules.FEWEST_OPTIONS:
        raise TooFewOptions
    if locked.budget and _count_unaffordable(locked):
        raise CostsMissing
    locked.seed = seed or secrets.token_hex(_SEED_BYTES)
    locked.seed_commitment = hashlib.sha256(locked.seed.encode()).hexdigest()
    locked.opened_at = now
    locked.save(update_fields=["seed", "seed_commitment", "opened_at"])
    data: record.Data = {"options": options_count, "seed_commitment": locked.seed_commitment}
    record.emit(name="choice.round_opened", actor=by, item=locked.item, data=data, now=now)
    return locked


def _count_unaffordable(round_: Round) -> int:
    """Count the options without a cost, or with one that the whole budget cannot pay."""
    unaffordable = Q(cost=None) | Q(cost__gt=round_.budget)
    return round_.options.filter(unaffordable, left_out_at=None).count()


def _make(round_: Round, wording: Wording, *, source: Item | None, by: Actor, now: datetime) -> Option:
    number = (round_.options.aggregate(last=Max("number"))["last"] or 0) + 1
    item = record.make_item(kind="option", title=wording.title, author=by, within=round_.item, now=now)
    option = Option.objects.create(
        item=item,
        round=round_,
        number=number,
        title=wording.title[: Option.TITLE_LENGTH],
        text=wording.text[: Option.TEXT_LENGTH],
        why=wording.why,
        cost=wording.cost,
        source=source,
    )
    record.emit(name="choice.option_added", actor=by, item=item, data={"round": round_.pk}, now=now)
    return option


def _insist_on_preparing(round_: Round) -> None:
    """Hold the round, so that nothing slips in while it opens."""
    if Round.objects.select_for_update().get(pk=round_.pk).opened_at is not None:
        raise AlreadyOpened
