"""Closing a round: no trace is left of who cast which ballot.

A table keeps the order in which its rows came; two tables side by side would pair a name with a ballot. So both are
written anew, each in the order of random keys drawn here. What the files still hold of the old order is removed after
the transaction, by `cleaning`.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from allting.choice.models import Ballot, Hand, Option, Round, Turnout
from allting.choice.rules import FEWEST
from allting.processes import participation
from allting.processes.balance import groups_to_hide
from allting.record import actions as record

_ROWS_AT_ONCE = 5_000
_OPTIONS_AT_ONCE = 200


@transaction.atomic
def close_round(*, round_: Round, now: datetime) -> None:
    """Close a round: blank kinds that would tell somebody, and write both tables anew in random order.

    Closed twice, it is closed. A round that was never opened closes without an outcome; a shortlist before it that is
    still open closes with it. One event for each.
    """
    for shortlist in Round.objects.filter(shortlist_for=round_, closed_at=None):
        close_round(round_=shortlist, now=now)
    locked = Round.objects.select_for_update().select_related("item").get(pk=round_.pk)
    if locked.closed_at is not None:
        return
    ballots = list(Ballot.objects.filter(round=locked))
    blanked = kinds_to_blank([ballot.kind for ballot in ballots])
    if locked.is_shortlist:
        _count_showings(locked, ballots)
    for ballot in ballots:
        ballot.kind = "" if ballot.kind in blanked else ballot.kind
        ballot.shown = None
    _write_anew(Ballot, locked, ballots)
    _write_anew(Turnout, locked, _turnout_to_keep(locked))
    if (process_id := _process_id_of(locked)) is not None:
        participation.let_go_of_relations(process_id=process_id, now=now)
    locked.closed_at = now
    locked.save(update_fields=["closed_at"])
    shown_count = len(ballots) if len(ballots) >= FEWEST else None
    data: record.Data = {"ballots": shown_count, "kinds_blanked": len(blanked - {""})}
    record.emit(name="choice.round_closed", actor=record.system_actor(), item=locked.item, data=data, now=now)


def _process_id_of(round_: Round) -> int | None:
    """Return what a round is within; a shortlist is within its round."""
    return (round_.shortlist_for or round_).item.within_id


def kinds_to_blank(kinds: Sequence[str]) -> set[str]:
    """Return the kinds that so few ballots have that they would tell somebody.

    Kinds under five go. Should those without a kind then be one to four, whose number is all minus the others, the
    smallest kind that is left goes, too.
    """
    counts = Counter(kinds)
    without_kind = counts.pop("", 0)
    return set(groups_to_hide(counts, unnamed=without_kind))


def _count_showings(round_: Round, ballots: Sequence[Ballot]) -> None:
    """Keep how many saw each option, and no more: who was shown what would tell whose ballot it is."""
    showings = Counter(option for ballot in ballots for option in ballot.shown or ())
    options = list(Option.objects.filter(round=round_))
    for option in options:
        option.shown_count = showings[option.pk]
    Option.objects.bulk_update(options, ["shown_count"], batch_size=_OPTIONS_AT_ONCE)
    Hand.objects.filter(round=round_).delete()


def _turnout_to_keep(round_: Round) -> list[Turnout]:
    """Those who were erased while the round was open go now: until here they kept others from casting twice."""
    return list(Turnout.objects.filter(round=round_, actor__person__erased_at=None))


def _write_anew[Row: (Ballot, Turnout)](table: type[Row], round_: Round, rows: list[Row]) -> None:
    keys = {id(row): secrets.token_bytes(16) for row in rows}
    rows = sorted(rows, key=lambda row: keys[id(row)])
    table.objects.filter(round=round_).delete()
    table.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
