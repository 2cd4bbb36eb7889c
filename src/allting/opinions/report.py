"""The report: the published figures of one map in the order in which one reads them on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allting.opinions import polis
from allting.opinions.figures import AGREE, DISAGREE, FEWEST_PEOPLE
from allting.opinions.models import Statement
from allting.opinions.results import Finding, GroupStand, Results
from allting.web import numbers
from allting.web import tables as web
from allting.web.charts.opinion_map import OpinionMap, Stone, labels_of
from allting.web.components import draw

# A report is read to the end; the complete lists are a link away.
LISTED = 10
LISTED_OF_A_GROUP = 5
# Of four groups and more, every list has as many bars as there are groups.
LISTED_OF_MANY_GROUPS = 3
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
    as_polis: PolisPart | None


@dataclass(frozen=True, slots=True)
class PolisGroup:
    """A group of Polis with the statements that it lists: those agreed with, and those disagreed with."""

    number: int
    name: str
    people: int
    agreed: Sequence[Statement]
    disagreed: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class PolisPart:
    """The same answers as Polis groups them. Without a drawing there were too many people."""

    drawing: OpinionMap | None
    finds: str = ""
    order: str = ""
    groups: Sequence[PolisGroup] = ()
    agreed: Sequence[Statement] = ()
    disagreed: Sequence[Statement] = ()


def write_report(results: Results) -> Report:
    """Gather what the report says from what is published."""
    uniting, dividing, little_known = results.uniting, results.dividing, results.little_known
    of_a_group = LISTED_OF_A_GROUP if len(results.groups) <= 3 else LISTED_OF_MANY_GROUPS
    return Report(
        uniting=Listing([results.finding(it.statement, side=it.side) for it in uniting[:LISTED]], len(uniting)),
        dividing=Listing([results.finding(it.statement) for it in dividing[:LISTED]], len(dividing)),
        stands=[results.stand(group, results.distinctive(group.letter)[:of_a_group]) for group in results.groups],
        little_known=Listing(
            [results.finding(it, side=AGREE) for it in little_known[:LISTED_LITTLE_KNOWN]], len(little_known)
        ),
        participation=_participation(results),
        as_polis=_as_polis(results),
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


# --- the same as Polis would draw it --------------------------------------------------------------------------


def _as_polis(results: Results) -> PolisPart | None:
    """Say what Polis makes of the same answers; None for maps that were drawn without asking it."""
    data = results.figures.as_polis
    if data is None:
        return None
    shown = polis.read(data)
    if shown is None:
        return PolisPart(drawing=None)
    groups = [
        PolisGroup(
            number=it.number,
            name=_("Polis %(letter)s") % {"letter": draw.group_letter(it.number)},
            people=it.people,
            agreed=_standing(results, it.represents, side=AGREE),
            disagreed=_standing(results, it.represents, side=DISAGREE),
        )
        for it in shown.groups
    ]
    return PolisPart(
        drawing=_drawn_as_polis(shown, groups),
        finds=_what_polis_finds(results, shown),
        order=_what_the_order_does(shown),
        groups=groups,
        agreed=_standing(results, shown.consensus, side=AGREE),
        disagreed=_standing(results, shown.consensus, side=DISAGREE),
    )


def _standing(results: Results, listed: Iterable[polis.Listed], *, side: int) -> list[Statement]:
    return [results.statements[pk] for pk, answer in listed if answer == side and pk in results.statements]


def _drawn_as_polis(shown: polis.AsPolis, groups: Sequence[PolisGroup]) -> OpinionMap:
    stones = [Stone(x=x, y=y, people=people, group=group) for x, y, people, group in shown.stones]
    labels = labels_of(stones, {group.number: (group.name, group.people) for group in groups})
    names = ", ".join(f"{group.name}: {numbers.number(group.people)}" for group in groups)
    return OpinionMap(
        title=_("The same people on the map of Polis. %(groups)s.") % {"groups": names}, stones=stones, labels=labels
    )


def _what_polis_finds(results: Results, shown: polis.AsPolis) -> str:
    """Lay its groups beside ours."""
    count = numbers.in_words(shown.count)
    if not results.has_groups:
        return _(
            "The method of Polis finds %(count)s groups here. It always finds at least two, also where people differ "
            "step by step; ours finds none that come back."
        ) % {"count": count}
    if shown.count == len(results.groups):
        counted = _("The method of Polis finds %(count)s groups as well.") % {"count": count}
    else:
        counted = _("The method of Polis finds %(count)s groups, ours %(ours)s.") % {
            "count": count,
            "ours": numbers.in_words(len(results.groups)),
        }
    alike = {
        polis.SAME: _("Among those whom both place in a group, nearly everyone stands with the same people."),
        polis.LIKE: _("Among those whom both place in a group, most stand with the same people."),
        polis.PARTLY: _("Among those whom both place in a group, many stand with other people there than here."),
        polis.OTHER: _("The two have little to do with each other: who stands together here is apart there."),
    }
    return f"{counted} {alike[shown.agreement]}" if shown.agreement else counted


def _what_the_order_does(shown: polis.AsPolis) -> str:
    """Say what comes of the same answers when people are taken in the opposite order."""
    count = {"count": numbers.in_words(shown.turned_count)}
    match shown.turned_agreement:
        case polis.SAME:
            return _("In the opposite order the same answers give %(count)s groups of nearly the same people.") % count
        case polis.LIKE:
            return _("In the opposite order the same answers give %(count)s groups of mostly the same people.") % count
        case polis.PARTLY:
            return _("In the opposite order the same answers give %(count)s groups, in part of other people.") % count
        case _other:
            return _("In the opposite order the same answers give %(count)s groups of quite other people.") % count
