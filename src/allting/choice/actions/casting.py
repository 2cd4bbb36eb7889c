"""Ballots: cast once by name, changed by receipt alone. No event, no moment, no order, no line in a log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from allting.choice import queries, receipts
from allting.choice.errors import AlreadyCast, AlreadyOpened, NoSuchReceipt, NothingDealt, RoundClosed
from allting.choice.models import Ballot, Hand, Round, Turnout, random_id
from allting.record import actions as record
from allting.record.models import Actor

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot that was cast: its receipt exists here and with its owner, nowhere else."""

    receipt: str


@transaction.atomic
def cast_ballot(*, round_: Round, actor: Actor, approvals: Collection[int], kind: str = "", receipt: str = "") -> Cast:
    """Note that the actor has cast, and, apart from it, what was cast.

    The caller asked `rules.may_cast`; takes no `now`, because no moment is kept. Writes no event: a ballot's would
    pair it with a name. A shortlist's ballot holds what was shown until closing, and approves nothing else.

    receipt   that of the press which casts it (`receipts.receipt_of_press`); drawn here where there is none
    Raises AlreadyCast, RoundClosed, NothingDealt.
    """
    _insist_on_open(round_)
    shown = _take_hand(round_, actor) if round_.is_shortlist else None
    try:
        with transaction.atomic():
            Turnout.objects.create(round=round_, actor=actor)
    except IntegrityError:
        raise AlreadyCast from None
    receipt = receipt or receipts.make_receipt()
    Ballot.objects.create(
        round=round_,
        approvals=_only_shown(approvals, shown),
        kind=kind,
        receipt_hash=receipts.hash_of(receipt),
        shown=shown,
    )
    return Cast(receipt=receipt)


@transaction.atomic
def change_ballot(*, receipt: str, approvals: Collection[int], now: datetime) -> None:
    """Replace what the ballot with this receipt approves. `now` is asked for and not kept.

    Raises NoSuchReceipt, RoundClosed.
    """
    ballot = Ballot.objects.select_related("round").filter(receipt_hash=receipts.hash_of(receipt)).first()
    if ballot is None:
        raise NoSuchReceipt
    _insist_on_open(ballot.round)
    if not queries.is_changeable(ballot.round, now=now):
        raise RoundClosed
    Ballot.objects.filter(pk=ballot.pk).update(approvals=_only_shown(approvals, ballot.shown))


@transaction.atomic
def import_ballots(*, round_: Round, ballots: Iterable[tuple[Collection[int], str]], by: Actor, now: datetime) -> int:
    """Take in ballots that were cast elsewhere (approvals, kind), mark the round, and say how many. One event.

    They have no receipt and nobody's name. Raises AlreadyOpened when the round is closed or has ballots of its own.
    """
    locked = Round.objects.select_for_update().select_related("item").get(pk=round_.pk)
    if locked.closed_at is not None or locked.ballots.exists():
        raise AlreadyOpened
    rows = [
        Ballot(id=random_id(), round=locked, approvals=sorted(set(approvals)), kind=kind) for approvals, kind in ballots
    ]
    rows.sort(key=lambda ballot: ballot.id)
    Ballot.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
    Round.objects.filter(pk=locked.pk).update(are_ballots_imported=True)
    record.emit(name="choice.ballots_imported", actor=by, item=locked.item, data={"ballots": len(rows)}, now=now)
    return len(rows)


def _take_hand(round_: Round, actor: Actor) -> list[int]:
    """Take what was shown away from the name, and return it. Raises NothingDealt, AlreadyCast."""
    hand = Hand.objects.filter(round=round_, actor=actor).first()
    if hand is None:
        raise AlreadyCast if Turnout.objects.filter(round=round_, actor=actor).exists() else NothingDealt
    Hand.objects.filter(round=round_, actor=actor).delete()
    return sorted(hand.shown)


def _only_shown(approvals: Collection[int], shown: Collection[int] | None) -> list[int]:
    return sorted(set(approvals) if shown is None else set(approvals) & set(shown))


def _insist_on_open(round_: Round) -> None:
    """Hold the round until the transaction ends, so that it cannot be closed in between. Raises RoundClosed."""
    locked = Round.objects.select_for_update().get(pk=round_.pk)
    if locked.opened_at is None or locked.closed_at is not None:
        raise RoundClosed
