"""Complete lists: what unites, divides, bridges, is too little known, and what a group stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from allting.opinions import bridging
from allting.opinions.figures import AGREE
from allting.opinions.results import Results
from allting.record.errors import NotFound
from allting.web import numbers


@dataclass(frozen=True, slots=True)
class Ranking:
    """One complete list: its title, what it means, and the statements in order, with a note on some.

    letter   of the group that the list is about, if it is about one
    is_bridging   whether the same can be read by what people are (`camps.lens`)
    """

    title: str
    lede: str
    statements: Sequence[tuple[int, int]]
    notes: Mapping[int, str] = field(default_factory=dict)
    letter: str = ""
    is_bridging: bool = False


def ranking_of(results: Results, name: str) -> Ranking:
    """Return a ranking by the last part of its address. Raises NotFound."""
    if name == "unites":
        return Ranking(
            title=_("What unites"),
            lede=_("Most in every group give the same answer, even at the unfavourable end of the likely range."),
            statements=[(it.statement, it.side) for it in results.uniting],
        )
    if name == "divides":
        return Ranking(
            title=_("What divides"),
            lede=_("What sets people apart the most comes first."),
            statements=[(it.statement, AGREE) for it in results.dividing],
        )
    if name == "bridges":
        return _bridges(results)
    if name == "little-known":
        return Ranking(
            title=_("Too little known"),
            lede=_("The likely range is wider than 30 points in some group, or fewer than five people answered."),
            statements=[(statement, AGREE) for statement in results.little_known],
        )
    for group in results.groups:
        if name == f"group-{group.letter.lower()}":
            return Ranking(
                title=_("What %(group)s stands for") % {"group": group.name},
                lede=_("What this group says clearly more often than any other."),
                statements=[(it.statement, it.side) for it in results.distinctive(group.letter)],
                letter=group.letter,
            )
    raise NotFound


def _bridges(results: Results) -> Ranking:
    found = [it for it in bridging.find_bridges(results.figures) if it.statement in results.statements]
    return Ranking(
        title=_("What bridges"),
        lede=_(
            "What unlike people both support: every group weighs the same, and one that refuses pulls a statement "
            "down. A way of reading, and of finding words for a compromise. It does not decide."
        ),
        statements=[(it.statement, AGREE) for it in found],
        notes={it.statement: _bridge_in_words(it, results) for it in found},
        is_bridging=True,
    )


def _bridge_in_words(bridge: bridging.Bridge, results: Results) -> str:
    if bridge.missing:
        names = [group.name for group in results.groups if group.letter in bridge.missing]
        return _("Not enough voices yet from: %(groups)s.") % {"groups": ", ".join(names)}
    return _("Reaches %(score)s over all groups, likely between %(low)s and %(high)s.") % {
        "score": numbers.percent(bridge.score),
        "low": numbers.percent(bridge.low),
        "high": numbers.percent(bridge.high),
    }
