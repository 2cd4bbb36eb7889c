"""Work that one process at a time does for a conversation, such as drawing its map: when it is time, and who is at it.

Two tables say who is at it: a row that comes and goes (`MapRun`), and a column that is empty meanwhile (`PairPool`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from allting.opinions.models import MapRun, PairPool

# A conversation is left in peace while people are at it, but not for so long that an answer is not in the map within
# a minute: drawing takes its time, too.
QUIET_FOR = timedelta(seconds=10)
WAIT_AT_MOST = timedelta(seconds=40)
# No honest map takes that long. A run this old was cut off, or failed; either way another may try now.
STALE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Run:
    """Work on a conversation that this process has claimed. Whoever claims it later makes `claimed_at` wrong."""

    conversation_id: int
    claimed_at: datetime


def is_calm(*, changed_at: datetime, waiting_since: datetime | None, now: datetime) -> bool:
    """Say whether it is time: nothing happened for ten seconds, or what is shown is forty seconds old."""
    return now - changed_at >= QUIET_FOR or (waiting_since is not None and now - waiting_since >= WAIT_AT_MOST)


def take(rows: QuerySet[MapRun] | QuerySet[PairPool], *, since: str, now: datetime, **anew: object) -> bool:
    """Take the work that a row stands for; False where somebody else is at it. One statement, so that only one can.

    since   the column that says when somebody began; None there, or too long ago, and the work is free
    anew    what else begins anew with it
    """
    is_free = Q((since, None)) | Q((f"{since}__lt", now - STALE_AFTER))
    return bool(rows.filter(is_free).update(**{since: now}, **anew))
