"""Which statements may be answered together, by the place on the map of those who said so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from allting.opinions import figures, queries
from allting.opinions.figures import AGREE, Figures
from allting.opinions.models import MapSnapshot
from allting.processes.activity_kinds import Grouping


def groupings_of(item_id: int) -> Sequence[Grouping]:
    """Return what unites, what divides and what each group stands for, each statement once, from the published map.

    Nothing while it is too early to say. A statement that unites is nobody's own, so that comes first.
    """
    snapshot = MapSnapshot.objects.filter(conversation=item_id).order_by("-drawn_at", "-pk").first()
    if snapshot is None or snapshot.outcome == MapSnapshot.Outcome.TOO_LITTLE:
        return ()
    names = queries.list_group_names(conversation_id=item_id)
    taken: set[int] = set()
    found = []
    for title, statement_ids in _ranked(figures.from_data({**snapshot.figures, "statements": {}}), names):
        new = [pk for pk in dict.fromkeys(statement_ids) if pk not in taken]
        taken.update(new)
        if new:
            found.append(Grouping(title, new))
    return found


def _ranked(found: Figures, names: dict[str, str]) -> Iterator[tuple[str, list[int]]]:
    yield _("What nearly everyone agrees on"), [one.statement for one in found.unites if one.side == AGREE]
    yield _("What nearly nobody wants"), [one.statement for one in found.unites if one.side != AGREE]
    yield _("Where people part ways"), [one.statement for one in found.divides]
    for letter, ranking in found.distinctive.items():
        name = names.get(letter) or _("Group %(letter)s") % {"letter": letter}
        yield _("What %(group)s stands for") % {"group": name}, [one.statement for one in ranking if one.side == AGREE]
