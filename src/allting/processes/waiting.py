"""What waits for the facilitator of a process: the next steps of what is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from allting.processes import activity_kinds, queries, rules
from allting.processes.models import Process
from allting.processes.telling import Deed, Waiting
from allting.record.viewers import Viewer


def waiting_for(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """Give the next steps of every activity that the viewer facilitates, what is urgent first."""
    if not viewer.is_signed_in:
        return
    states = [Process.State.RUNNING, Process.State.CLOSED]
    for process in queries.processes_visible_to(viewer).filter(state__in=states):
        if not rules.may_facilitate(viewer, process):
            continue
        steps = [
            step
            for activity in rules.activities_of(process)
            for step in activity_kinds.registered()[activity.kind].next_steps(activity.item_id, now)
        ]
        for step in sorted(steps, key=lambda one: not one.is_urgent):
            yield Waiting(
                deed=Deed.PREPARE,
                title=step.title,
                help=step.help,
                button=step.button,
                address=step.address,
                process_id=process.pk,
            )
