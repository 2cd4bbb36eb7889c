"""What comes after the closing: the outcome published, then confirmed or departed from."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from allting.choice.actions.shortlists import go_on
from allting.choice.errors import AlreadyDecided, NotCounted, OutcomeWithheld
from allting.choice.models import Decision, Outcome, Round, Support
from allting.record import actions as record
from allting.record.models import Actor

_PAST = {
    Decision.Verdict.CONFIRM: "choice.outcome_confirmed",
    Decision.Verdict.DEPART: "choice.outcome_departed_from",
    Decision.Verdict.ALONE: "choice.decided_alone",
}


@transaction.atomic
def publish_outcome(*, round_: Round, counted: Mapping[str, Any], now: datetime) -> Outcome | None:
    """Save what was counted, once, and let a shortlist go on. Counted twice, the first stands: it is the same.

    None for what was counted in a rehearsal that was wiped meanwhile.
    """
    if not _is_still_closed(round_):
        return None
    outcome, is_new = Outcome.objects.get_or_create(
        round=round_,
        defaults={
            "method": counted["method"],
            "version": counted["version"],
            "seed": round_.seed,
            "digest": counted["digest"],
            "certificate": counted["certificate"],
            "figures": counted["figures"],
            "counted_at": now,
        },
    )
    if is_new:
        data: record.Data = {"chosen": list(counted["figures"]["chosen"])}
        record.emit(name="choice.outcome_published", actor=record.system_actor(), item=round_.item, data=data, now=now)
        Support.objects.bulk_create(
            Support(round=round_, name=name, bits=base64.b64decode(bits)) for name, bits in counted["support"].items()
        )
        if round_.is_shortlist:
            go_on(shortlist=round_, option_ids=counted["figures"]["chosen"], now=now)
    return outcome


@transaction.atomic
def withhold_outcome(*, round_: Round, now: datetime) -> Outcome | None:
    """Publish that fewer than five cast a ballot, and nothing of what they chose. Twice, the first stands.

    None for a round in a rehearsal that was wiped meanwhile.
    """
    if not _is_still_closed(round_):
        return None
    outcome, is_new = Outcome.objects.get_or_create(
        round=round_,
        defaults={
            "method": Outcome.WITHHELD,
            "version": 1,
            "seed": round_.seed,
            "figures": {"people": 0, "chosen": [], "supporters": {}},
            "counted_at": now,
        },
    )
    if is_new:
        record.emit(name="choice.outcome_withheld", actor=record.system_actor(), item=round_.item, data={}, now=now)
    return outcome


def _is_still_closed(round_: Round) -> bool:
    """Hold the round, and say whether it is the one that closed: wiping a rehearsal takes closing and seed back."""
    locked = Round.objects.select_for_update().get(pk=round_.pk)
    return locked.closed_at is not None and locked.seed == round_.seed


@transaction.atomic
def confirm_outcome(*, outcome: Outcome, reason: str = "", by: Actor, now: datetime) -> Decision:
    """Take the outcome as it is. Raises AlreadyDecided, OutcomeWithheld."""
    return _decide(outcome, Decision.Verdict.CONFIRM, options=outcome.figures["chosen"], reason=reason, by=by, now=now)


@transaction.atomic
def depart_from_outcome(
    *,
    outcome: Outcome,
    options: Sequence[int],
    reason: str,
    left_with_nothing_count: int,
    by: Actor,
    now: datetime,
) -> Decision:
    """Decide on other options than were chosen, with a reason that stays beside the outcome.

    Raises AlreadyDecided, OutcomeWithheld.
    """
    return _decide(
        outcome,
        Decision.Verdict.DEPART,
        options=options,
        reason=reason,
        left_count=left_with_nothing_count,
        by=by,
        now=now,
    )


@transaction.atomic
def decide_alone(*, outcome: Outcome, options: Sequence[int], reason: str, by: Actor, now: datetime) -> Decision:
    """Decide on options, in this order, where too few voted to say what came out. Raises AlreadyDecided."""
    if not outcome.is_withheld:
        raise ValueError("There is an outcome to confirm or to depart from.")
    return _decide(outcome, Decision.Verdict.ALONE, options=options, reason=reason, by=by, now=now)


def _decide(
    outcome: Outcome,
    verdict: Decision.Verdict,
    *,
    options: Sequence[int],
    reason: str,
    left_count: int | None = None,
    by: Actor,
    now: datetime,
) -> Decision:
    if outcome.is_withheld and verdict is not Decision.Verdict.ALONE:
        raise OutcomeWithheld
    if outcome.round.closed_at is None:
        raise NotCounted
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                round=outcome.round,
                verdict=verdict,
                reason=reason,
                options=list(options),
                left_with_nothing_count=left_count,
                made_by=by,
                made_at=now,
            )
    except IntegrityError:
        if Decision.objects.filter(round=outcome.round).exists():
            raise AlreadyDecided from None
        raise
    record.emit(name=_PAST[verdict], actor=by, item=outcome.round.item, data={"options": list(options)}, now=now)
    return decision
