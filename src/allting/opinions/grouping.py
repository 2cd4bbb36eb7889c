"""Which statements may be answered together, by the place on the map of those who said so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from allting.opinions import results
from allting.opinions.figures import AGREE
from allting.opinions.models import Conversation
from allting.opinions.results import Results
from allting.processes.activity_kinds import Grouping


def groupings_of(item_id: int) -> Sequence[Grouping]:
    """Return what unites, what each group stands for and what divides, each statement once, from the published map.

    Nothing while it is too early to say. What unites is nobody's own, so that comes first.
    """
    found = results.read_results(conversation=Conversation.objects.select_related("item").get(pk=item_id), actor=None)
    if found is None or found.is_too_early:
        return ()
    taken: set[int] = set()
    groupings = []
    for title, statement_ids in _ranked(found):
        new = [pk for pk in statement_ids if pk not in taken]
        taken.update(new)
        if new:
            groupings.append(Grouping(title, new))
    return groupings


def _ranked(found: Results) -> Iterator[tuple[str, list[int]]]:
    yield _("What nearly everyone agrees on"), [one.statement for one in found.uniting if one.side == AGREE]
    yield _("What nearly nobody wants"), [one.statement for one in found.uniting if one.side != AGREE]
    for group in found.groups:
        own = [one.statement for one in found.distinctive(group.letter) if one.side == AGREE]
        yield _("What %(group)s stands for") % {"group": group.name}, own
    yield _("Where people part ways"), [one.statement for one in found.dividing]
