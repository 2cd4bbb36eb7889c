"""Where one ballot's influence went: for the page that its receipt opens, and for nobody else.

Everybody has the same amount. A chosen option's supporters each paid its price, or all they had left at that moment,
so what a ballot paid follows from the prices, which are public, and its approvals, which are not. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from allting.choice import story
from allting.choice.afterwards import Afterwards
from allting.choice.models import Option, Outcome
from allting.web.numbers import percent


@dataclass(frozen=True, slots=True)
class Influence:
    """Shares of one person's influence, which sum to one: what went to each chosen option, and what was not used."""

    parts: Sequence[tuple[int, Fraction]]
    unused: Fraction


def spend(approvals: Collection[int], figures: Mapping[str, Any]) -> Influence:
    """Replay what a ballot paid, in the order in which options were bought. `figures` are an outcome's."""
    endowment = Fraction(figures["endowment"])
    prices = [(option, Fraction(price), Fraction(moment)) for option, price, moment in figures["prices"]]
    income = endowment + (prices[-1][2] if prices else 0)
    if not income:
        return Influence(parts=(), unused=Fraction(1))
    spent, parts = Fraction(), []
    for option, price, moment in prices:
        if option in approvals:
            payment = min(price, endowment + moment - spent)
            spent += payment
            parts.append((option, payment / income))
    return Influence(parts=parts, unused=1 - spent / income)


@dataclass(frozen=True, slots=True)
class ChoiceTold:
    """One choice of a ballot: what it came to. `share` is 0 to 100 of the influence; None if not known or not spent."""

    option: Option
    is_chosen: bool
    share: int | None
    lacked: str
    afterwards: Afterwards


@dataclass(frozen=True, slots=True)
class BallotTold:
    """What one ballot helped to choose, for whoever holds its receipt."""

    choices: Sequence[ChoiceTold]
    unused: str

    @property
    def has_shares(self) -> bool:
        return any(one.share is not None for one in self.choices)


def tell_ballot(
    options: Sequence[Option], outcome: Outcome, *, approvals: Collection[int], afterwards: Mapping[int, Afterwards]
) -> BallotTold:
    """Tell what became of each choice, the chosen first."""
    figures: Mapping[str, Any] = outcome.figures
    chosen: Sequence[int] = figures["chosen"]
    spent = spend(approvals, figures)
    shares = {pk: round(share * 100) for pk, share in spent.parts}
    lacked = {row["option"]: story.say_lacked(row["more"]) for row in figures["lost"]}
    told = [
        ChoiceTold(
            option=option,
            is_chosen=option.pk in chosen,
            share=shares.get(option.pk),
            lacked=lacked.get(option.pk, ""),
            afterwards=afterwards[option.pk],
        )
        for option in options
    ]
    told.sort(key=lambda one: (chosen.index(one.option.pk) if one.is_chosen else len(chosen), one.option.number))
    unused = ""
    if shares:
        unused = _("Not used: %(share)s. What you still had did not buy another one together with its supporters.")
    return BallotTold(choices=told, unused=unused % {"share": percent(float(spent.unused))} if spent.unused else "")
