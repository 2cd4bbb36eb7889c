"""What people who are different things to the organisation both support, as the pages show it: from what is published.

A lens for reading and for wording compromises. It does not decide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.opinions import highlights
from allting.opinions.camps import following
from allting.opinions.camps.following import Row, Said
from allting.opinions.results import Finding, Results
from allting.processes import participation
from allting.processes.coarse import Coarse
from allting.processes.models import Process
from allting.web import numbers
from allting.web import tables as web

_NAMES = {
    Coarse.CUSTOMER: gettext_lazy("customers"),
    Coarse.CITIZEN: gettext_lazy("citizens"),
    Coarse.EMPLOYEE: gettext_lazy("employees"),
    Coarse.PARTNER: gettext_lazy("partners"),
    Coarse.PUBLIC: gettext_lazy("public bodies"),
    Coarse.OWNER: gettext_lazy("owners"),
}


@dataclass(frozen=True, slots=True)
class Lens:
    """What is said of every statement, the widest support first, those of which nothing can be said last.

    camps     names of those of whom enough have answered anything at all
    awaited   names of the others whose voices the process waits for
    """

    results: Results
    said: Said
    rows: Sequence[int]
    camps: Sequence[str]
    awaited: Sequence[str]

    @property
    def is_nobody_known(self) -> bool:
        """Whether nobody has said what they are, or never enough for a count."""
        return not self.said.camps and not self.rows

    @property
    def heard(self) -> str:
        return join(self.camps)

    @property
    def not_heard(self) -> str:
        return join(self.awaited)

    @property
    def supported(self) -> list[int]:
        """Return the statements with which most of each agree."""
        return [pk for pk in self.rows if (self.said.rows[pk].at_least or 0) >= 50]

    def finding(self, statement: int) -> Finding:
        """Return a statement with what is said of it, and with everybody's answers beside it."""
        shown, row = self.results.figures.statements.get(statement), self.said.rows[statement]
        return replace(
            self.results.finding(statement),
            bars=highlights.bars_of(shown, groups={}, names={}) if shown else [],
            kicker=_in_short(row),
            note=_note(row, self.said.camps),
        )

    def table(self, statements: Sequence[int]) -> web.Table:
        """Return the same in rows."""
        return web.Table(
            caption=_("What unlike people both support, by what they are here"),
            columns=[
                web.Column(_("Statement")),
                web.Column(_("Answers"), is_figure=True),
                web.Column(_("Agree, of all"), is_figure=True),
                web.Column(_("Agree, where they are fewest"), is_figure=True),
                web.Column(_("Too few voices from")),
            ],
            rows=[self._row(statement) for statement in statements],
            is_caption_hidden=True,
        )

    def _row(self, statement: int) -> list[str | web.Cell]:
        finding, row = self.finding(statement), self.said.rows[statement]
        everyone = finding.bars[0] if finding.bars else None
        return [
            finding.statement.text,
            numbers.number(finding.count) if finding.count else "–",
            numbers.percent(everyone.agree) if everyone else "–",
            _range(row),
            join(names_of(row.missing)) or "–",
        ]


def read_lens(results: Results, *, process: Process | None) -> Lens:
    """Read off what is published of camps."""
    data = results.figures.camps
    said = following.from_data(data) if data else Said(())
    rows = [pk for pk in said.rows if pk in results.statements and pk in results.figures.statements]
    asked = participation.coarse_kinds_asked(process) if process else []
    return Lens(
        results=results,
        said=said,
        rows=sorted(rows, key=lambda pk: (*_place(said.rows[pk]), -_rate(results, pk), pk)),
        camps=names_of(said.camps),
        awaited=names_of([kind for kind in asked if kind not in said.camps]),
    )


def _place(row: Row) -> tuple[bool, bool, int, int]:
    return (bool(row.missing), row.at_least is None, -(row.at_least or 0), -(row.below or 0))


def _rate(results: Results, statement: int) -> float:
    everyone = results.figures.statements[statement].everyone
    return everyone.rate if everyone else 0.0


def names_of(camps: Collection[str]) -> list[str]:
    """Name camps as one does in a sentence."""
    return [str(_NAMES[kind]) for kind in Coarse if kind in camps]


def join(names: Sequence[str]) -> str:
    """Write “customers, employees and owners”."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _percent(points: int | None) -> str:
    return str(numbers.percent((points or 0) / 100))


def _range(row: Row) -> str:
    if row.at_least is None:
        return "–"
    if not row.at_least:
        return _("under %(share)s") % {"share": _percent(row.below)}
    if row.below == 100:
        return _("%(share)s or more") % {"share": _percent(row.at_least)}
    return f"{row.at_least}–{_percent(row.below)}"


def _in_short(row: Row) -> str:
    """Say where a statement stands in one line above it."""
    words = {"low": _percent(row.at_least), "high": _percent(row.below), "camps": join(names_of(row.missing))}
    if row.missing:
        return _("Not enough voices yet from %(camps)s") % words
    if row.at_least is None:
        return _("Cannot be told")
    if not row.at_least:
        return _("Fewer than %(high)s of one kind agree") % words
    if row.below == 100:
        return _("At least %(low)s of each kind agree") % words
    return _("At least %(low)s of each kind agree, of one fewer than %(high)s") % words


def _note(row: Row, camps: Collection[str]) -> str:
    """Say why nothing is told, or of whom it is where that is not everybody who is counted by now."""
    if row.missing:
        return ""
    if row.at_least is None:
        return _("From a figure here one could work out more than may be known about a few.")
    if set(row.camps) != set(camps):
        return _("Here only %(camps)s are counted so far.") % {"camps": join(names_of(row.camps))}
    return ""
