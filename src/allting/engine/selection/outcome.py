"""What a run leaves behind: what was bought, who paid what, which ties were met. Frozen, exact, nothing computed."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from allting.engine.selection.ballots import Ballots, IndexArray
from allting.engine.selection.ties import Tie

VERSION = 1


class Method(StrEnum):
    """How options were chosen."""

    SHARES_THEN_EARNINGS = "equal_shares_then_phragmen"
    SHARES_OF_BUDGET = "equal_shares_add_one"
    EARNINGS = "phragmen"  # the shortlist: nobody has a share at the beginning, everybody earns


class Phase(StrEnum):
    """When an option was bought."""

    SHARES = "shares"  # out of the shares that everybody got at the beginning
    COMPLETION = "completion"  # out of what everybody earned on after that, for the seats still open


@dataclass(frozen=True, slots=True)
class Purchase:
    """One chosen option. Prices are in units of cost (with seats, an option costs 1), exact."""

    seat: int
    option: int
    phase: Phase
    supporters: int  # people who approve it; those among them who had anything left paid
    price: Fraction  # the most that any of them paid; who had less paid all of it
    moment: Fraction  # what each person had earned since the shares phase; 0 in it


@dataclass(frozen=True, slots=True)
class Purse:
    """People who approve the same of the chosen options, and so paid and kept the same."""

    people: int
    paid: tuple[tuple[int, Fraction], ...]  # (option, amount) for each chosen option that they approve, in order bought
    left: Fraction

    @property
    def chosen_count(self) -> int:
        """How many of the chosen options these people approve."""
        return len(self.paid)

    @property
    def spent(self) -> Fraction:
        """What each of them paid in all."""
        return sum((amount for _, amount in self.paid), Fraction())


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The options chosen, and the accounts that prove it."""

    ballots: Ballots
    method: Method
    seed: str
    costs: tuple[int, ...]  # (options,) all 1 when seats are filled
    limit: int  # the seats, or the budget
    endowment: Fraction  # each person's share at the beginning, raises included
    raised_by: int  # by how much Add1 raised everybody's share; 0 when seats are filled
    step: int  # the size of a raise; 0 when seats are filled
    purchases: tuple[Purchase, ...]
    ties: tuple[Tie, ...]
    purses: tuple[Purse, ...]
    purse_of_ballot: IndexArray  # (ballots,)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The chosen options in the order bought."""
        return tuple(purchase.option for purchase in self.purchases)

    @property
    def income(self) -> Fraction:
        """What each person got in all: the share, and what was earned until the last seat was filled."""
        return self.endowment + (self.purchases[-1].moment if self.purchases else 0)

    @property
    def unspent(self) -> int:
        """The seats left open because nobody supports what is left, or the rest of the budget."""
        return self.limit - sum(self.costs[option] for option in self.chosen)

    def chosen_by_shares(self) -> int:
        """Count the options bought out of shares alone, for which the guarantee of equal shares holds."""
        return sum(purchase.phase is Phase.SHARES for purchase in self.purchases)

    def purse_of_person(self, person: int) -> Purse:
        """Return who paid what, from the place of one person; for that person's eyes only."""
        return self.purses[int(self.purse_of_ballot[self.ballots.ballot_of_person[person]])]
