"""How opinion moved: the stored maps of a conversation, one of them beside the latest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from allting.opinions.figures import Cell
from allting.opinions.models import MapSnapshot, Statement
from allting.opinions.results import Results
from allting.record.errors import NotFound
from allting.web import numbers
from allting.web import tables as web

# What moved most is read; the rest is in the tables of the two dates.
MOVES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class StoredMap:
    """A map that can be looked up. `step` counts from the first one, from 1."""

    pk: int
    step: int
    drawn_at: datetime
    people: int


def list_stored_maps(*, conversation_id: int) -> list[StoredMap]:
    """Return every stored map without its figures, the first one first."""
    rows = MapSnapshot.objects.filter(conversation=conversation_id).order_by("drawn_at", "pk")
    return [
        StoredMap(pk=pk, step=step, drawn_at=drawn_at, people=people)
        for step, (pk, drawn_at, people) in enumerate(rows.values_list("pk", "drawn_at", "people_count"), start=1)
    ]


def choose(stored: Sequence[StoredMap], *, pk: str, step: str) -> StoredMap:
    """Return the map that an address names, by a link or by the slider; the first one where it names none.

    Raises NotFound, also for a map that was thinned out.
    """
    if not stored:
        raise NotFound
    if pk:
        found = next((one for one in stored if str(one.pk) == pk), None)
        if found is None:
            raise NotFound(_("This map is not kept any more. Of older maps, one a day stays."))
        return found
    if step.isdecimal():
        return stored[min(max(int(step), 1), len(stored)) - 1]
    return stored[0]


@dataclass(frozen=True, slots=True)
class Move:
    """A set of people that surely says something else now. Rates are shares that agree."""

    statement: Statement
    who: str
    before: Cell
    after: Cell

    @property
    def points(self) -> int:
        return round(100 * (self.after.rate - self.before.rate))


def moves(then: Results, now: Results) -> list[Move]:
    """Return where the likely ranges of two dates do not meet, the largest move first."""
    found = [move for statement in now.statements for move in _moves_on(statement, then, now)]
    return sorted(found, key=lambda move: (-abs(move.points), move.statement.pk, move.who))[:MOVES_SHOWN]


def _moves_on(statement: int, then: Results, now: Results) -> Iterator[Move]:
    before, after = then.figures.statements.get(statement), now.figures.statements.get(statement)
    if before is None or after is None:
        return
    pairs = [
        (group.name, before.groups.get(group.letter), after.groups.get(group.letter))
        for group in now.groups
        if then.has_groups
    ]
    if not then.has_groups and not now.has_groups:
        pairs.append((_("Everyone"), before.everyone, after.everyone))
    for who, old, new in pairs:
        if old and new and _is_apart(old, new):
            yield Move(now.statements[statement], who, old, new)


def _is_apart(one: Cell, other: Cell) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low


def moves_as_table(found: Sequence[Move], *, then: Results, now: Results) -> web.Table:
    """Return the moves in rows."""
    return web.Table(
        caption=_("What moved"),
        columns=[
            web.Column(_("Statement")),
            web.Column(_("Who answered")),
            web.Column(_label(then), is_figure=True),
            web.Column(_label(now), is_figure=True),
        ],
        rows=[
            [move.statement.text, move.who, numbers.percent(move.before.rate), numbers.percent(move.after.rate)]
            for move in found
        ],
        is_caption_hidden=True,
    )


def sizes_as_table(*, then: Results, now: Results) -> web.Table:
    """Return how many took part and stood where, at both dates."""
    rows = [
        (_("Have answered"), then.figures.people, now.figures.people),
        *((name, _size(then, letter), _size(now, letter)) for letter, name in _letters(then, now)),
    ]
    outside = [
        (_("In between"), then.figures.in_between, now.figures.in_between),
        (_("Not placed, because they answered too little"), then.figures.not_placed, now.figures.not_placed),
    ]
    rows += [(name, before, after) for name, before, after in outside if before or after]
    return web.Table(
        caption=_("How many stood where"),
        columns=[
            web.Column(_("Who answered")),
            web.Column(_label(then), is_figure=True),
            web.Column(_label(now), is_figure=True),
        ],
        rows=[[name, _shown(before), _shown(after)] for name, before, after in rows],
        is_caption_hidden=True,
    )


def _letters(then: Results, now: Results) -> list[tuple[str, str]]:
    return sorted({group.letter: group.name for group in (*then.groups, *now.groups)}.items())


def _size(results: Results, letter: str) -> int | None:
    return next((group.people for group in results.groups if group.letter == letter), None)


def _shown(people: int | None) -> str:
    return "–" if people is None else numbers.number(people)


def _label(results: Results) -> str:
    return numbers.day_and_time(results.snapshot.drawn_at)
