"""The city's conversation as it stood on earlier days, so that there are maps to look back on.

The export does not say when anybody voted. It says when each statement was written, and it numbers residents as they
came: whoever has a lower number than the author of a statement was there before it. So an earlier day holds the
residents who had come and the statements that had been written by then. What they answered later on those statements
is in there, too; what is not known is not made up.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from allting.opinions import importing

# Whole days would be nicer to tell, but a map needs some hundred people to show how opinion moved since, and each
# costs seconds of every first start: these two are small, and differ.
AFTER = (timedelta(days=2), timedelta(days=3, hours=12))


@dataclass(frozen=True, slots=True)
class Part:
    """What was there so long after the beginning; None: everything."""

    export: importing.Export
    after: timedelta | None


def parts_of(export: importing.Export) -> list[Part]:
    """Return the conversation on each day that gets a map, the earliest first, and whole at the end."""
    early = [Part(_until(export, export.first_at + after), after) for after in AFTER]
    return [*early, Part(export, None)]


def _until(export: importing.Export, moment: datetime) -> importing.Export:
    written = [it for it in export.statements if it.submitted_at <= moment]
    last_to_come = max((it.author for it in written), default=-1)
    numbers = {it.number for it in written}
    votes = export.votes
    kept = [
        row
        for row, (who, what) in enumerate(zip(votes.participants, votes.statements, strict=True))
        if who <= last_to_come and what in numbers
    ]
    voted = {votes.participants[row] for row in kept}
    return replace(
        export,
        statements=tuple(written),
        participants=tuple(it for it in export.participants if it in voted),
        votes=importing.ImportedVotes(
            participants=_pick(votes.participants, kept),
            statements=_pick(votes.statements, kept),
            values=_pick(votes.values, kept),
            times_ms=_pick(votes.times_ms, kept),
        ),
    )


def _pick(column: array[int], rows: list[int]) -> array[int]:
    return array(column.typecode, (column[row] for row in rows))
