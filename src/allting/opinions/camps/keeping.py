"""Saying of camps what may be said, and keeping what that was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allting.opinions.camps import following
from allting.opinions.camps.following import Said
from allting.opinions.camps.reading import NAMES
from allting.opinions.figures import Drawing
from allting.opinions.models import CampsSaid


def say_of_camps(*, conversation_id: int, drawing: Drawing) -> Mapping[str, Any] | None:
    """Return what a map may say of camps, in the transaction that publishes it; None where nobody was ever in one.

    When relations are let go of (ADR 42), drawings bring no camps any more: what was said stays as it was.
    """
    stored = CampsSaid.objects.filter(conversation=conversation_id).first()
    if not drawing.camps:
        return stored.said if stored else None
    camps = [NAMES[number] for number in drawing.camps["camps"]]
    rows = drawing.camps["rows"]
    said, kept = following.follow(
        following.drawn_rows(camps, rows, statements=drawing.statements),
        people={
            statement: dict(zip(camps, people, strict=True))
            for statement, (people, _told) in zip(drawing.statements, rows, strict=False)
        },
        last=following.from_data(stored.said) if stored else Said(()),
        people_then={int(statement): counts for statement, counts in stored.people.items()} if stored else {},
    )
    data = following.as_data(said)
    CampsSaid.objects.update_or_create(conversation_id=conversation_id, defaults={"said": data, "people": kept})
    return data
