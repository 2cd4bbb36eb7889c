"""Who takes part and who is missing, in words, bars and a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.processes.balance import Coverage, Level, Mood, Shown
from allting.processes.models import Process
from allting.processes.participation import Counted, counted
from allting.processes.telling import Chapter, Place
from allting.record.viewers import Viewer
from allting.web.charts.shares import ShareBar
from allting.web.numbers import number, percent
from allting.web.tables import Column, Table


@dataclass(frozen=True, slots=True)
class Told:
    """Who takes part: the bars, and the same as a table."""

    people: int
    bars: Sequence[ShareBar]
    table: Table
    missing: str
    has_frame: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that makes the process lopsided, in one sentence, and what helps."""

    title: str
    help: str


def tell(found: Counted) -> Told | None:
    """Tell who takes part; None while fewer than five have said what they are."""
    if found.people is None:
        return None
    bars = [ShareBar(str(row.relation.label), row.share, row.in_frame) for row in found.coverages]
    return Told(
        people=found.people,
        bars=bars,
        table=_table(found),
        missing=", ".join(str(row.relation.label) for row in found.missing),
        has_frame=found.has_frame,
    )


def story(process: Process, viewer: Viewer) -> Iterator[Chapter]:
    """Tell in the public story who took part; nothing while too few have said."""
    if told := tell(counted(process)):
        yield Chapter(Place.WHO, "processes/who.html", {"who": told})


def _table(found: Counted) -> Table:
    columns = [
        Column(_("Relation")),
        Column(_("People who said so"), is_figure=True),
        Column(_("Share"), is_figure=True),
    ]
    if found.has_frame:
        columns += [Column(_("Should be"), is_figure=True), Column(_("Coverage"), is_figure=True)]
    rows = [_row(row, has_frame=found.has_frame) for row in found.coverages]
    return Table(caption=_("Who takes part, in figures"), columns=columns, rows=rows)


def _row(row: Coverage, *, has_frame: bool) -> list[str]:
    if row.shown is Shown.TOO_FEW:
        people = _("fewer than five")
    elif row.shown is Shown.PROTECTS:
        people = _("not shown")
    else:
        people = number(row.people)
    cells = [str(row.relation.label), people, percent(row.share) or "–"]
    if has_frame:
        coverage = "–" if row.coverage is None else percent(row.coverage)
        cells += [percent(row.in_frame) or "–", coverage]
    return cells


# --- for those who look after it ----------------------------------------------------------------


def alerts_of(found: Counted) -> list[Alert]:
    """Return what is out of balance, most important first. Names of relations, never of people."""
    alerts = list(_of_mood(found.mood))
    if found.missing:
        names = ", ".join(str(row.relation.label) for row in found.missing)
        title = ngettext(
            "One relation is missing: %(names)s.", "%(count)d relations are missing: %(names)s.", len(found.missing)
        ) % {"count": len(found.missing), "names": names}
        alerts.append(Alert(title, _("Invite where they are. Without them, what comes out is decided for them.")))
    return alerts


def _of_mood(mood: Mood) -> Iterator[Alert]:
    if mood.lacks_critical:
        yield Alert(
            _("Critical voices are missing."),
            _("Fewer than one in five say 0 to 6. Ask where complaints come in, and whom you lost."),
        )
    if mood.lacks_satisfied:
        yield Alert(
            _("Satisfied voices are missing."),
            _("Fewer than one in five say 9 or 10. Ask those who come back; they know what must not be lost."),
        )
    if mood.is_one_sided:
        yield Alert(
            _("Most voices sound alike."),
            _("Nearly everyone is equally satisfied. Invite from places you have not asked yet."),
        )


def mood_table(mood: Mood) -> Table | None:
    """Return how satisfied people say they are, in three levels; None while fewer than five have said."""
    if mood.people is None:
        return None
    names = {
        Level.CRITICAL: _("Critical, 0 to 6"),
        Level.NEUTRAL: _("In between, 7 and 8"),
        Level.SATISFIED: _("Satisfied, 9 and 10"),
    }
    rows = [
        [
            names[one.level],
            _("too few to show") if one.people is None else number(one.people),
            percent(one.share) or "–",
        ]
        for one in mood.levels
    ]
    columns = [
        Column(_("How satisfied they say they are")),
        Column(_("People who said so"), is_figure=True),
        Column(_("Share"), is_figure=True),
    ]
    return Table(caption=_("Critical and satisfied voices"), columns=columns, rows=rows, is_caption_hidden=True)
