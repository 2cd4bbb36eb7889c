"""Who may group, write, sign and publish answers, and what is late. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from allting.answers.models import Answer
from allting.people.models import RoleName
from allting.processes import rules as processes
from allting.processes.models import Process
from allting.record.rules import YES, No
from allting.record.rules import Answer as YesOrNo
from allting.record.viewers import Viewer

# An answer that comes late is the sponsor's to see first; after these days everybody sees that it is late.
PUBLIC_AFTER = timedelta(days=15)
# Read a draft, look at what people wrote, sign: measured against nothing yet, so said as "about".
MINUTES_A_THING = 4
# More than this is not done in one sitting: hours of work are not said in minutes.
MOST_IN_A_SITTING = 30
# One text under more groups than this reads like a machine.
SAME_TEXT_AT_MOST = 20
FEWEST_PEOPLE = 5


def may_prepare(viewer: Viewer, process: Process) -> YesOrNo:
    """Ask whether the viewer may group what is owed and write drafts."""
    if processes.looks_after(viewer, process) or is_lead(viewer, process):
        return YES
    return No(_("Answers are prepared by the facilitator, the deputy, the sponsor and the leads."))


def is_lead(viewer: Viewer, process: Process) -> bool:
    return viewer.has_role([RoleName.LEAD], within=[process.pk])


def may_sign(viewer: Viewer, process: Process, *, has_sponsor: bool) -> YesOrNo:
    """Ask whether the viewer signs answers: sponsor and leads, by name; the facilitator where there is no sponsor."""
    signs = processes.is_sponsor(viewer, process) or is_lead(viewer, process)
    if not signs and not has_sponsor:
        signs = bool(processes.may_facilitate(viewer, process))
    if not signs:
        return No(_("Answers are signed by the sponsor and the leads."))
    if viewer.person is None or not viewer.person.name:
        return No(_("An answer is signed by a person with a name. Write yours on the page about you."))
    return YES


def may_change(viewer: Viewer, process: Process, answer: Answer | None) -> YesOrNo:
    """Ask whether the words of an answer may be changed: until it is signed."""
    if not (may := may_prepare(viewer, process)):
        return may
    if answer is not None and answer.is_signed:
        return No(_("This answer is signed, and what is signed stands as it is."))
    return YES


def is_late(*, due_on: date, today: date) -> bool:
    return today > due_on


def is_publicly_late(*, due_on: date, today: date) -> bool:
    return today >= due_on + PUBLIC_AFTER


def minutes_for(things_count: int) -> int:
    return things_count * MINUTES_A_THING


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How many items were answered in time, of those whose day has come."""

    on_time_count: int
    due_count: int

    @property
    def share(self) -> float | None:
        """None while nothing is due: no data is not zero."""
        return self.on_time_count / self.due_count if self.due_count else None
