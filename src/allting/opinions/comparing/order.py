"""What the pages show of a published order: places, ties as ties, how sure, and where groups differ."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.opinions import queries
from allting.opinions.comparing import figures
from allting.opinions.comparing.figures import Row
from allting.opinions.downloads import plain
from allting.opinions.models import Comparing, PairOrder, Statement
from allting.web import numbers
from allting.web import tables as web
from allting.web.charts.chances import ChanceBar

TOP = 5
MOST_DIFFERENCES = 5
DOTS = 5
# A headline is read at one glance.
_QUOTED_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Ranked:
    """A statement at its place, or between the places that it cannot be told apart from."""

    statement: Statement
    row: Row
    first_place: int
    last_place: int

    @property
    def places(self) -> str:
        if self.first_place == self.last_place:
            return numbers.number(self.first_place)
        return f"{numbers.number(self.first_place)}–{numbers.number(self.last_place)}"

    @property
    def bars(self) -> list[ChanceBar]:
        row = self.row
        return [ChanceBar(name=self.statement.text, chance=row.chance, low=row.low, high=row.high, is_lone=True)]


@dataclass(frozen=True, slots=True)
class Difference:
    """A statement that one group puts clearly higher than another."""

    statement: Statement
    words: str
    bars: Sequence[ChanceBar]
    gap: float


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """A published order with the words that stand today.

    too_little   statements that are compared and of which too little is known, in the order they came
    has_groups   groups of the map of which enough people have compared
    """

    comparing: Comparing
    snapshot: PairOrder
    ranked: Sequence[Ranked]
    differences: Sequence[Difference]
    too_little: Sequence[Statement]
    has_groups: bool

    @property
    def published_at(self) -> datetime:
        return self.snapshot.published_at

    @property
    def is_too_early(self) -> bool:
        return len(self.ranked) < 2

    @property
    def headline(self) -> str:
        """Say the finding, and no more than is known."""
        if self.is_too_early:
            return _("Too early to say what comes first.")
        ahead = [it for it in self.ranked if it.first_place == 1]
        if len(ahead) == 1:
            return _("First comes “%(statement)s”.") % {
                "statement": Truncator(ahead[0].statement.text).chars(_QUOTED_LENGTH).rstrip(".")
            }
        if len(ahead) == len(self.ranked):
            return _("Nothing is clearly ahead yet.")
        return ngettext("%(count)s is ahead.", "%(count)s are ahead, and cannot be told apart yet.", len(ahead)) % {
            "count": numbers.in_words(len(ahead)).capitalize()
        }

    @property
    def lede(self) -> str:
        gave = ngettext(
            "%(people)s person compared two at a time, %(comparisons)s times in all.",
            "%(people)s people compared two at a time, %(comparisons)s times in all.",
            self.snapshot.people_count,
        )
        return gave % {
            "people": numbers.number(self.snapshot.people_count),
            "comparisons": numbers.number(self.snapshot.comparisons_count),
        }

    @property
    def share_told_apart(self) -> float:
        """Return the share of all pairs whose likely ranges do not meet."""
        count = len(self.ranked)
        apart = sum(it.first_place - 1 for it in self.ranked)
        return apart / (count * (count - 1) / 2) if count > 1 else 0.0

    @property
    def sure_dots(self) -> int:
        return math.ceil(self.share_told_apart * DOTS)

    @property
    def how_sure(self) -> str:
        share = self.share_told_apart
        told = _("Of all pairs %(share)s can be told apart.") % {"share": numbers.percent(share)}
        if share >= 0.6:
            return told + " " + _("Most places would stay if others had compared.")
        if share >= 0.2:
            return told + " " + _("What is far apart is known; neighbours may change places.")
        return told + " " + _("Read it as a first sign: most places may still change.")

    @property
    def top(self) -> Sequence[Ranked]:
        return self.ranked[:TOP]

    def table(self, ranked: Iterable[Ranked]) -> web.Table:
        """Return the same figures in rows."""
        labels = (_("Wins against a typical one"), _("Likely between"), _("Times compared"))
        return web.Table(
            caption=_("The order with its figures"),
            columns=[
                web.Column(_("Statement")),
                *(web.Column(label, is_figure=True) for label in (_("Place"), *labels)),
            ],
            rows=[
                [
                    web.Cell(it.statement.text, url=reverse("opinions:statement", args=[it.statement.pk])),
                    it.places,
                    numbers.percent(it.row.chance),
                    f"{numbers.percent(it.row.low)}–{numbers.percent(it.row.high)}",
                    numbers.number(it.row.comparisons),
                ]
                for it in ranked
            ],
            is_caption_hidden=True,
        )


def read_order(comparing: Comparing) -> WholeOrder | None:
    """Return what is published of what was compared; None while there is nothing."""
    snapshot = queries.get_latest_order(conversation_id=comparing.pk)
    if snapshot is None:
        return None
    standing = {one.pk: one for one in queries.compared_statements(comparing)}
    order = figures.only(figures.from_data(snapshot.figures), standing)
    names = queries.list_group_names(conversation_id=comparing.pk)
    listed = {row.statement for row in order.rows}
    return WholeOrder(
        comparing=comparing,
        snapshot=snapshot,
        ranked=_placed(order.rows, standing),
        differences=_differences(order.groups, standing=standing, names=names),
        too_little=[one for pk, one in standing.items() if pk not in listed],
        has_groups=len(order.groups) > 1,
    )


def _placed(rows: Sequence[Row], standing: Mapping[int, Statement]) -> list[Ranked]:
    """Give each its places: behind all that lie clearly higher, before all that lie clearly lower."""
    lows, highs = sorted(row.low for row in rows), sorted(row.high for row in rows)
    return [
        Ranked(
            statement=standing[row.statement],
            row=row,
            first_place=1 + len(rows) - bisect_right(lows, row.high),
            last_place=len(rows) - bisect_left(highs, row.low),
        )
        for row in rows
    ]


def _differences(
    groups: Sequence[figures.GroupRows], *, standing: Mapping[int, Statement], names: Mapping[str, str]
) -> list[Difference]:
    """Find what some group puts higher than another beyond both likely ranges, the widest apart first."""
    by_statement: dict[int, list[tuple[figures.GroupRows, Row]]] = {}
    for group in groups:
        for row in group.rows:
            by_statement.setdefault(row.statement, []).append((group, row))
    found = []
    for statement, said in by_statement.items():
        (high_group, high), (_low_group, low) = (
            max(said, key=lambda it: it[1].low),
            min(said, key=lambda it: it[1].high),
        )
        if high.low <= low.high:
            continue
        name = _name_of(high_group, names)
        found.append(
            Difference(
                statement=standing[statement],
                words=_("%(group)s puts this higher.") % {"group": name},
                bars=[
                    ChanceBar(
                        name=_name_of(group, names), chance=row.chance, low=row.low, high=row.high, group=group.number
                    )
                    for group, row in said
                ],
                gap=high.low - low.high,
            )
        )
    return sorted(found, key=lambda it: (-it.gap, it.statement.pk))[:MOST_DIFFERENCES]


def _name_of(group: figures.GroupRows, names: Mapping[str, str]) -> str:
    return names.get(group.letter) or _("Group %(letter)s") % {"letter": group.letter}


def csv_rows(whole: WholeOrder) -> Iterable[list[object]]:
    """Yield a header and one row a statement, each with where it is from."""
    yield [
        *("statement", "text", "first_place", "last_place", "chance", "low", "high", "people", "comparisons"),
        *("question", "method", "version", "published_at"),
    ]
    snapshot = whole.snapshot
    tail = [
        whole.comparing.question,
        snapshot.method,
        snapshot.version,
        snapshot.published_at.isoformat("T", "seconds"),
    ]
    for it in whole.ranked:
        row = it.row
        yield [
            *(row.statement, plain(it.statement.text), it.first_place, it.last_place),
            *(row.chance, row.low, row.high, row.people, row.comparisons),
            *map(plain, tail),
        ]
