"""The slow, plain twin: the same rules over lists of people and fractions, as one would do them on paper."""

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction

type Votes = Sequence[Sequence[int]]


def shares(votes: Votes, *, costs: Sequence[int], endowment: Fraction, most: int, lot: Callable[[int], str]):
    """Buy with equal shares; return what was bought, in order, and what everybody has left."""
    money = [endowment] * len(votes)
    bought: list[int] = []
    payments: list[dict[int, Fraction]] = [{} for _ in votes]
    while len(bought) < most:
        offers = []
        for option, cost in enumerate(costs):
            voters = [person for person, ballot in enumerate(votes) if option in ballot]
            if option in bought or not voters or sum(money[person] for person in voters) < cost:
                continue
            poor: set[int] = set()
            while True:  # the poor give all, the others split the rest; whoever cannot is poor too
                price = (cost - sum(money[person] for person in poor)) / Fraction(len(voters) - len(poor))
                more = {person for person in voters if person not in poor and money[person] < price}
                if not more:
                    break
                poor |= more
            offers.append((price / cost, -len(voters), lot(option), option, price, voters))
        if not offers:
            break
        *_, option, price, voters = min(offers)
        for person in voters:
            payments[person][option] = min(price, money[person])
            money[person] -= payments[person][option]
        bought.append(option)
    return bought, money, payments


def earnings(votes: Votes, *, option_count: int, bought: Sequence[int], money, most: int, lot: Callable[[int], str]):
    """Fill the open seats by Phragmén; return everything bought and the payments of this phase."""
    bought, money, now = list(bought), list(money), Fraction()
    payments: list[dict[int, Fraction]] = [{} for _ in votes]
    while len(bought) < most:
        offers = []
        for option in range(option_count):
            voters = [person for person, ballot in enumerate(votes) if option in ballot]
            if option in bought or not voters:
                continue
            wait = (1 - sum(money[person] for person in voters)) / Fraction(len(voters))
            offers.append((now + wait, -len(voters), lot(option), option, voters))
        if not offers:
            break
        moment, *_, option, voters = min(offers)
        money = [amount + moment - now for amount in money]
        now = moment
        for person in voters:
            payments[person][option] = money[person]
            money[person] = Fraction()
        bought.append(option)
    return bought, money, payments


def equal_shares(votes: Votes, *, names: Sequence[str], seats: int, seed: str):
    """Return what is chosen, in order, everybody's payments and what they have left."""
    lot = lots(names, seed)
    costs = [1] * len(names)
    bought, money, first = shares(votes, costs=costs, endowment=Fraction(seats, len(votes)), most=seats, lot=lot)
    bought, money, second = earnings(votes, option_count=len(names), bought=bought, money=money, most=seats, lot=lot)
    return bought, [one | other for one, other in zip(first, second, strict=True)], money


def equal_shares_of_budget(votes: Votes, *, names: Sequence[str], costs: Sequence[int], budget: int, seed: str):
    """Return what is chosen, in order, and the raise."""
    kept, raised = None, 0
    while True:
        bought, _, _ = shares(
            votes,
            costs=costs,
            endowment=Fraction(budget, len(votes)) + raised,
            most=len(costs),
            lot=lots(names, seed),
        )
        spent = sum(costs[option] for option in bought)
        if spent > budget:
            return kept
        kept = bought, raised
        supported = {option for ballot in votes for option in ballot} - set(bought)
        if not any(costs[option] <= budget - spent for option in supported):
            return kept
        raised += 1


def phragmen(votes: Votes, *, names: Sequence[str], length: int, seed: str) -> list[int]:
    """Return the order."""
    money = [Fraction()] * len(votes)
    return earnings(votes, option_count=len(names), bought=[], money=money, most=length, lot=lots(names, seed))[0]


def lots(names: Sequence[str], seed: str) -> Callable[[int], str]:
    """Draw for each option."""
    return lambda option: hashlib.sha256(f"{seed}\n{names[option]}".encode()).hexdigest()
