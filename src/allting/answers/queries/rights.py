"""Who prepares and signs answers, and where."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from allting.answers import rules
from allting.people import queries as people
from allting.people.models import RoleName
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record.errors import Refused
from allting.record.rules import YES, No
from allting.record.rules import Answer as YesOrNo
from allting.record.viewers import Viewer

type Deed = Literal["prepare", "sign"]


def get_process_for(viewer: Viewer, process_id: int, *, to: Deed, now: datetime) -> Process:
    """Return a process whose answers the viewer may prepare or sign. Raises NotFound, Refused."""
    process = processes.get_process_for(viewer, process_id, to="look", now=now)
    may = rules.may_prepare(viewer, process) if to == "prepare" else may_sign(viewer, process)
    if isinstance(may, No):
        raise Refused(may)
    return process


def may_sign(viewer: Viewer, process: Process) -> YesOrNo:
    return rules.may_sign(viewer, process, has_sponsor=has_sponsor(process))


def has_sponsor(process: Process) -> bool:
    """Say whether somebody decides here: by role, or named by the process."""
    if process.sponsor_id:
        return True
    return people.people_with_role([RoleName.SPONSOR], within=[process.pk]).exists()


def processes_prepared_by(viewer: Viewer) -> list[Process]:
    """Return the running and closed processes whose answers the viewer may prepare."""
    if not viewer.is_signed_in:
        return []
    states = [Process.State.RUNNING, Process.State.CLOSED]
    found = processes.processes_visible_to(viewer).filter(state__in=states)
    return [process for process in found if rules.may_prepare(viewer, process)]


def may_prepare_something(viewer: Viewer) -> YesOrNo:
    """Say whether the viewer has a role that answers."""
    roles = [RoleName.SPONSOR, RoleName.FACILITATOR, RoleName.DEPUTY, RoleName.LEAD]
    if any(role in roles for role, _item in viewer.roles):
        return YES
    if viewer.person is not None and Process.objects.filter(sponsor=viewer.person).exists():
        return YES
    return No("")
