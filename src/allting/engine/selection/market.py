"""Exact accounts of what everybody has left, and which option its supporters can pay for next.

People who have the same left share an account, so the fractions are few (a purchase splits an account in two at most)
while the people are many: counting who stands where is whole numbers in numpy, and only sums over accounts are
arithmetic with numbers of unlimited size. Floating point decides nothing. It gives lower bounds that are proved
before they are used to put an option aside, in this way: a sum of g terms that are not negative is off by less than
(g + 8) · 2⁻⁵² of itself, whatever the order of adding. Whatever the bounds cannot tell apart is worked out exactly.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, inf, lcm, nextafter, sumprod

import numpy as np
from numpy.typing import NDArray

from allting.engine.selection.ballots import Ballots, IndexArray, IntArray

_ROUNDING = 2.0**-52
# How far below the estimate a bound is tried: far above the usual rounding, far below any real difference.
_MARGIN = 1 - 2.0**-32


@dataclass(frozen=True, slots=True)
class Offer:
    """The options that come next, exactly equal in `worth`: the price per unit of cost, or the moment."""

    worth: Fraction
    options: tuple[int, ...]  # ascending


class Market:
    """Everybody's account during one run. Changes as options are bought; private to the run that made it.

    With shares, an option is bought at the smallest price p for which its supporters can pay it when each gives p, or
    all they have left if that is less. With earnings (Phragmén), everybody earns at the same speed from moment 0 on,
    and an option is bought at the moment when its supporters together have its cost; they pay all they have.
    An account's value is what its people have at moment 0; who is paid out at moment t stands at -t.
    """

    def __init__(self, ballots: Ballots, *, costs: Sequence[int], endowment: Fraction) -> None:
        self._ballots = ballots
        self._costs = costs
        self._values: NDArray[np.object_] = _whole([endowment.numerator])  # ascending, different, over the denominator
        self._denominator = endowment.denominator
        self._floats = np.array([float(endowment)])
        self._people = np.array([ballots.person_count], dtype=np.int64)
        self._account_of_ballot: IndexArray = np.zeros(len(ballots.people), dtype=np.int32)
        self._is_out = ballots.supporters == 0
        self._bounds = np.where(self._is_out, inf, 0.0)

    def copy(self) -> "Market":
        """Return a market that can go another way from here."""
        twin = object.__new__(Market)
        twin.__dict__.update(self.__dict__)
        twin._is_out = self._is_out.copy()
        twin._bounds = self._bounds.copy()
        return twin

    def state(self) -> tuple[object, ...]:
        """Return what decides everything that can still happen, to recognise a place reached by another way."""
        return (
            self._is_out.tobytes(),
            self._account_of_ballot.tobytes(),
            tuple(Fraction(value, self._denominator) for value in self._values.tolist()),
        )

    def cheapest(self) -> Offer | None:
        """Find the options with the smallest price per unit of cost, or None if no supporters have enough left.

        Cost   a pass over the supporters of the options whose last known price is not above the best one.
        """
        best: Fraction | None = None
        ceiling, tied = inf, list[int]()
        for option in np.argsort(self._bounds, kind="stable").tolist():
            if self._bounds[option] > ceiling or self._bounds[option] == inf:
                break
            cost = self._costs[option]
            counts = self._counts(option)
            guess, floor = self._price_bound(counts, cost)
            if (bound := floor / cost * (1 - 4 * _ROUNDING)) > ceiling:
                self._bounds[option] = bound
                continue
            price = self._exact_price(counts, cost, guess)
            if price is None:  # what people have only shrinks, so this option is out of reach for good
                self._bounds[option] = inf
                continue
            worth = price / cost
            self._bounds[option] = nextafter(float(worth), 0)
            if best is None or worth < best:
                best, ceiling, tied = worth, nextafter(float(worth), inf), [option]
            elif worth == best:
                tied.append(option)
        return None if best is None else Offer(worth=best, options=tuple(sorted(tied)))

    def soonest(self) -> Offer | None:
        """Find the options whose supporters have the cost together at the earliest moment; None if none has any.

        Cost   a pass over the supporters of the options whose last known moment is not after the earliest one.
        """
        best: Fraction | None = None
        ceiling, tied = inf, list[int]()
        for option in np.argsort(self._bounds, kind="stable").tolist():
            if self._bounds[option] > ceiling or self._bounds[option] == inf:
                break
            cost, supporters = self._costs[option], int(self._ballots.supporters[option])
            counts = self._counts(option)
            held = float(counts @ self._floats)
            error = (len(counts) + 8) * _ROUNDING * (cost + float(counts @ np.abs(self._floats)))
            floor = max((cost - held - error) / supporters * (1 - 4 * _ROUNDING), 0.0)
            if floor > ceiling:
                self._bounds[option] = floor
                continue
            missing = cost * self._denominator - int(sumprod(counts.tolist(), self._values.tolist()))
            moment = Fraction(missing, supporters * self._denominator)
            self._bounds[option] = max(nextafter(float(moment), -inf), 0.0)
            if best is None or moment < best:
                best, ceiling, tied = moment, nextafter(float(moment), inf), [option]
            elif moment == best:
                tied.append(option)
        return None if best is None else Offer(worth=best, options=tuple(sorted(tied)))

    def richest_of(self, option: int) -> Fraction:
        """Return the largest account's value among the option's supporters."""
        return Fraction(self._values[int(np.flatnonzero(self._counts(option))[-1])], self._denominator)

    def buy_with_shares(self, option: int, *, price: Fraction) -> None:
        """Take the price, or all they have if that is less, from each supporter."""
        self._rescale(price.denominator)
        most = price.numerator * (self._denominator // price.denominator)
        counts = self._counts(option)
        values = self._values[counts > 0].tolist()
        self._move(option, counts, [max(value - most, 0) for value in values])

    def buy_with_earnings(self, option: int, *, moment: Fraction) -> None:
        """Take all they have at that moment from each supporter."""
        self._rescale(moment.denominator)
        empty = -moment.numerator * (self._denominator // moment.denominator)
        counts = self._counts(option)
        self._move(option, counts, [empty] * int(np.count_nonzero(counts)))

    def start_earning(self) -> None:
        """Let everything supported and not yet bought back into the race, at moment 0."""
        self._bounds = np.where(self._is_out, inf, 0.0)

    def take_out(self, option: int) -> None:
        """Keep an option from being bought (again)."""
        self._is_out[option] = True
        self._bounds[option] = inf

    def _counts(self, option: int) -> IntArray:
        """Count the option's supporters in each account, shape (accounts,)."""
        if len(self._values) == 1:
            return self._ballots.supporters[option : option + 1]
        ballots = self._ballots.ballots_for(option)
        weights = self._ballots.people[ballots] if self._ballots.is_merged else None
        # Sums of whole numbers below 2⁵³ are exact in floating point, so the cast loses nothing.
        accounts = self._account_of_ballot[ballots]
        return np.bincount(accounts, weights=weights, minlength=len(self._values)).astype(np.int64, copy=False)

    def _price_bound(self, counts: IntArray, cost: int) -> tuple[int, float]:
        """Guess the first account that can pay the full price, and prove a lower bound of the price."""
        held = counts * self._floats
        poor = np.cumsum(held) - held
        rich = np.cumsum(counts[::-1])[::-1]
        prices = (cost - poor) / np.maximum(rich, 1)
        enough = np.flatnonzero((prices <= self._floats) & (rich > 0))
        if not enough.size:  # the supporters are (about) too poor together: the exact sum decides
            return len(counts) - 1, 0.0
        guess = int(enough[0])
        floor = float(prices[guess]) * _MARGIN
        paid = float(counts @ np.minimum(self._floats, floor))
        return guess, floor if paid * (1 + (len(counts) + 8) * _ROUNDING) < cost else 0.0

    def _exact_price(self, counts: IntArray, cost: int, guess: int) -> Fraction | None:
        """Find the price exactly, starting at the guessed account; None if the supporters have too little."""
        numbers: list[int] = counts.tolist()
        values: list[int] = self._values.tolist()
        at = guess
        missing = cost * self._denominator - int(sumprod(numbers[:at], values[:at]))
        payers = sum(numbers[at:])
        while payers == 0:
            at -= 1
            missing += numbers[at] * values[at]
            payers += numbers[at]
        while missing > values[at] * payers:  # too poor for the price, so this account gives all it has
            if payers == numbers[at]:
                return None
            missing -= numbers[at] * values[at]
            payers -= numbers[at]
            at += 1
        while at > 0 and missing < values[at - 1] * payers:  # not poor after all, so it pays the price like the others
            at -= 1
            missing += numbers[at] * values[at]
            payers += numbers[at]
        return Fraction(missing, payers * self._denominator)

    def _rescale(self, denominator: int) -> None:
        common = lcm(self._denominator, denominator)
        if common > self._denominator:
            self._values = self._values * (common // self._denominator)
            self._denominator = common

    def _move(self, option: int, counts: IntArray, values_after: list[int]) -> None:
        """Give the option's supporters other accounts and take it out; the other accounts keep their order.

        values_after   what stands in each account of a supporter, shape (accounts with supporters,)
        """
        changed = np.flatnonzero(counts)
        stays = self._people > counts
        targets = sorted(set(values_after))
        places = [bisect_left(self._values, value) for value in targets]
        is_new = [
            place == len(self._values) or self._values[place] != value
            for place, value in zip(places, targets, strict=True)
        ]
        stays[[place for place, new in zip(places, is_new, strict=True) if not new]] = True
        inserted = [value for value, new in zip(targets, is_new, strict=True) if new]
        inserted_at = np.array([place for place, new in zip(places, is_new, strict=True) if new], dtype=np.int64)

        old = np.arange(len(self._values))
        otherwise = np.cumsum(stays) - 1 + np.searchsorted(inserted_at, old, side="right")
        kept_before = np.concatenate(([0], np.cumsum(stays)))[inserted_at]
        values = np.insert(self._values[stays], kept_before, _whole(inserted))
        place_of_target = {value: bisect_left(values, value) for value in targets}
        supporter = np.zeros(len(self._values), dtype=np.int32)
        supporter[changed] = [place_of_target[value] for value in values_after]

        people = np.zeros(len(values), dtype=np.int64)
        people[otherwise[stays]] = (self._people - counts)[stays]
        np.add.at(people, supporter[changed], counts[changed])
        ballots = self._ballots.ballots_for(option)
        account_of_ballot = otherwise.astype(np.int32)[self._account_of_ballot]
        account_of_ballot[ballots] = supporter[self._account_of_ballot[ballots]]

        floats = np.array([value / self._denominator for value in inserted])  # each correctly rounded
        self._floats = np.insert(self._floats[stays], kept_before, floats)
        self._values = values
        self._people = people
        self._account_of_ballot = account_of_ballot
        self._reduce()
        self.take_out(option)

    def _reduce(self) -> None:
        """Keep the numbers small: divide by what they have in common."""
        shared = self._denominator
        for value in self._values:
            shared = gcd(shared, value)
            if shared == 1:
                return
        self._denominator //= shared
        self._values = self._values // shared


def _whole(numbers: Sequence[int]) -> NDArray[np.object_]:
    """Put whole numbers of any size into an array."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array
