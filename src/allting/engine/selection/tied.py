"""Every outcome that ties allow: what any seed could have given. For checks and small rounds."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

from allting.engine.selection import errors
from allting.engine.selection.ballots import Ballots
from allting.engine.selection.market import Market, Offer

type Outcomes = frozenset[frozenset[int]]
type _Place = tuple[Market, frozenset[int], bool]

# Beyond this the tie itself is the news, and a list of outcomes helps nobody.
MOST_OUTCOMES = 10_000


def tied_by_equal_shares(ballots: Ballots, *, seats: int, limit: int = MOST_OUTCOMES) -> Outcomes:
    """Return every set that `equal_shares` could choose if ties were broken in any way (also against supporters).

    Seats that stay open are filled in every way with options that nobody supports, as textbooks do.

    Raises    SeatsTooFew, TooManyTies (more than `limit` sets, or that many places to go on from at a time).
    Cost      a run per way through the ties; ways that meet in the same state are followed once.
    """
    market = Market(ballots, costs=(1,) * len(ballots.options), endowment=Fraction(seats, ballots.person_count))
    return _explore(ballots, market, seats=seats, is_earning=False, limit=limit)


def tied_by_phragmen(ballots: Ballots, *, seats: int, limit: int = MOST_OUTCOMES) -> Outcomes:
    """Return every set that the first `seats` of `rank_by_phragmen` could be. As `tied_by_equal_shares`."""
    market = Market(ballots, costs=(1,) * len(ballots.options), endowment=Fraction())
    return _explore(ballots, market, seats=seats, is_earning=True, limit=limit)


def tied_by_approval(ballots: Ballots, *, seats: int, limit: int = MOST_OUTCOMES) -> Outcomes:
    """Return every set of options with the most supporters. As `tied_by_equal_shares`."""
    _check(seats)
    order = sorted(range(len(ballots.options)), key=lambda option: -int(ballots.supporters[option]))
    edge = int(ballots.supporters[order[min(seats, len(order)) - 1]])
    safe = frozenset(option for option in order if int(ballots.supporters[option]) > edge)
    tied = [option for option in order if int(ballots.supporters[option]) == edge]
    return _filled({safe}, tied, seats=seats, limit=limit)


def _explore(ballots: Ballots, market: Market, *, seats: int, is_earning: bool, limit: int) -> Outcomes:
    """Go every way from the beginning, a purchase at a time, all ways abreast."""
    _check(seats)
    unsupported = [option for option, count in enumerate(ballots.supporters.tolist()) if not count]
    places: dict[object, _Place] = {0: (market, frozenset(), is_earning)}
    outcomes: set[frozenset[int]] = set()
    while places:
        onward: dict[object, _Place] = {}
        for market, chosen, is_earning in places.values():
            offer, buy, is_earning_now = _next(market, is_earning=is_earning)
            if offer is None or len(chosen) == seats:
                outcomes |= _filled({chosen}, unsupported, seats=seats, limit=limit)
                continue
            for option in offer.options:
                branch = market.copy()
                buy(branch, option, offer.worth)
                onward[branch.state(), is_earning_now] = branch, chosen | {option}, is_earning_now
        places = onward
        if len(places) > limit or len(outcomes) > limit:
            raise errors.TooManyTies(limit=limit)
    return frozenset(outcomes)


def _next(market: Market, *, is_earning: bool) -> tuple[Offer | None, Callable[[Market, int, Fraction], None], bool]:
    if not is_earning:
        if offer := market.cheapest():
            return offer, lambda branch, option, worth: branch.buy_with_shares(option, price=worth), False
        market.start_earning()
    return market.soonest(), lambda branch, option, worth: branch.buy_with_earnings(option, moment=worth), True


def _filled(chosen: set[frozenset[int]], others: list[int], *, seats: int, limit: int) -> Outcomes:
    filled: set[frozenset[int]] = set()
    for one in chosen:
        for more in combinations(others, min(seats - len(one), len(others))):
            filled.add(one | frozenset(more))
            if len(filled) > limit:
                raise errors.TooManyTies(limit=limit)
    return frozenset(filled)


def _check(seats: int) -> None:
    if seats < 1:
        raise errors.SeatsTooFew(seats=seats)
