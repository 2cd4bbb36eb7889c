"""The map as one looks into it: pick a statement and see who agrees, pick a group and see what it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from allting.opinions.figures import Cell
from allting.opinions.models import Statement
from allting.opinions.results import Finding, GroupStand, Results
from allting.record.errors import NotFound
from allting.web import numbers
from allting.web import tables as web
from allting.web.charts.opinion_map import OpinionMap

OFFERED = 4
STANDS_FOR = 6


@dataclass(frozen=True, slots=True)
class Pick:
    """What is looked at: a statement, a group, or the whole map when neither is named."""

    drawing: OpinionMap
    finding: Finding | None = None
    stand: GroupStand | None = None
    twin: web.Table | None = None


def pick(results: Results, *, statement: str, group: str) -> Pick:
    """Return what an address picks. Raises NotFound for what is not on the map."""
    if statement:
        return _pick_statement(results, statement)
    if group:
        return _pick_group(results, group)
    return Pick(drawing=results.drawing())


def _pick_statement(results: Results, wanted: str) -> Pick:
    pk = int(wanted) if wanted.isdecimal() else -1
    shown = results.figures.statements.get(pk)
    if shown is None or pk not in results.statements:
        raise NotFound
    shares: dict[int | None, float] = {
        group.number: shown.groups[group.letter].rate for group in results.groups if group.letter in shown.groups
    }
    if shown.between:
        shares[None] = shown.between.rate
    text = results.statements[pk].text
    title = _("Who agrees with “%(statement)s”: a fuller stone is a group of which more agree.") % {"statement": text}
    drawing = results.drawing()
    return Pick(
        drawing=replace(drawing, shares=shares, title=title) if results.has_groups else drawing,
        finding=results.finding(pk),
        twin=_who_agrees(results, pk),
    )


def _pick_group(results: Results, wanted: str) -> Pick:
    group = next((it for it in results.groups if it.letter.lower() == wanted.lower()), None)
    if group is None:
        raise NotFound
    stand = results.stand(group, results.distinctive(group.letter)[:STANDS_FOR])
    return Pick(drawing=replace(results.drawing(), picked=group.number), stand=stand)


def _who_agrees(results: Results, statement: int) -> web.Table:
    shown = results.figures.statements[statement]
    cells: list[tuple[str, Cell | None]] = [(group.name, shown.groups.get(group.letter)) for group in results.groups]
    if results.has_groups:
        cells.append((_("In between"), shown.between))
    cells.append((_("Everyone"), shown.everyone))
    return web.Table(
        caption=_("Who agrees"),
        columns=[
            web.Column(_("Who answered")),
            *(web.Column(label, is_figure=True) for label in (_("Agree"), _("Disagree"), _("Pass"), _("Answers"))),
        ],
        rows=[[name, *_shares(cell)] for name, cell in cells],
        is_caption_hidden=True,
    )


def _shares(cell: Cell | None) -> list[str]:
    if cell is None:
        return ["–"] * 4
    passed = max(0.0, 1 - cell.rate - cell.disagree_rate)
    return [*map(numbers.percent, (cell.rate, cell.disagree_rate, passed)), numbers.number(cell.count)]


def offered(results: Results) -> list[tuple[str, Sequence[Statement]]]:
    """Return what is worth picking first."""
    lists = [
        (_("What unites"), results.uniting),
        (_("What divides"), results.dividing),
    ]
    return [(title, [results.statements[it.statement] for it in ranked[:OFFERED]]) for title, ranked in lists if ranked]
