"""Strengths and pairs: when they are due, fitting them outside the web process, publishing what may be seen.

Pairs are prepared whenever something was compared; an order is published only when five more people have compared
than on the last one, as maps are, and its rows move only by five people (`figures`).
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.db import transaction
from django.db.models import F, Q
from numpy.typing import NDArray

from allting.opinions import claiming, holding, queries
from allting.opinions.claiming import Run
from allting.opinions.comparing import figures
from allting.opinions.comparing.reading import Reading, read_comparisons
from allting.opinions.models import Comparing, Conversation, PairOrder, PairPool
from allting.processes import rules as processes
from allting.processes.models import Activity
from allting.record import actions as record
from allting.web import children

# Five hundred statements and twenty thousand comparisons take two and a half.
_LONGEST_S = 120
# Pairs are no secret once they are shown; nobody can reckon in advance which will be.
_LOT = random.SystemRandom()


class Fit(Protocol):
    def __call__(self, arrays: Mapping[str, NDArray[Any]]) -> Mapping[str, Any]: ...


def claim_due(*, now: datetime) -> list[Run]:
    """Claim every conversation whose pairs are old and whose people are pausing."""
    is_old = Q(prepared_changes_count=None) | ~Q(prepared_changes_count=F("changes_count"))
    pools = PairPool.objects.filter(is_old, conversation__comparing__isnull=False).order_by("pk")
    return [
        run
        for pool in pools.only("pk", "changed_at", "prepared_at")
        if (
            pool.prepared_at is None
            or claiming.is_calm(changed_at=pool.changed_at, waiting_since=pool.prepared_at, now=now)
        )
        and (run := claim(conversation_id=pool.pk, now=now))
    ]


def claim(*, conversation_id: int, now: datetime) -> Run | None:
    """Take the right to prepare a conversation's pairs; None when somebody else does."""
    pools = PairPool.objects.filter(pk=conversation_id)
    is_mine = claiming.take(pools, since="claimed_at", now=now)
    return Run(conversation_id=conversation_id, claimed_at=now) if is_mine else None


def prepare(*, run: Run, now: datetime, fit: Fit | None = None) -> PairOrder | None:
    """Prepare the next pairs, and publish the order if that may move. None where it may not, or the claim is gone.

    fit      what fits; a process of its own, unless somebody (a test, the example) brings another
    Raises ChildFailed; the claim then stands until it is stale.
    """
    mine = PairPool.objects.filter(pk=run.conversation_id, claimed_at=run.claimed_at)
    if not mine.exists():
        return None
    conversation = Conversation.objects.select_related("item").get(pk=run.conversation_id)
    reading = read_comparisons(Comparing.objects.get(pk=run.conversation_id))
    if len(reading.statements) < 2:
        mine.update(pairs=[], prepared_changes_count=reading.changes_count, prepared_at=now, claimed_at=None)
        return None
    fitted = (fit or fit_outside)(reading.arrays(seed=_LOT.getrandbits(32)))
    pairs = [[int(reading.statements[it]) for it in pair] for pair in fitted["pairs"]]
    with transaction.atomic():
        is_still_mine = mine.update(
            pairs=pairs, prepared_changes_count=reading.changes_count, prepared_at=now, claimed_at=None
        )
        if not is_still_mine or not _may_publish(conversation, reading, now=now):
            return None
        return _publish(conversation, reading, fitted, now=now)


def _may_publish(conversation: Conversation, reading: Reading, *, now: datetime) -> bool:
    """Say whether the order of what was read may be published now, by the rule of `holding`."""
    orders = PairOrder.objects.filter(conversation=conversation).order_by("published_at", "pk")
    activity = Activity.objects.filter(item_id=conversation.pk).first()
    return holding.may_publish(
        people=reading.people_count,
        earlier=[holding.Earlier(*it) for it in orders.values_list("people_count", "published_at")],
        is_closed=activity is not None and processes.has_closed(activity, now),
        active_since=lambda at: reading.active_since(at.timestamp()),
    )


def _publish(conversation: Conversation, reading: Reading, fitted: Mapping[str, Any], *, now: datetime) -> PairOrder:
    """Save what may be seen; of older orders only when and of how many stays. One event."""
    last = queries.get_latest_order(conversation_id=conversation.pk)
    published = figures.order_of(
        statements=reading.statements.tolist(),
        everyone=(fitted["everyone"], reading.counted()),
        groups={int(it): (columns, reading.counted(group=int(it))) for it, columns in fitted["groups"].items()},
        people=reading.people_count,
        comparisons=len(reading.first),
        earlier=figures.from_data(last.figures) if last else None,
        at=now.timestamp(),
    )
    PairOrder.objects.filter(conversation=conversation).update(figures={})
    order = PairOrder.objects.create(
        conversation=conversation,
        method=fitted["method"],
        version=fitted["version"],
        people_count=published.people,
        comparisons_count=published.comparisons,
        figures=figures.as_data(published),
        published_at=now,
    )
    record.emit(
        name="opinions.order_published",
        actor=record.system_actor(),
        item=conversation.item,
        data={"people": published.people, "comparisons": published.comparisons, "statements": len(published.rows)},
        now=now,
    )
    return order


def fit_outside(arrays: Mapping[str, NDArray[Any]]) -> Mapping[str, Any]:
    """Run `comparing.analysis` in a process of its own. Raises ChildFailed."""
    with tempfile.TemporaryDirectory(prefix="allting-pairs-") as name:
        folder = Path(name)
        np.savez(folder / "in.npz", allow_pickle=False, **arrays)
        children.run_child("allting.opinions.comparing.analysis", folder=folder, longest_s=_LONGEST_S)
        fitted: Mapping[str, Any] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        return fitted
