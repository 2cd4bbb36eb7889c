"""Where more answers would tell the most, as tables for those who look after a conversation."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from allting.opinions import guidance
from allting.opinions.figures import MORE_ANSWERS
from allting.opinions.guidance import Need
from allting.opinions.results import Results
from allting.web import numbers
from allting.web import tables as web

LEAST_KNOWN = 10


def needs_of(results: Results) -> list[Need]:
    """Return what is not known well enough about the statements that stand."""
    return [need for need in guidance.find_needs(results.figures) if need.statement in results.statements]


def least_known(results: Results) -> list[Need]:
    """Return where the ranges are widest although none is too wide: there, more answers still tell the most."""
    ranked = [need for need in guidance.rank_by_range(results.figures) if need.statement in results.statements]
    return ranked[:LEAST_KNOWN]


def hundred_more(results: Results, needs: Sequence[Need]) -> list[str]:
    """Say in sentences what a hundred more answers would tell: about the statements, and about the map itself."""
    sentences = []
    if needs:
        settled, places = guidance.count_settled(needs, more=MORE_ANSWERS), len(needs)
        if settled == places:
            sentences.append(_("Given where they are missing, they would be enough everywhere."))
        else:
            sentences.append(
                _("Given where the fewest are missing, they would be enough for %(settled)s of the %(places)s places.")
                % {"settled": numbers.number(settled), "places": numbers.number(places)}
            )
    now, then = results.figures.told_share, results.figures.told_share_then
    if now is None or then is None:
        return sentences
    told = _("Of what sets people apart on the map, their answers so far tell %(share)s.") % {
        "share": numbers.percent(now)
    }
    if then > now:
        more = _("A hundred more from the same people would make that %(share)s.") % {"share": numbers.percent(then)}
    else:
        more = _("A hundred more from the same people would hardly change that.")
    return [*sentences, f"{told} {more}"]


def missing_as_table(results: Results, needs: Sequence[Need]) -> web.Table:
    """Say from whom answers are missing."""
    return web.Table(
        caption=_("From whom answers are missing"),
        columns=[web.Column(_("Who")), web.Column(_("Answers missing"), is_figure=True)],
        rows=[
            [_name(results, letter), numbers.number(count)] for letter, count in guidance.answers_needed_by_group(needs)
        ],
        is_caption_hidden=True,
    )


def needs_as_table(results: Results, needs: Sequence[Need]) -> web.Table:
    """Say which statements need answers, and what a hundred more would tell."""
    return web.Table(
        caption=_("Which statements need more answers"),
        columns=[
            web.Column(_("Statement")),
            web.Column(_("Who")),
            web.Column(_("Answers"), is_figure=True),
            web.Column(_("Range now"), is_figure=True),
            web.Column(_("With a hundred more"), is_figure=True),
        ],
        rows=[
            [
                web.Cell(
                    results.statements[need.statement].text, url=reverse("opinions:statement", args=[need.statement])
                ),
                _name(results, need.letter),
                _("fewer than 5") if need.count is None else numbers.number(need.count),
                _points(need.width),
                _points(need.width_then),
            ]
            for need in needs
        ],
        is_caption_hidden=True,
    )


def _name(results: Results, letter: str) -> str:
    """Return a group's name; one that is only a letter stays on one line of a narrow column."""
    group = next((it for it in results.groups if it.letter == letter), None)
    if group is None:
        return _("Everyone")
    return group.name if group.is_named else group.name.replace(" ", "\u00a0")


def _points(width: float) -> str:
    return _("%(points)s points") % {"points": round(100 * width)}
