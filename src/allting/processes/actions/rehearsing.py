"""A rehearsal of a draft: it works for those who were let in, and everything that they said is wiped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.people import actions as people
from allting.people import queries as people_queries
from allting.processes import activity_kinds, participation, rules
from allting.processes.actions.holding import fresh, lock
from allting.processes.errors import AlreadyAnnounced, AlreadyRehearsing, NoRehearsal
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor


@transaction.atomic
def begin_rehearsal(*, process: Process, by: Actor, now: datetime) -> Process:
    """Let the team, and those who have the link, try out a draft: every activity is open until it is wiped.

    A link from before would let in who is meant for the real thing, so the rehearsal begins with one of its own.
    Raises AlreadyAnnounced, AlreadyRehearsing.
    """
    lock(process)
    draft = fresh(process)
    if draft.state != Process.State.DRAFT:
        raise AlreadyAnnounced
    if draft.is_rehearsing:
        raise AlreadyRehearsing
    _end_entry(draft, by=by, now=now)
    people.make_entry_link(item=draft.item, by=by, now=now)
    draft.rehearsal_began_at = draft.changed_at = now
    draft.save(update_fields=["rehearsal_began_at", "changed_at"])
    record.emit(name="processes.rehearsal_began", actor=by, item=draft.item, data={}, now=now)
    return draft


@transaction.atomic
def wipe_rehearsal(*, process: Process, by: Actor, now: datetime) -> Process:
    """Remove everything that was contributed, end the link, and make it a draft again.

    What the team prepared stays. Nothing closes and nothing is owed. Raises NoRehearsal.
    """
    lock(process)
    rehearsed = fresh(process)
    if not rehearsed.is_rehearsing:
        raise NoRehearsal
    rehearsed.rehearsal_began_at, rehearsed.changed_at = None, now
    rehearsed.save(update_fields=["rehearsal_began_at", "changed_at"])
    wipe_contributions(process=rehearsed, now=now)
    _end_entry(rehearsed, by=by, now=now)
    record.emit(name="processes.rehearsal_wiped", actor=by, item=rehearsed.item, data={}, now=now)
    return rehearsed


def wipe_contributions(*, process: Process, now: datetime) -> None:
    """Let each activity's room remove what people contributed, in the order of the phases, and left addresses go.

    Done again at announcing: a vote that was on its way while the rehearsal was wiped must not count either.
    """
    items = [process.pk]
    for activity in rules.activities_of(process):
        activity_kinds.registered()[activity.kind].wipe(activity.item, now)
        items.append(activity.item_id)
    participation.wipe(process_id=process.pk)
    people.forget_addresses_of(items=items)


def _end_entry(process: Process, *, by: Actor, now: datetime) -> None:
    if link := people_queries.entry_link_of(process.item):
        people.revoke_entry_link(link=link, by=by, now=now)
