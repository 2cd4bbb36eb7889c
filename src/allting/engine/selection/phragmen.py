"""Phragmén's sequential rule: an order in which every beginning is proportional, for shortlists."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from allting.engine.selection import errors
from allting.engine.selection.ballots import Ballots
from allting.engine.selection.market import Market
from allting.engine.selection.ties import Tie, break_tie

# What reads well on one page and still leaves nobody's taste out; eight to twelve approvals are usual on that many.
SHORTLIST_SIZE = 30
# Fewer showings than this tell little about an option that some people like (choice.md 1.2).
ENOUGH_SHOWINGS = 200


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options in an order of which every beginning represents people in proportion."""

    options: tuple[int, ...]
    moments: tuple[Fraction, ...]  # when each was bought, everybody earning 1 per unit of time; rises
    ties: tuple[Tie, ...]
    seed: str


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What goes on to the vote, and what is little known about it."""

    ranking: Ranking
    left_out: tuple[int, ...]  # by supporters, most first
    little_shown: tuple[int, ...]  # options shown to fewer than ENOUGH_SHOWINGS people, left out or not, ascending

    @property
    def options(self) -> tuple[int, ...]:
        """The options that go on, in order."""
        return self.ranking.options


def rank_by_phragmen(ballots: Ballots, *, length: int, seed: str) -> Ranking:
    """Order options so that every beginning of the order represents people in proportion.

    Everybody earns at the same speed; an option costs 1 and is bought as soon as its supporters have 1 together.

    length    how many to order, at least 1; there are fewer if fewer have a supporter
    Returns   the order; the tenth never changes the first nine.
    Raises    SeatsTooFew, NoSeed.     Ties: more supporters, then `draw`; recorded in `ties`.
    Cost      O(approvals) for a place at worst, much less as a rule.
    Guarantee exact; PJR and priceable for every beginning; the order for a length is the beginning of a longer one.
    Source    Phragmén 1894; Brill, Freeman, Janson, Lackner 2017, AAAI.
    """
    if length < 1:
        raise errors.SeatsTooFew(seats=length)
    if not seed:
        raise errors.NoSeed
    market = Market(ballots, costs=(1,) * len(ballots.options), endowment=Fraction())
    options, moments, ties = list[int](), list[Fraction](), list[Tie]()
    while len(options) < length and (offer := market.soonest()):
        option = offer.options[0]
        if len(offer.options) > 1:
            ties.append(break_tie(ballots, options=offer.options, seat=len(options) + 1, seed=seed))
            option = ties[-1].chosen
        market.buy_with_earnings(option, moment=offer.worth)
        options.append(option)
        moments.append(offer.worth)
    return Ranking(options=tuple(options), moments=tuple(moments), ties=tuple(ties), seed=seed)


def shortlist(ballots: Ballots, *, seed: str, size: int = SHORTLIST_SIZE, shown: ArrayLike | None = None) -> Shortlist:
    """Take the options into the vote that together represent everybody, not those with the highest rates.

    ballots   from the first round, in which everybody saw some options drawn at random
    size      how many go on, at least 1
    shown     people who saw each option, shape (options,); not shown is never no. None if everybody saw all.
    Raises    SeatsTooFew, NoSeed, ColumnsUneven.     Cost and guarantee: as `rank_by_phragmen`.
    """
    option_count = len(ballots.options)
    showings = np.full(option_count, ballots.person_count) if shown is None else np.asarray(shown, dtype=np.int64)
    if len(showings) != option_count:
        raise errors.ColumnsUneven(expected=option_count, got=len(showings))
    ranking = rank_by_phragmen(ballots, length=size, seed=seed)
    others = sorted(set(range(option_count)) - set(ranking.options))
    return Shortlist(
        ranking=ranking,
        left_out=tuple(sorted(others, key=lambda option: -int(ballots.supporters[option]))),
        little_shown=tuple(option for option, count in enumerate(showings.tolist()) if count < ENOUGH_SHOWINGS),
    )
