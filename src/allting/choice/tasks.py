"""What the worker does in this room: clean the files after a round has closed, and count it."""

from __future__ import annotations

import contextlib
import subprocess

from django.db import OperationalError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from allting.choice import actions, counting
from allting.choice.errors import CountFailed
from allting.choice.models import Ballot, Round


def finish_closed_rounds() -> None:
    """Close shortlists whose day is over, then clean and count what has closed. What is counted is left alone.

    A round that cannot be counted keeps no other one waiting: the failure is raised when all had their turn.
    """
    actions.close_due_shortlists(now=timezone.now())
    for round_ in Round.objects.filter(closed_at__isnull=False, cleaned_at=None, opened_at__isnull=False):
        # Somebody else is writing: the next turn comes in seconds, and counting does not wait for it.
        with contextlib.suppress(OperationalError):
            counting.clean_files(round_=round_, now=timezone.now())
    has_ballots = Exists(Ballot.objects.filter(round=OuterRef("pk")))
    uncounted = Round.objects.filter(has_ballots, closed_at__isnull=False, opened_at__isnull=False, outcome=None)
    failures: list[Exception] = []
    for round_ in uncounted.select_related("item"):
        try:
            counting.count_round(round_=round_, now=timezone.now())
        except (CountFailed, subprocess.TimeoutExpired) as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Rounds that could not be counted.", failures)
