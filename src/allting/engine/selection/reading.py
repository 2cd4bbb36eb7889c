"""Reading an outcome: who is represented by what, and what the others lacked.

Counts are exact and nothing is hidden here: leaving out figures about fewer than five people is for whoever shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from allting.engine.selection import errors
from allting.engine.selection.ballots import Ballots, IntArray
from allting.engine.selection.outcome import Method, Phase, Selection
from allting.engine.selection.ties import draw


@dataclass(frozen=True, slots=True)
class Represented:
    """How well a choice represents the people of one kind."""

    kind: str | None  # None is everybody
    people: int
    blank: int  # approved nothing, so nothing could represent them; left out of the counts below
    with_none: int  # none of what they approve was chosen
    with_one: int  # one of it was
    approved_and_chosen: int  # chosen options on their ballots, summed over the people

    @property
    def share_with_none(self) -> float:
        """The share of those with an approval who got none of their choices; 0 if nobody approved anything."""
        return self.with_none / max(self.people - self.blank, 1)

    @property
    def share_with_fewer_than_two(self) -> float:
        """The share of those with an approval who got none or one of their choices."""
        return (self.with_none + self.with_one) / max(self.people - self.blank, 1)

    @property
    def mean_chosen(self) -> float:
        """How many of their choices were chosen, on average over those with an approval."""
        return self.approved_and_chosen / max(self.people - self.blank, 1)


@dataclass(frozen=True, slots=True)
class Backing:
    """Who stands behind an option."""

    option: int
    people: int
    by_kind: tuple[tuple[str, int], ...]  # every kind with its number of supporters, by name


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What an option that was not chosen lacked."""

    option: int
    supporters: int
    more_supporters: int | None  # the fewest further approvals that would have let it in; None: no number would have
    seat: int | None  # the seat it would have taken with those, by its order
    phase: Phase | None  # and whether out of shares or in completion
    money_short: Fraction  # what its supporters lacked of its cost when all was over


def represent(
    ballots: Ballots, *, chosen: Sequence[int], kinds: Sequence[str] | None = None
) -> tuple[Represented, ...]:
    """Count how many got none, one or more of their choices: everybody first, then each kind by name.

    kinds     the kind of each person, shape (people,), in the order in which the ballots were packed
    Raises    ColumnsUneven, UnknownOption.     Cost: O(supporters of what was chosen + people).
    """
    _check_options(ballots, chosen)
    got = _chosen_by_ballot(ballots, chosen)[ballots.ballot_of_person]
    is_blank = (np.diff(ballots.ballot_starts) == 0)[ballots.ballot_of_person]

    def describe(kind: str | None, members: IntArray | slice) -> Represented:
        counts, blank = got[members], is_blank[members]
        return Represented(
            kind=kind,
            people=len(counts),
            blank=int(blank.sum()),
            with_none=int(((counts == 0) & ~blank).sum()),
            with_one=int((counts == 1).sum()),
            approved_and_chosen=int(counts.sum()),
        )

    everybody = describe(None, slice(None))
    if kinds is None:
        return (everybody,)
    names, kind_of_person = _numbered(ballots, kinds)
    return (everybody, *(describe(name, np.flatnonzero(kind_of_person == at)) for at, name in enumerate(names)))


def find_backing(ballots: Ballots, *, options: Sequence[int], kinds: Sequence[str]) -> tuple[Backing, ...]:
    """Count the supporters of each option by kind.

    kinds     the kind of each person, shape (people,), in the order in which the ballots were packed
    Raises    ColumnsUneven, UnknownOption.     Cost: O(people · options asked for).
    """
    _check_options(ballots, options)
    names, kind_of_person = _numbered(ballots, kinds)
    backing = []
    for option in options:
        is_for = np.zeros(len(ballots.people), dtype=np.bool_)
        is_for[ballots.ballots_for(option)] = True
        counts = np.bincount(kind_of_person[is_for[ballots.ballot_of_person]], minlength=len(names)).tolist()
        backing.append(
            Backing(
                option=option,
                people=int(ballots.supporters[option]),
                by_kind=tuple(zip(names, counts, strict=True)),
            )
        )
    return tuple(backing)


def ejr_plus_ratio(ballots: Ballots, *, chosen: Sequence[int], seats: int) -> Fraction:
    """Measure how near a choice is to leaving a group without its share; 1 or more is a violation of EJR+.

    Returns   the largest seats · |supporters of c with fewer than l chosen| / (l · people) over c not chosen and l
              up to seats. Below 1 it is no proof of quality: with sparse ballots anything passes.
    Raises    UnknownOption, SeatsTooFew.     Cost: O(approvals).
    Source    Brill and Peters 2023, EC, "Robust and Verifiable Proportionality Axioms for Multiwinner Voting".
    """
    _check_options(ballots, chosen)
    if seats < 1:
        raise errors.SeatsTooFew(seats=seats)
    got = np.minimum(_chosen_by_ballot(ballots, chosen), seats)
    largest = Fraction()
    for option in sorted(set(range(len(ballots.options))) - set(chosen)):
        voters = ballots.ballots_for(option)
        with_fewer = np.cumsum(np.bincount(got[voters], weights=ballots.people[voters], minlength=seats + 1)).tolist()
        for level in range(1, seats + 1):
            largest = max(largest, Fraction(seats * int(with_fewer[level - 1]), level * ballots.person_count))
    return largest


def find_shortfalls(selection: Selection) -> tuple[Shortfall, ...]:
    """Say for each option that was not chosen how many more of the same people would have had to approve it.

    The number is the smallest possible: it is worked out for each moment at which something was bought, with the
    people who then had most left, and the best moment counts. Nothing else on any ballot changes. With a budget it
    is about the last raise: there the option would have been bought, though the total might then be over the budget
    and the raises end earlier.

    Returns   the nearest first, then by supporters, then by index.
    Cost      O(approvals + options · purchases · accounts), a second for 500 options, nine seats and 10⁶ ballots.
    Guarantee exact and smallest for seats: with one approval fewer, whosever, the option stays out.
    """
    moments = _moments(selection)
    ballots, lost = selection.ballots, sorted(set(range(len(selection.costs))) - set(selection.chosen))
    found = [_shortfall(selection, option, moments) for option in lost]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                ballots.person_count + 1 if one.more_supporters is None else one.more_supporters,
                -one.supporters,
                one.option,
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """What every purse could give right before something was bought, in whole numbers."""

    seat: int
    phase: Phase
    rival: int | None  # the option that was bought; None at the end of the shares phase, when nothing was
    cap: Fraction | None  # the largest payment for a rival's unit of cost; None if everything left may be taken
    unit: int  # money is counted in 1 / unit
    holdings: tuple[int, ...]  # different amounts that people have, largest first
    holding_of_purse: IntArray
    people: tuple[int, ...]  # by holding


def _moments(selection: Selection) -> list[_Moment]:
    unit = lcm(
        selection.endowment.denominator,
        *(amount.denominator for purse in selection.purses for _, amount in purse.paid),
        *(purchase.moment.denominator for purchase in selection.purchases),
    )

    def whole(amount: Fraction) -> int:
        return amount.numerator * (unit // amount.denominator)

    paid = [{option: whole(amount) for option, amount in purse.paid} for purse in selection.purses]
    left = [whole(selection.endowment)] * len(paid)

    def moment(seat: int, phase: Phase, rival: int | None, cap: Fraction | None, earned: int) -> _Moment:
        holdings = sorted(set(left), reverse=True)
        place = {amount: at for at, amount in enumerate(holdings)}
        holding_of_purse = np.array([place[amount] for amount in left])
        people = np.bincount(
            holding_of_purse, weights=[purse.people for purse in selection.purses], minlength=len(holdings)
        )
        return _Moment(
            seat=seat,
            phase=phase,
            rival=rival,
            cap=cap,
            unit=unit,
            holdings=tuple(amount + earned for amount in holdings),
            holding_of_purse=holding_of_purse,
            people=tuple(people.astype(np.int64).tolist()),
        )

    by_shares = selection.chosen_by_shares()
    moments = []
    for purchase in selection.purchases:
        if purchase.phase is Phase.SHARES:
            cap = purchase.price / selection.costs[purchase.option]
            moments.append(moment(purchase.seat, Phase.SHARES, purchase.option, cap, 0))
        else:
            if purchase.seat == by_shares + 1:
                moments.append(moment(purchase.seat, Phase.SHARES, None, None, 0))
            moments.append(moment(purchase.seat, Phase.COMPLETION, purchase.option, None, whole(purchase.moment)))
        left = [have - given.get(purchase.option, 0) for have, given in zip(left, paid, strict=True)]
    has_room = selection.method is Method.SHARES_OF_BUDGET or selection.unspent
    if has_room and by_shares == len(selection.purchases):
        moments.append(moment(by_shares + 1, Phase.SHARES, None, None, 0))
    return moments


def _shortfall(selection: Selection, option: int, moments: Sequence[_Moment]) -> Shortfall:
    ballots = selection.ballots
    voters = ballots.ballots_for(option)
    by_purse = np.bincount(
        selection.purse_of_ballot[voters], weights=ballots.people[voters], minlength=len(selection.purses)
    )
    supporters = int(ballots.supporters[option])
    best: tuple[int, int, Phase] | None = None
    for moment in moments:
        by_holding = np.bincount(moment.holding_of_purse, weights=by_purse, minlength=len(moment.holdings))
        more = _fewest_more(selection, option, moment, by_holding.astype(np.int64).tolist())
        if more is not None and (best is None or more < best[0]):
            best = more, moment.seat, moment.phase
    if selection.method is not Method.SHARES_OF_BUDGET and selection.unspent and (best is None or best[0] > 1):
        # A seat is open because nobody supports what is left: one supporter would earn enough in time.
        best = 1, len(selection.purchases) + 1, Phase.COMPLETION
    held = sum(
        (int(count) * purse.left for count, purse in zip(by_purse.tolist(), selection.purses, strict=True) if count),
        Fraction(),
    )
    return Shortfall(
        option=option,
        supporters=supporters,
        more_supporters=best[0] if best else None,
        seat=best[1] if best else None,
        phase=best[2] if best else None,
        money_short=max(selection.costs[option] - held, Fraction()),
    )


def _fewest_more(selection: Selection, option: int, moment: _Moment, supporters: list[int]) -> int | None:
    """Count the approvals that would have bought the option at this moment, in place of what was bought then.

    supporters   the option's supporters by holding
    """
    cost, scale = selection.costs[option], 1
    gifts: Sequence[int] = moment.holdings
    if moment.cap is not None:
        # In units of 1 / (unit · denominator of the cap), so that the cap is a whole number too.
        scale = moment.cap.denominator
        cap = moment.cap.numerator * cost * moment.unit
        gifts = [min(amount * scale, cap) for amount in moment.holdings]
    missing = cost * moment.unit * scale - sum(
        count * gift for count, gift in zip(supporters, gifts, strict=True) if count
    )
    others = [people - count for people, count in zip(moment.people, supporters, strict=True)]

    more, at = 0, 0
    while missing > 0:
        while at < len(others) and not others[at]:
            at += 1
        if at == len(others) or gifts[at] <= 0:
            return None
        needed = min(others[at], -(-missing // gifts[at]))
        others[at] -= needed
        more += needed
        missing -= needed * gifts[at]
    if moment.rival is None or missing < 0:
        return more

    # Exactly the rival's price or moment. With a price that nobody had to meet in full, it would have been lower.
    if moment.cap is not None and not any(
        taken and gift == cap for taken, gift in zip(map(int.__sub__, moment.people, others), gifts, strict=True)
    ):
        return more
    total = int(selection.ballots.supporters[option])
    rival_total = int(selection.ballots.supporters[moment.rival])
    names = selection.ballots.options
    wins_draw = draw(seed=selection.seed, name=names[option]) < draw(seed=selection.seed, name=names[moment.rival])
    needed_for_tie = rival_total + (0 if wins_draw else 1)
    if total + more >= needed_for_tie:
        return more
    if any(count and gift > 0 for count, gift in zip(others, gifts, strict=True)):
        return more + 1
    extra = needed_for_tie - total - more
    return more + extra if extra <= sum(others) else None


def _chosen_by_ballot(ballots: Ballots, chosen: Sequence[int]) -> IntArray:
    """Count the chosen options on each ballot, shape (ballots,)."""
    counts = np.zeros(len(ballots.people), dtype=np.int64)
    for option in chosen:
        counts[ballots.ballots_for(option)] += 1
    return counts


def _numbered(ballots: Ballots, kinds: Sequence[str]) -> tuple[list[str], IntArray]:
    if len(kinds) != ballots.person_count:
        raise errors.ColumnsUneven(expected=ballots.person_count, got=len(kinds))
    names = sorted(set(kinds))
    place = {name: at for at, name in enumerate(names)}
    return names, np.fromiter((place[kind] for kind in kinds), dtype=np.int64, count=len(kinds))


def _check_options(ballots: Ballots, options: Sequence[int]) -> None:
    for option in options:
        if not 0 <= option < len(ballots.options):
            raise errors.UnknownOption(option=option, count=len(ballots.options))
