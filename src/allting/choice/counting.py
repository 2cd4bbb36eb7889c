"""Counting outside the web process, and cleaning the files: what the worker does after a round has closed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from allting.choice import actions
from allting.choice.errors import CountFailed
from allting.choice.models import Ballot, Hand, Option, Outcome, Round, Turnout
from allting.choice.rules import FEWEST
from allting.processes.models import Participation
from allting.web import children

type Count = Callable[[Mapping[str, Any]], Mapping[str, Any]]

# A million ballots take seconds; an hour is a process that hangs.
_LONGEST_S = 3_600


def count_round(*, round_: Round, now: datetime, count: Count | None = None) -> Outcome | None:
    """Count a closed round and publish its outcome; None when nobody cast a ballot.

    Fewer than five ballots are not even read: what came out would tell what somebody chose (ADR 49).

    count    what counts; a process of its own, unless somebody (a test, a command) brings another
    Raises CountFailed.
    """
    if round_.closed_at is None or round_.opened_at is None:
        return None
    ballots_count = Ballot.objects.filter(round=round_).count()
    if not ballots_count:
        return None
    if ballots_count < FEWEST:
        return actions.withhold_outcome(round_=round_, now=now)
    asked = read_ballots(round_)
    return actions.publish_outcome(round_=round_, counted=(count or count_outside)(asked), now=now)


def read_ballots(round_: Round) -> dict[str, Any]:
    """Return what the counting process takes. Approvals of options that are gone are left out there."""
    options = Option.objects.filter(round=round_, left_out_at=None).order_by("number")
    ballots = Ballot.objects.filter(round=round_).order_by("pk").values_list("approvals", "kind")
    return {
        "stage": "shortlist" if round_.is_shortlist else "round",
        "seats": round_.seats,
        "budget": round_.budget,
        "seed": round_.seed,
        "options": [[option.pk, name_of(option), option.cost] for option in options],
        "ballots": [[approvals, kind] for approvals, kind in ballots.iterator(chunk_size=10_000)],
    }


def name_of(option: Option) -> str:
    """Name an option in the certificate: by its number alone, because a title may have to be blanked one day."""
    return str(option.number)


def count_outside(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run `analysis` in a process of its own, by pipes: ballots lie in no file. Raises CountFailed."""
    done = subprocess.run(
        [sys.executable, "-m", "allting.choice.analysis"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        env=children.environment_of_child(),
        check=False,
    )
    if done.returncode:
        raise CountFailed(exit_code=done.returncode, said=done.stderr[-2_000:])
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def clean_files(*, round_: Round, now: datetime) -> None:
    """Remove what the database's files still hold of the order in which ballots were cast. Outside a transaction.

    SQLite: the log is emptied and the file written anew, without the pages that were freed. PostgreSQL: the tables
    get new files, without the old versions of their rows, and so does what people were to the organisation. Options
    are among them: each hand that was dealt left old versions of its own options, all written by one transaction.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_pages = cursor.fetchone()
            if busy:
                return  # somebody is reading; the schedule comes again
        else:
            for table in (Ballot, Turnout, Hand, Option, Participation):
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table._meta.db_table)}")
    Round.objects.filter(pk=round_.pk).update(cleaned_at=now)
