"""What a round's outcome says in lay words: from the counted figures to what the page shows.

Pure. Nothing here is about fewer than five people: such counts become "fewer than five".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.choice.models import Coarse, Decision, Option, Outcome
from allting.choice.rules import FEWEST, FEWEST_FOR_A_SHARE
from allting.web.charts.strip import StripMark
from allting.web.numbers import in_words, number, percent
from allting.web.tables import Column, Table


@dataclass(frozen=True, slots=True)
class KindMark:
    """A kind of people in the legend: its mark on the strips (None for too few), its name, how many ballots."""

    group: int | None
    value: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the options that were chosen, with who stands behind it."""

    seat: int
    option: Option
    supporters: str
    marks: Sequence[StripMark]
    is_thanks_to_shares: bool
    is_from_leftovers: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """One of the others, and what it lacked. `share_paid` is 0 to 100, of its price."""

    option: Option
    supporters: str
    share_paid: int
    lacked: str


@dataclass(frozen=True, slots=True)
class KindRow:
    """How one kind of people fared, by fair share and by plain majority."""

    name: str
    people: str
    with_none: str
    with_none_plainly: str


@dataclass(frozen=True, slots=True)
class Story:
    """The page of an outcome of five ballots or more; of fewer there is nothing to tell (ADR 49)."""

    headline: str
    people: int
    options_count: int
    with_none: str
    with_none_plainly: str
    same_count: int
    chosen: Sequence[Chosen]
    plain: Sequence[Option]
    only_fair: Sequence[Chosen]
    only_plain: Sequence[tuple[Option, str]]
    lost: Sequence[Lost]
    nearest: str
    kinds: Sequence[KindMark]
    kind_rows: Sequence[KindRow]
    kind_table: Table
    ties: Sequence[str]
    unspent: int

    @property
    def both(self) -> list[Option]:
        """What is chosen either way."""
        return [one.option for one in self.chosen if not one.is_thanks_to_shares]

    @property
    def has_strips(self) -> bool:
        """Whether some kind of people is large enough to draw what share of it chose each."""
        return any(kind.group is not None for kind in self.kinds)


def tell(outcome: Outcome, options: Mapping[int, Option]) -> Story:
    """Tell what came out, from the figures of an outcome that is not withheld, and the options by id."""
    figures: Mapping[str, Any] = outcome.figures
    people: int = figures["people"]
    chosen_ids: Sequence[int] = figures["chosen"]
    everybody, *by_kind = figures["represented"]
    everybody_plainly, *by_kind_plainly = figures["represented_plainly"]
    kinds = _kinds(by_kind)
    chosen = [
        Chosen(
            seat=seat,
            option=options[pk],
            supporters=say_of(figures["supporters"][str(pk)], people),
            marks=_marks(figures["by_kind"][str(pk)], kinds),
            is_thanks_to_shares=pk not in figures["plain"],
            is_from_leftovers=pk in figures["by_completion"],
        )
        for seat, pk in enumerate(chosen_ids, start=1)
    ]
    kind_rows = _kind_rows(by_kind, by_kind_plainly)
    lost = [_lost(row, figures, options) for row in figures["lost"]]
    return Story(
        headline=_headline(len(chosen), everybody),
        people=people,
        options_count=len(figures["supporters"]),
        with_none=share_of(everybody["with_none"], everybody["people"] - everybody["blank"]),
        with_none_plainly=share_of(
            everybody_plainly["with_none"], everybody_plainly["people"] - everybody_plainly["blank"]
        ),
        same_count=len(set(chosen_ids) & set(figures["plain"])),
        chosen=chosen,
        plain=[options[pk] for pk in figures["plain"]],
        only_fair=[one for one in chosen if one.is_thanks_to_shares],
        only_plain=[
            (options[pk], say_of(figures["supporters"][str(pk)], people))
            for pk in figures["plain"]
            if pk not in chosen_ids
        ],
        lost=sorted(lost, key=lambda one: (-_supporters(figures, one.option.pk), one.option.number)),
        nearest=_nearest(figures["lost"], options),
        kinds=kinds,
        kind_rows=kind_rows,
        kind_table=_table(kind_rows),
        ties=[say_tie(tie, options) for tie in figures["ties"]],
        unspent=figures["unspent"],
    )


def share_of(count: int, people: int) -> str:
    """Write a count as a share of people, or that it is about too few to say."""
    if 0 < count < FEWEST:
        return _("fewer than five")
    return percent(count / people, 1) if count and people else percent(0)


def share_or_count(count: int, people: int) -> str:
    """Write a count as a share of people; among so few that a share would mislead, as the count that it is."""
    return share_of(count, people) if people >= FEWEST_FOR_A_SHARE else say_of(count, people)


def say_of(count: int, people: int) -> str:
    """Write “490 of 678”, or that it is about too few to say."""
    if 0 < count < FEWEST:
        return _("fewer than five of %(people)s") % {"people": number(people)}
    return _("%(count)s of %(people)s") % {"count": number(count), "people": number(people)}


def say_departure(decision: Decision, outcome: Outcome) -> list[str]:
    """Say how many the sponsor's list leaves with none of theirs, beside what the outcome did."""
    return [say_left_out(decision.left_with_nothing_count or 0), _say_before(decision, outcome)]


def _say_before(decision: Decision, outcome: Outcome) -> str:
    before = int(outcome.figures["represented"][0]["with_none"])
    if before == decision.left_with_nothing_count:
        return _("As many as the outcome did.") if before else _("Nor did the outcome.")
    if not before:
        return _("The outcome left nobody without.")
    if before < FEWEST:
        return _("The outcome left fewer than five without.")
    return ngettext(
        "The outcome left %(count)s person without.", "The outcome left %(count)s people without.", before
    ) % {"count": number(before)}


def say_left_out(count: int) -> str:
    """Say how many a choice would leave with none of theirs.

    Not of which kinds: somebody who asks about one list after the other would learn the kind of each single ballot.
    """
    if not count:
        return _("It leaves nobody with none of their choices.")
    if count < FEWEST:
        return _("It leaves fewer than five people with none of their choices.")
    return ngettext(
        "It leaves %(count)s person with none of their choices.",
        "It leaves %(count)s people with none of their choices.",
        count,
    ) % {"count": number(count)}


def say_lacked(more: int | None) -> str:
    """Say what an option lacked; `more` as counted, None if no number would have been enough."""
    if more is None:
        return _("No number of further ballots from the same people would have been enough.")
    return ngettext(
        "%(count)s more ballot would have brought it in.", "%(count)s more ballots would have brought it in.", more
    ) % {"count": number(more)}


def say_tie(tie: Mapping[str, Any], options: Mapping[int, Option]) -> str:
    """Say how a tie was broken."""
    words = {
        "seat": number(tie["seat"]),
        "count": number(len(tie["options"])),
        "title": options[tie["chosen"]].words,
    }
    if tie["by"] == "seed":
        return (
            _("For place %(seat)s, %(count)s were exactly equal. The lot fixed before the round took “%(title)s”.")
            % words
        )
    return _("For place %(seat)s, %(count)s were exactly equal. “%(title)s” has more supporters.") % words


def departures(
    decision: Decision, outcome: Outcome, options: Mapping[int, Option]
) -> tuple[list[Option], list[Option]]:
    """Return what the sponsor left out and what was taken instead."""
    chosen = outcome.figures["chosen"]
    dropped = [options[pk] for pk in chosen if pk not in decision.options]
    added = [options[pk] for pk in decision.options if pk not in chosen]
    return dropped, added


def _headline(chosen_count: int, everybody: Mapping[str, Any]) -> str:
    words = in_words(chosen_count).capitalize()
    priorities = ngettext("One priority.", "%(count)s priorities.", chosen_count) % {"count": words}
    if not chosen_count:
        return _("Nothing was chosen.")
    with_choice = everybody["people"] - everybody["blank"]
    none = everybody["with_none"]
    if not none:
        return _("%(priorities)s Everyone who chose finds one of theirs here.") % {"priorities": priorities}
    if none < FEWEST:
        return _("%(priorities)s Nearly everyone who chose finds one of theirs here.") % {"priorities": priorities}
    # Rounded down: the page says no more than is true.
    share = int((with_choice - none) / with_choice * 100)
    return _("%(priorities)s %(share)d in 100 who chose find one of theirs here.") % {
        "priorities": priorities,
        "share": share,
    }


def _kinds(by_kind: Sequence[Mapping[str, Any]]) -> list[KindMark]:
    people = {row["kind"]: row["people"] for row in by_kind}
    found = [kind for kind in Coarse if people.get(kind.value, 0) >= FEWEST]
    drawn = [kind for kind in found if people[kind.value] >= FEWEST_FOR_A_SHARE]
    return [
        KindMark(
            group=drawn.index(kind) if kind in drawn else None,
            value=kind.value,
            name=str(kind.label),
            people=people[kind.value],
        )
        for kind in found
    ]


def _marks(supporters: Mapping[str, int], kinds: Sequence[KindMark]) -> list[StripMark]:
    return [
        StripMark(group=kind.group, share=supporters.get(kind.value, 0) / kind.people, name=kind.name)
        for kind in kinds
        if kind.group is not None
    ]


def _kind_rows(fair: Sequence[Mapping[str, Any]], plain: Sequence[Mapping[str, Any]]) -> list[KindRow]:
    plainly = {row["kind"]: row for row in plain}
    rows = []
    for row in fair:
        if not row["kind"] or row["people"] < FEWEST:
            continue
        choosing = row["people"] - row["blank"]
        rows.append(
            KindRow(
                name=str(Coarse(row["kind"]).label),
                people=number(row["people"]),
                with_none=share_or_count(row["with_none"], choosing),
                with_none_plainly=_plainly(row["with_none"], plainly[row["kind"]]["with_none"], choosing),
            )
        )
    return rows


def _plainly(fair: int, plain: int, choosing: int) -> str:
    """Write what plain majority would have done, unless it differs by so few that it tells a ballot's kind."""
    if 0 < abs(fair - plain) < FEWEST:
        return _("about as many")
    return share_or_count(plain, choosing)


def _table(rows: Sequence[KindRow]) -> Table:
    return Table(
        caption=_("Share of each kind of people with none of their choices"),
        columns=(
            Column(_("Kind")),
            Column(_("Ballots"), is_figure=True),
            Column(_("None, by fair share"), is_figure=True),
            Column(_("None, by plain majority"), is_figure=True),
        ),
        rows=[(row.name, row.people, row.with_none, row.with_none_plainly) for row in rows],
        is_caption_hidden=True,
    )


def _lost(row: Mapping[str, Any], figures: Mapping[str, Any], options: Mapping[int, Option]) -> Lost:
    return Lost(
        option=options[row["option"]],
        supporters=say_of(_supporters(figures, row["option"]), figures["people"]),
        share_paid=max(0, min(100, round(row["share_paid"] * 100))),
        lacked=say_lacked(row["more"]),
    )


def _nearest(lost: Sequence[Mapping[str, Any]], options: Mapping[int, Option]) -> str:
    nearest = next((row for row in lost if row["more"] is not None), None)
    if nearest is None:
        return ""
    words = {"count": number(nearest["more"]), "title": options[nearest["option"]].words}
    return (
        ngettext(
            "%(count)s more ballot would have brought in the nearest: “%(title)s”",
            "%(count)s more ballots would have brought in the nearest: “%(title)s”",
            nearest["more"],
        )
        % words
    )


def _supporters(figures: Mapping[str, Any], option_id: int) -> int:
    return int(figures["supporters"][str(option_id)])
