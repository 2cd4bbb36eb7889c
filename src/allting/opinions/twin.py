"""The twin of the map's drawings: the same figures in rows, a statement each."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from allting.opinions.figures import Cell
from allting.opinions.results import Results
from allting.web import numbers
from allting.web import tables as web


def statements_as_table(results: Results, statements: Sequence[int]) -> web.Table:
    """Return the twin of the drawings: the same figures in rows."""
    sets = [_("Group %(letter)s agrees") % {"letter": group.letter} for group in results.groups]
    columns = [web.Column(_("Statement")), web.Column(_("Answers"), is_figure=True)]
    columns += [web.Column(label, is_figure=True) for label in sets or [_("Agree")]]
    if results.has_groups:
        columns.append(web.Column(_("Between agrees"), is_figure=True))
    if results.figures.with_account is not None and results.figures.devices is not None:
        columns.append(web.Column(_("Without account agree"), is_figure=True))
    columns.append(web.Column(_("Reads as")))
    unites, divides = {it.statement for it in results.uniting}, {it.statement for it in results.dividing}
    return web.Table(
        caption=_("Every statement with its figures"),
        columns=columns,
        rows=[_row(results, statement, unites=unites, divides=divides) for statement in statements],
        is_caption_hidden=True,
    )


def _row(
    results: Results, statement: int, *, unites: Collection[int], divides: Collection[int]
) -> list[str | web.Cell]:
    shown = results.figures.statements[statement]
    url = reverse("opinions:statement", args=[statement])
    row: list[str | web.Cell] = [
        web.Cell(results.statements[statement].text, url=url),
        numbers.number(shown.everyone.count) if shown.everyone else "",
    ]
    if results.has_groups:
        row += [_agreeing(shown.groups.get(group.letter)) for group in results.groups]
        row.append(_agreeing(shown.between))
    else:
        row.append(_agreeing(shown.everyone))
    if results.figures.with_account is not None and results.figures.devices is not None:
        row.append(_agreeing(shown.devices))
    row.append(_("unites") if statement in unites else _("divides") if statement in divides else "")
    return row


def _agreeing(cell: Cell | None) -> str:
    return numbers.percent(cell.rate) if cell else "–"
