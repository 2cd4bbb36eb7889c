"""What the pages of a process say of its answers: where they are read, and how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from allting.answers import queries, rules
from allting.processes.models import Process
from allting.processes.telling import Answered, WayOn
from allting.record.viewers import Viewer


def ways_on(process: Process, viewer: Viewer) -> Iterator[WayOn]:
    """Lead to the story and to the answers once there are any, and those who write them to their work."""
    if process.state == Process.State.CLOSED:
        story = reverse("answers:story", args=[process.pk])
        yield WayOn(_("The story"), _("From the question to the answers, on one page."), story)
    if queries.published_answers(process).exists():
        address = reverse("answers:answers", args=[process.pk])
        yield WayOn(_("The answers"), _("What is done, what is not, and why. Signed by name."), address)
    if rules.may_prepare(viewer, process):
        address = reverse("answers:prepare", args=[process.pk])
        yield WayOn(_("Write answers"), _("Put together what belongs together, write, publish."), address, is_work=True)


def answered_in(process: Process, today: date) -> Answered:
    """Count what was said that has an answer or waits for one, and the answers that are late."""
    tally = queries.tally_of(process)
    return Answered(
        answered_count=tally.answered,
        waiting_count=queries.count_waiting(process),
        late_count=queries.unanswered_groups(process).filter(due_on__lt=today).count(),
        address=reverse("answers:answers", args=[process.pk]) if tally.answered else "",
    )
