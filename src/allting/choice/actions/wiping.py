"""After a rehearsal: ballots, turnout and what was counted go, and the round is prepared again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from allting.choice import queries
from allting.choice.models import Ballot, Hand, Option, Outcome, Round, Support, Turnout
from allting.processes.models import Process
from allting.record import actions as record


@transaction.atomic
def wipe_round(*, round_: Round, now: datetime) -> None:
    """Remove who has cast, what was cast and what came out, and take the opening back; the next one draws a new seed.

    Proposals that the team wrote, here or as seeds, stay, without what the rehearsal said about them. Those taken from
    words that were wiped are left out, and their words go, too. A round that has closed outside of a draft was no
    rehearsal, and is left alone. A shortlist before it stays open, without what was said there. One event.
    """
    locked = Round.objects.select_for_update().select_related("item").get(pk=round_.pk)
    if locked.closed_at is not None and queries.activity_of(locked).phase.process.state != Process.State.DRAFT:
        return
    both = Round.objects.filter(Q(pk=locked.pk) | Q(shortlist_for=locked))
    for contributed in (Ballot, Turnout, Hand, Support, Outcome):
        contributed.objects.filter(round__in=both).delete()
    Option.objects.filter(round__in=both).update(dealt_count=0)
    Option.objects.filter(round__in=both, source__isnull=False).update(why="")
    quoted = Option.objects.filter(round__in=both, source__blanked_at__isnull=False)
    record.wipe(items=list(quoted.values_list("pk", flat=True)), now=now)
    quoted.update(title=record.BLANK_TITLE, text="", left_out_at=now)
    locked.opened_at, locked.seed, locked.seed_commitment, locked.are_ballots_imported = None, "", "", False
    locked.closed_at = locked.cleaned_at = None
    locked.save(
        update_fields=["opened_at", "closed_at", "cleaned_at", "seed", "seed_commitment", "are_ballots_imported"]
    )
    record.emit(name="choice.round_wiped", actor=record.system_actor(), item=locked.item, data={}, now=now)
