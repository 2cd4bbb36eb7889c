"""How opinion moved: the stored maps of a conversation, one of them beside the latest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from allting.opinions import figures
from allting.opinions.figures import Cell, Figures
from allting.opinions.models import MapSnapshot, Statement
from allting.opinions.results import Results
from allting.record.errors import NotFound
from allting.web import numbers
from allting.web import tables as web
from allting.web.charts.lines import Line, LineChart

# What moved most is read; the rest is in the tables of the two dates.
MOVES_SHOWN = 10
# A phone is as wide as this many dates; those between them are on the slider.
DATES_DRAWN = 7
LINES_SHOWN = 6
# A smaller difference is hardly seen in a drawing, and hardly ever more than chance.
FEWEST_POINTS = 3


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


# --- lines over dates -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """How one statement was answered at each date. `is_sure`: somebody surely says something else than at first."""

    statement: Statement
    chart: LineChart
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Courses:
    """The statements that moved most, and the same as a table."""

    found: Sequence[Course]
    table: web.Table
    from_on: datetime
    to_on: datetime


def spread(stored: Sequence[StoredMap]) -> list[StoredMap]:
    """Choose the dates that are drawn: the first, the last, and evenly between them."""
    last = len(stored) - 1
    steps = sorted({round(last * place / (DATES_DRAWN - 1)) for place in range(DATES_DRAWN)}) if stored else []
    return [stored[step] for step in steps]


def read_courses(*, stored: Sequence[StoredMap], now: Results) -> Courses | None:
    """Return the statements that moved most since the first map; None while there is one date only.

    Every point is a figure of a stored map, which was held back against all others when it was published.
    """
    drawn = spread(stored)
    if len(drawn) < 2:
        return None
    rows = MapSnapshot.objects.filter(pk__in=[it.pk for it in drawn]).values_list("pk", "figures")
    figures_of = {pk: figures.from_data(data) for pk, data in rows}
    dates = [it for it in drawn if it.pk in figures_of]
    kept = [figures_of[it.pk] for it in dates]
    # Lines of groups need two dates with groups; before that, everyone is one line.
    by_group = now.has_groups and sum(bool(it.groups) for it in kept) > 1
    found = [
        course
        for pk in now.rows()
        if (course := _course(now, pk, kept=kept, dates=dates, by_group=by_group)) is not None
    ]
    found.sort(key=lambda it: (not it.is_sure, -_points(it.chart), it.statement.pk))
    shown = [it for it in found if _points(it.chart) >= FEWEST_POINTS][:LINES_SHOWN]
    return Courses(
        found=shown, table=_courses_as_table(shown, dates), from_on=dates[0].drawn_at, to_on=dates[-1].drawn_at
    )


def _course(
    now: Results, pk: int, *, kept: Sequence[Figures], dates: Sequence[StoredMap], by_group: bool
) -> Course | None:
    cells_of: list[tuple[int | None, str, list[Cell | None]]]
    shown = [it.statements.get(pk) for it in kept]
    if by_group:
        cells_of = [
            (group.number, group.name, [it.groups.get(group.letter) if it else None for it in shown])
            for group in now.groups
        ]
    else:
        cells_of = [(None, _("Everyone"), [it.everyone if it else None for it in shown])]
    known = [(group, name, cells) for group, name, cells in cells_of if sum(cell is not None for cell in cells) > 1]
    if not known:
        return None
    lines = [Line(group, name, [cell.rate if cell else None for cell in cells]) for group, name, cells in known]
    statement = now.statements[pk]
    title = _("Share that agrees with “%(statement)s”.") % {"statement": statement.text}
    return Course(
        statement=statement,
        chart=LineChart(title=title, dates=[it.drawn_at for it in dates], lines=lines),
        is_sure=any(_has_surely_moved(cells) for _group, _name, cells in known),
    )


def _has_surely_moved(cells: Sequence[Cell | None]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return _is_apart(known[0], known[-1])


def _points(chart: LineChart) -> int:
    """Return how far the line that moved most has come, in points."""
    ends = [[share for share in line.shares if share is not None] for line in chart.lines]
    return max(round(100 * abs(known[-1] - known[0])) for known in ends)


def _courses_as_table(found: Sequence[Course], dates: Sequence[StoredMap]) -> web.Table:
    return web.Table(
        caption=_("Share that agrees, at each date"),
        columns=[
            web.Column(_("Statement")),
            web.Column(_("Who answered")),
            *(web.Column(numbers.day_and_time(it.drawn_at), is_figure=True) for it in dates),
        ],
        rows=[
            [course.statement.text, line.name, *(numbers.percent(share) or "–" for share in line.shares)]
            for course in found
            for line in course.chart.lines
        ],
        is_caption_hidden=True,
    )
