"""One page for the sponsor before deciding: what unites, what divides, who is missing, what each choice leaves out.

Pure: the outcome's figures, and who backs what as bits (`support.Backers`). Nothing is about fewer than five people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.choice import story
from allting.choice.models import Coarse, Option, Outcome
from allting.choice.rules import FEWEST
from allting.choice.support import Backers
from allting.web.numbers import number, percent
from allting.web.tables import Column, Table

# What fits on one sheet.
_LINES = 3
_NEAR_MISSES = 3
# Kinds that differ by less than this share agree for all that a sponsor has to know; by more than that, they divide.
_CLOSE = 0.15
_APART = 0.30


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal with one sentence of figures, and why it stood on the ballot."""

    option: Option
    figures: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What stands on the sheet."""

    story: story.Story
    unites: Sequence[Line]
    divides: Sequence[Line]
    has_kinds: bool
    turnout: str
    missing: Sequence[str]
    left_out: Table
    near_misses: Table
    only_fair: Sequence[str]
    only_plain: Sequence[str]


def ids_to_ask_for(outcome: Outcome) -> list[int]:
    """Return the options whose backers the brief needs: what was chosen, and what nearly was."""
    return [*outcome.figures["chosen"], *(row["option"] for row in _near_misses(outcome))]


def tell(outcome: Outcome, options: Mapping[int, Option], backers: Backers, *, eligible_count: int | None) -> Brief:
    """Tell the sponsor what the outcome means.

    eligible_count   how many were invited; None where anybody may take part
    """
    figures: Mapping[str, Any] = outcome.figures
    told = story.tell(outcome, options)
    people_by_kind = {
        row["kind"]: row["people"] for row in figures["represented"][1:] if row["kind"] and row["people"] >= FEWEST
    }
    has_kinds = len(people_by_kind) > 1
    gaps = {pk: _shares(figures, pk, people_by_kind) for pk in options} if has_kinds else {}
    return Brief(
        story=told,
        unites=_unites(figures, options, gaps),
        divides=_divides(figures, options, gaps, people_by_kind),
        has_kinds=has_kinds,
        turnout=_turnout(figures["people"], eligible_count),
        missing=[str(kind.label) for kind in Coarse if kind.value not in people_by_kind],
        left_out=_left_out(outcome, options, backers),
        near_misses=_swaps(outcome, options, backers),
        only_fair=[one.option.words for one in told.only_fair],
        only_plain=[option.words for option, _supporters in told.only_plain],
    )


def _near_misses(outcome: Outcome) -> list[Mapping[str, Any]]:
    """Return the nearest of those that lost and that somebody supports; `lost` comes in that order."""
    supporters = outcome.figures["supporters"]
    return [row for row in outcome.figures["lost"] if supporters[str(row["option"])]][:_NEAR_MISSES]


def _shares(figures: Mapping[str, Any], pk: int, people: Mapping[str, int]) -> dict[str, float]:
    counts = figures["by_kind"][str(pk)]
    return {kind: counts.get(kind, 0) / count for kind, count in people.items()}


def _spread(shares: Mapping[str, float]) -> float:
    return max(shares.values()) - min(shares.values())


def _unites(
    figures: Mapping[str, Any], options: Mapping[int, Option], gaps: Mapping[int, Mapping[str, float]]
) -> list[Line]:
    """Take the most approved, and of those that kinds of people approve alike if kinds are known."""
    supporters = {pk: int(figures["supporters"][str(pk)]) for pk in options}
    alike = [pk for pk in options if not gaps or _spread(gaps[pk]) <= _CLOSE]
    alike.sort(key=lambda pk: (-supporters[pk], options[pk].number))
    most = [pk for pk in alike if supporters[pk] >= FEWEST][:_LINES]
    people = figures["people"]
    return [Line(options[pk], _("Chosen by %(share)s.") % {"share": percent(supporters[pk] / people)}) for pk in most]


def _divides(
    figures: Mapping[str, Any],
    options: Mapping[int, Option],
    gaps: Mapping[int, Mapping[str, float]],
    people: Mapping[str, int],
) -> list[Line]:
    apart = sorted((pk for pk in gaps if _spread(gaps[pk]) >= _APART), key=lambda pk: -_spread(gaps[pk]))
    found = []
    for pk in apart[:_LINES]:
        most = max(gaps[pk], key=gaps[pk].__getitem__)
        least = min(gaps[pk], key=gaps[pk].__getitem__)
        words = {
            "most": Coarse(most).label,
            "share": story.share_or_count(figures["by_kind"][str(pk)].get(most, 0), people[most]),
            "least": Coarse(least).label,
            "other_share": story.share_or_count(figures["by_kind"][str(pk)].get(least, 0), people[least]),
        }
        found.append(Line(options[pk], _("%(most)s: %(share)s. %(least)s: %(other_share)s.") % words))
    return found


def _turnout(people: int, eligible_count: int | None) -> str:
    if eligible_count is None or eligible_count < people:
        return ngettext("%(people)s ballot.", "%(people)s ballots.", people) % {"people": number(people)}
    return _("%(people)s ballots of %(eligible)s who were invited, %(share)s.") % {
        "people": number(people),
        "eligible": number(eligible_count),
        "share": percent(people / eligible_count),
    }


def _left_out(outcome: Outcome, options: Mapping[int, Option], backers: Backers) -> Table:
    """Say for each of the chosen how many more would have none of theirs without it."""
    chosen: Sequence[int] = outcome.figures["chosen"]
    rows = []
    for pk in chosen:
        left = backers.left_with_nothing(one for one in chosen if one != pk)
        rows.append((options[pk].words, _supporters(outcome, pk), _count_of(left)))
    return Table(
        caption=_("How many would have none of their choices without it"),
        columns=(
            Column(_("Chosen")),
            Column(_("Ballots"), is_figure=True),
            Column(_("With nothing, without it"), is_figure=True),
        ),
        rows=rows,
        is_caption_hidden=True,
    )


def _swaps(outcome: Outcome, options: Mapping[int, Option], backers: Backers) -> Table:
    """Say for each near miss what it would cost to take it in: for the one of the chosen that would be missed least.

    Where several would, it is the one that came in last.
    """
    chosen: Sequence[int] = outcome.figures["chosen"]
    rows = []
    for row in _near_misses(outcome) if chosen else ():
        pk = row["option"]

        def left_without(dropped: int, taken: int = pk) -> int:
            return backers.left_with_nothing([*(one for one in chosen if one != dropped), taken])

        instead_of = min(chosen, key=lambda dropped: (left_without(dropped), -chosen.index(dropped)))
        rows.append(
            (
                options[pk].words,
                _supporters(outcome, pk),
                options[instead_of].words,
                _count_of(left_without(instead_of)),
            )
        )
    return Table(
        caption=_("What it would cost to take a near miss in"),
        columns=(
            Column(_("Not chosen")),
            Column(_("Ballots"), is_figure=True),
            Column(_("Least missed in its place")),
            Column(_("With nothing then"), is_figure=True),
        ),
        rows=rows,
        is_caption_hidden=True,
    )


def _supporters(outcome: Outcome, pk: int) -> str:
    return _count_of(int(outcome.figures["supporters"][str(pk)]))


def _count_of(count: int) -> str:
    """Write a count, or that it is about too few to say."""
    return _("fewer than five") if 0 < count < FEWEST else number(count)
