"""What a shortlist says in lay words: how it came about, who goes on, and how many saw each.

Pure. Nothing here is about fewer than five people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.choice import story
from allting.choice.models import Option, Outcome
from allting.choice.rules import ENOUGH_SHOWINGS, FEWEST
from allting.web.numbers import number


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal of a shortlist. `supporters` says how many of those who saw it; empty where that is too few."""

    option: Option
    supporters: str
    lacked: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The page of a shortlist that was counted."""

    headline: str
    people: int
    options_count: int
    shown_each: int
    seen: str
    little_seen: str
    goes_on: Sequence[Row]
    left_out: Sequence[Row]
    ties: Sequence[str]


def tell(outcome: Outcome, options: Mapping[int, Option]) -> Told:
    """Tell who goes on, where that is not withheld. `options` are the shortlist's, with how many saw each."""
    figures: Mapping[str, Any] = outcome.figures
    chosen: Sequence[int] = figures["chosen"]
    seen_by = [option.shown_count or 0 for option in options.values()]
    lost = [row for row in figures["lost"] if row["option"] in options]
    lost.sort(key=lambda row: (-_rate(figures, options[row["option"]]), options[row["option"]].number))
    return Told(
        headline=_headline(len(chosen), len(options)),
        people=figures["people"],
        options_count=len(options),
        shown_each=outcome.round.shown_each or 0,
        seen=_seen(min(seen_by), max(seen_by)),
        little_seen=_little_seen(sum(count < ENOUGH_SHOWINGS for count in seen_by)),
        goes_on=[Row(options[pk], _supporters(figures, options[pk])) for pk in chosen],
        left_out=[
            Row(
                options[row["option"]],
                _supporters(figures, options[row["option"]]),
                story.say_lacked(row["more"]),
            )
            for row in lost
        ],
        ties=[story.say_tie(tie, options) for tie in figures["ties"]],
    )


def _headline(chosen_count: int, options_count: int) -> str:
    if not chosen_count:
        return _("Nobody supported any of them.")
    return ngettext(
        "%(count)s of %(all)s goes on to the vote.", "%(count)s of %(all)s go on to the vote.", chosen_count
    ) % {"count": number(chosen_count), "all": number(options_count)}


def _seen(fewest: int, most: int) -> str:
    if most < FEWEST:
        return _("Each was seen by fewer than five people.")
    if fewest < FEWEST:
        return _("Each was seen by at most %(most)s people, some by fewer than five.") % {"most": number(most)}
    if fewest == most:
        return _("Each was seen by %(count)s people.") % {"count": number(most)}
    return _("Each was seen by %(fewest)s to %(most)s people.") % {"fewest": number(fewest), "most": number(most)}


def _little_seen(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s was seen by fewer than %(enough)s people: about it this says less.",
        "%(count)s were seen by fewer than %(enough)s people: about them this says less.",
        count,
    ) % {"count": number(count), "enough": number(ENOUGH_SHOWINGS)}


def _supporters(figures: Mapping[str, Any], option: Option) -> str:
    if (option.shown_count or 0) < FEWEST:
        return ""
    said = story.say_of(figures["supporters"][str(option.pk)], option.shown_count or 0)
    return _("%(count)s who saw it") % {"count": said}


def _rate(figures: Mapping[str, Any], option: Option) -> float:
    return figures["supporters"][str(option.pk)] / option.shown_count if option.shown_count else 0.0
