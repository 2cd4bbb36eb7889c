"""What every page of a process begins with: who asks, which process, where one is in it."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string

from allting.people import visitors
from allting.processes import activity_kinds, queries, rules
from allting.processes.activity_kinds import ActivityKind, Part
from allting.processes.models import Activity, Process
from allting.record.models import Actor


class Request(visitors.Request):
    """A request that went through ViewerMiddleware. `current_activity` tells the header where one is."""

    current_activity: Activity


def actor_of(request: Request) -> Actor:
    """Return who acts. Everybody whom a rule of this room lets change something is signed in."""
    actor = request.viewer.actor
    assert actor is not None
    return actor


def load(request: Request, process_id: int, *, to: queries.Deed, now: datetime) -> Process:
    """Load the process and tell the page's header and labels which one it belongs to."""
    process = queries.get_process_for(request.viewer, process_id, to=to, now=now)
    stand_in(request, process)
    return process


def stand_in(request: Request, process: Process) -> None:
    request.current_activity = activity_in(process)


def activity_in(process: Process) -> Activity:
    """Return the one that is open or comes next, otherwise the last. Its phase and process are the loaded ones."""
    return rules.current_activity(process)


def kind_of(activity: Activity) -> ActivityKind:
    return activity_kinds.registered()[activity.kind]


def draw(part: Part, request: Request) -> str:
    """Render what another room shows on our page; empty where it has nothing."""
    return render_to_string(part[0], dict(part[1]), request) if part else ""
