"""The Method of Equal Shares, exact: for a number of seats, and for a budget with costs."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from allting.engine.progress import Progress, Silence
from allting.engine.selection import errors
from allting.engine.selection.ballots import Ballots, IndexArray
from allting.engine.selection.market import Market
from allting.engine.selection.outcome import Method, Phase, Purchase, Purse, Selection
from allting.engine.selection.ties import Tie, break_tie


def equal_shares(ballots: Ballots, *, seats: int, seed: str) -> Selection:
    """Choose options for a number of seats so that every group decides over its share of them.

    Everybody gets seats / people. An option costs 1 and is bought by its own supporters, who split the cost as evenly
    as they can; the one with the smallest payment comes first. When nothing left can be paid, everybody earns on at
    the same speed and an option is bought as soon as its supporters have 1 together (sequential Phragmén), until the
    seats are filled or nothing is left that anybody supports: then seats stay open (`unspent`).

    seats     at least 1                   seed    committed before voting; any text but an empty one
    Returns   the options in the order bought, with who paid what (exact fractions) and every tie met.
    Raises    SeatsTooFew, NoSeed.         Ties: more supporters, then `draw`; recorded in `ties`.
    Cost      O(approvals) for a seat at worst, much less as a rule: prices only rise, so most options are not looked
              at again. 10⁶ ballots of about ten approvals, 500 options, nine seats: about 0.4 s.
    Guarantee exact: no decision rests on rounding. EJR+ for what is bought out of shares, priceable throughout.
    Source    Peters and Skowron 2020, EC, "Proportionality and the Limits of Welfarism"; completion: Brill, Freeman,
              Janson, Lackner 2017, AAAI, "Phragmén's Voting Methods and Justified Representation".
    """
    if seats < 1:
        raise errors.SeatsTooFew(seats=seats)
    if not seed:
        raise errors.NoSeed
    costs = (1,) * len(ballots.options)
    endowment = Fraction(seats, ballots.person_count)
    market = Market(ballots, costs=costs, endowment=endowment)
    run = _Run(ballots, seed=seed)
    run.buy_with_shares(market, costs=costs, most=seats)
    if len(run.purchases) < seats:
        market.start_earning()
        run.buy_with_earnings(market, most=seats)
    return run.selection(
        method=Method.SHARES_THEN_EARNINGS, costs=costs, limit=seats, endowment=endowment, raised_by=0, step=0
    )


def equal_shares_of_budget(
    ballots: Ballots,
    *,
    costs: Sequence[int],
    budget: int,
    seed: str,
    step: int = 1,
    progress: Progress | None = None,
) -> Selection:
    """Choose affordable options so that every group decides over its share of the money.

    Everybody gets budget / people; an option counts for its cost, so the one with the smallest payment per unit of
    its cost is bought first. Then everybody's share is raised by `step` and all is done anew, until the next raise
    would overspend or nothing supported fits into the rest ("Add1", as cities use it).

    costs     whole currency units, shape (options,), all from 1 to the budget       budget   same unit, at least 1
    step      how much a share is raised at a time, same unit; 1 unless the unit is smaller than the currency's
    Returns   the options in the order bought, with who paid what (exact fractions), every tie met, the unspent rest.
    Raises    BudgetTooSmall, CostTooSmall, CostAboveBudget, ColumnsUneven, NoSeed.
    Ties      more supporters, then `draw`; recorded in `ties`.
    Cost      a run per raise; at most the sum of the costs / step of them, far fewer as a rule. Progress: raises.
    Guarantee exact: no decision rests on rounding. Never over budget. EJR for utility equal to cost up to one option.
    Source    Peters, Pierczyński, Skowron 2021, NeurIPS, "Proportional Participatory Budgeting with Additive
              Utilities".
    """
    check_money(ballots, costs=costs, budget=budget, step=step)
    if not seed:
        raise errors.NoSeed
    listener = progress or Silence()
    prices = tuple(int(cost) for cost in costs)
    # Who has the sum of all costs can pay alone for everything on the ballot, so by then nothing supported is left.
    most_raises = -(-sum(prices) // step)
    kept: tuple[_Run, Fraction, int] | None = None
    for raises in range(most_raises + 1):
        endowment = Fraction(budget, ballots.person_count) + raises * step
        run = _Run(ballots, seed=seed)
        run.buy_with_shares(Market(ballots, costs=prices, endowment=endowment), costs=prices, most=len(prices))
        spent = sum(prices[purchase.option] for purchase in run.purchases)
        if spent > budget:
            break
        kept = run, endowment, raises * step
        bought = {purchase.option for purchase in run.purchases}
        rest = [cost for option, cost in enumerate(prices) if ballots.supporters[option] and option not in bought]
        if not rest or min(rest) > budget - spent:
            break
        if raises % 50 == 0:
            listener.reached(step="raising", done=raises, total=most_raises)
    assert kept  # the first run spends shares of the budget, so it cannot overspend
    run, endowment, raised_by = kept
    return run.selection(
        method=Method.SHARES_OF_BUDGET, costs=prices, limit=budget, endowment=endowment, raised_by=raised_by, step=step
    )


def phragmen(ballots: Ballots, *, seats: int, seed: str) -> Selection:
    """Choose options by Phragmén's sequential rule alone: the same order as `rank_by_phragmen`, with its accounts.

    For a shortlist: every beginning of the order is proportional, so the length decides nothing else.

    seats     how many go on, at least 1; fewer come back if fewer have a supporter
    Returns, raises, ties, source   as `equal_shares`; everybody begins with nothing, so all is bought in completion.
    Cost      O(approvals) for a seat at worst, much less as a rule.       Guarantee: exact; PJR and priceable.
    """
    if seats < 1:
        raise errors.SeatsTooFew(seats=seats)
    if not seed:
        raise errors.NoSeed
    costs = (1,) * len(ballots.options)
    run = _Run(ballots, seed=seed)
    run.buy_with_earnings(Market(ballots, costs=costs, endowment=Fraction()), most=seats)
    return run.selection(method=Method.EARNINGS, costs=costs, limit=seats, endowment=Fraction(), raised_by=0, step=0)


class _Run:
    """One run's purchases and ties so far."""

    def __init__(self, ballots: Ballots, *, seed: str) -> None:
        self._ballots = ballots
        self._seed = seed
        self.purchases: list[Purchase] = []
        self.ties: list[Tie] = []

    def buy_with_shares(self, market: Market, *, costs: Sequence[int], most: int) -> None:
        while len(self.purchases) < most and (offer := market.cheapest()):
            option = self._pick(offer.options)
            price = offer.worth * costs[option]
            market.buy_with_shares(option, price=price)
            self._note(option, phase=Phase.SHARES, price=price, moment=Fraction())

    def buy_with_earnings(self, market: Market, *, most: int) -> None:
        while len(self.purchases) < most and (offer := market.soonest()):
            option = self._pick(offer.options)
            price = market.richest_of(option) + offer.worth
            market.buy_with_earnings(option, moment=offer.worth)
            self._note(option, phase=Phase.COMPLETION, price=price, moment=offer.worth)

    def selection(
        self, *, method: Method, costs: tuple[int, ...], limit: int, endowment: Fraction, raised_by: int, step: int
    ) -> Selection:
        purses, purse_of_ballot = _fill_purses(self._ballots, purchases=self.purchases, endowment=endowment)
        return Selection(
            ballots=self._ballots,
            method=method,
            seed=self._seed,
            costs=costs,
            limit=limit,
            endowment=endowment,
            raised_by=raised_by,
            step=step,
            purchases=tuple(self.purchases),
            ties=tuple(self.ties),
            purses=purses,
            purse_of_ballot=purse_of_ballot,
        )

    def _pick(self, options: tuple[int, ...]) -> int:
        if len(options) == 1:
            return options[0]
        tie = break_tie(self._ballots, options=options, seat=len(self.purchases) + 1, seed=self._seed)
        self.ties.append(tie)
        return tie.chosen

    def _note(self, option: int, *, phase: Phase, price: Fraction, moment: Fraction) -> None:
        self.purchases.append(
            Purchase(
                seat=len(self.purchases) + 1,
                option=option,
                phase=phase,
                supporters=int(self._ballots.supporters[option]),
                price=price,
                moment=moment,
            )
        )


def _fill_purses(
    ballots: Ballots, *, purchases: Sequence[Purchase], endowment: Fraction
) -> tuple[tuple[Purse, ...], IndexArray]:
    """Group ballots by the chosen options on them, and replay what each group paid, in whole numbers.

    A purse's payments follow from the prices alone: the price, or all that was left.
    """
    purse_of_ballot, patterns = _chosen_patterns(ballots, [purchase.option for purchase in purchases])
    people = np.bincount(purse_of_ballot, weights=ballots.people, minlength=len(patterns)).astype(np.int64).tolist()
    unit = lcm(
        endowment.denominator, *(p.price.denominator for p in purchases), *(p.moment.denominator for p in purchases)
    )
    start = endowment.numerator * (unit // endowment.denominator)
    prices = [purchase.price.numerator * (unit // purchase.price.denominator) for purchase in purchases]
    moments = [purchase.moment.numerator * (unit // purchase.moment.denominator) for purchase in purchases]

    # Most payments are a full price or nothing, and reducing a fraction is what costs.
    fractions = {price: Fraction(price, unit) for price in prices}

    def as_fraction(amount: int) -> Fraction:
        if amount not in fractions:
            fractions[amount] = Fraction(amount, unit)
        return fractions[amount]

    income = start + (moments[-1] if moments else 0)
    purses = []
    for count, pattern in zip(people, patterns, strict=True):
        spent, paid = 0, []
        for place in pattern:
            payment = min(prices[place], start + moments[place] - spent)
            spent += payment
            paid.append((purchases[place].option, as_fraction(payment)))
        purses.append(Purse(people=count, paid=tuple(paid), left=as_fraction(income - spent)))
    return tuple(purses), purse_of_ballot


def _chosen_patterns(ballots: Ballots, chosen: Sequence[int]) -> tuple[IndexArray, list[list[int]]]:
    """Number the different sets of chosen options on ballots: the number of each ballot, the places in each set.

    Numbered by their first chosen option, then the second, and so on, so that the numbers depend on nothing else.
    """
    number_of_ballot = np.zeros(len(ballots.people), dtype=np.int64)
    patterns: list[list[int]] = [[]]
    for place, option in enumerate(chosen):
        # With the option 2n + 1, without it 2n: then only the numbers in use are kept.
        doubled = number_of_ballot * 2
        doubled[ballots.ballots_for(option)] += 1
        is_used = np.bincount(doubled, minlength=2 * len(patterns)) > 0
        renumbered = np.cumsum(is_used) - 1
        number_of_ballot = renumbered[doubled]
        patterns = [
            [*patterns[code // 2], place] if code % 2 else patterns[code // 2]
            for code in np.flatnonzero(is_used).tolist()
        ]
    purse_of_ballot = number_of_ballot.astype(np.int32)
    purse_of_ballot.setflags(write=False)
    return purse_of_ballot, patterns


def check_money(ballots: Ballots, *, costs: Sequence[int], budget: int, step: int = 1) -> None:
    """Refuse costs that cannot be meant. Raises BudgetTooSmall, CostTooSmall, CostAboveBudget, ColumnsUneven."""
    if budget < 1 or step < 1:
        raise errors.BudgetTooSmall(budget=min(budget, step))
    if len(costs) != len(ballots.options):
        raise errors.ColumnsUneven(expected=len(ballots.options), got=len(costs))
    for option, cost in enumerate(costs):
        if cost < 1:
            raise errors.CostTooSmall(option=option, cost=int(cost))
        if cost > budget:
            raise errors.CostAboveBudget(option=option, cost=int(cost), budget=budget)
