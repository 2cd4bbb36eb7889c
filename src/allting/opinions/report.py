"""The report: the published figures of one map in the order in which one reads them on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allting.opinions.figures import AGREE, FEWEST_PEOPLE
from allting.opinions.results import Finding, GroupStand, Results
from allting.web import numbers
from allting.web import tables as web

# A report is read to the end; the complete lists are a link away.
LISTED = 10
LISTED_OF_A_GROUP = 5
LISTED_LITTLE_KNOWN = 15


@dataclass(frozen=True, slots=True)
class Listing:
    """The first of a ranking, and how many there are in all."""

    findings: Sequence[Finding]
    count: int

    @property
    def left_out_count(self) -> int:
        return self.count - len(self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in the report of a map."""

    uniting: Listing
    dividing: Listing
    stands: Sequence[GroupStand]
    little_known: Listing
    participation: web.Table


def write_report(results: Results) -> Report:
    """Gather what the report says from what is published."""
    uniting, dividing, little_known = results.uniting, results.dividing, results.little_known
    return Report(
        uniting=Listing([results.finding(it.statement, side=it.side) for it in uniting[:LISTED]], len(uniting)),
        dividing=Listing([results.finding(it.statement) for it in dividing[:LISTED]], len(dividing)),
        stands=[
            results.stand(group, results.distinctive(group.letter)[:LISTED_OF_A_GROUP]) for group in results.groups
        ],
        little_known=Listing(
            [results.finding(it, side=AGREE) for it in little_known[:LISTED_LITTLE_KNOWN]], len(little_known)
        ),
        participation=_participation(results),
    )


def _participation(results: Results) -> web.Table:
    """Say who took part, as far as the map knows: a part that would tell about few is left out by the figures."""
    shown = results.figures
    counted: list[tuple[str, int | None]] = [(_("Have answered"), shown.people)]
    # Where there is one kind alone, there are no two to tell apart.
    if shown.devices and shown.with_account:
        counted += [
            (_("of them with an account"), shown.with_account),
            (_("of them without an account"), shown.devices),
        ]
    counted += [(group.name, group.people) for group in results.groups]
    if results.has_groups:
        counted.append((_("In between"), shown.in_between))
    if not results.is_too_early:
        counted.append((_("Not placed, because they answered too little"), shown.not_placed))
    counted.append((_("Set aside as a burst of one network"), shown.set_aside))
    return web.Table(
        caption=_("Who took part"),
        columns=[
            web.Column(_("Who")),
            web.Column(_("How many"), is_figure=True),
            web.Column(_("Share"), is_figure=True),
        ],
        rows=[
            [who, numbers.number(people), numbers.percent(people / shown.people) if shown.people else "–"]
            for who, people in counted
            if people is not None and people >= FEWEST_PEOPLE
        ],
        is_caption_hidden=True,
    )
