"""Check the certificate of an outcome, with the standard library alone and without the engine that made it.

    python verify.py FILE

The whole rule is done over, in whole numbers: everybody gets the same share; each chosen option is paid by people who
approve it, as evenly as they can; nothing cheaper (later: nothing sooner) was passed over; ties went to more
supporters, then to the draw; nobody who is left could still pay for something. Each payment, price and ballot is
compared, and each difference is named. One thing is left to choosing anew: that Add1 stopped at the right raise.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm
from pathlib import Path
from typing import NoReturn


class Reason(StrEnum):
    """Why a certificate does not hold. Data in brackets; options by name, amounts as fractions."""

    NOT_JSON = "not_json"
    NOT_OURS = "not_ours"  # another format or version
    MALFORMED = "malformed"  # (where) something is missing, twice, of another type or out of range
    NOT_CANONICAL = "not_canonical"  # the same could be written in another way, so a digest would mean nothing
    SEED_CHANGED = "seed_changed"  # not the seed that was committed
    BALLOTS_CHANGED = "ballots_changed"  # (claimed, found) the ballots are not those of the digest
    PEOPLE_MISCOUNTED = "people_miscounted"  # (claimed, found)
    SHARE_WRONG = "share_wrong"  # (claimed, found) not the limit divided by the people, plus the raise
    OVER_LIMIT = "over_limit"  # (limit, found) more seats or money than there is
    SUPPORTERS_MISCOUNTED = "supporters_miscounted"  # (option, claimed, found)
    CANNOT_BE_PAID = "cannot_be_paid"  # (option) its supporters had too little
    PRICE_WRONG = "price_wrong"  # (option, claimed, found) not the even split among its supporters
    MOMENT_WRONG = "moment_wrong"  # (option, claimed, found) not when its supporters had the cost together
    PASSED_OVER = "passed_over"  # (option, bought) the first had to come before the second
    TIE_WRONG = "tie_wrong"  # (seat) not recorded as it was, or broken another way
    STOPPED_EARLY = "stopped_early"  # (option) could still have been bought
    PAID_UNAPPROVED = "paid_unapproved"  # (option, ballot) charged to people who do not approve it
    NOT_CHARGED = "not_charged"  # (option, ballot) approved and chosen, and yet not on the purse
    PURSE_MISCOUNTED = "purse_miscounted"  # (purse, claimed, found) people
    PAYMENT_WRONG = "payment_wrong"  # (option, purse, claimed, found)
    REST_WRONG = "rest_wrong"  # (purse, claimed, found) what was left


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold."""

    reason: Reason
    data: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.reason.value + "".join(f" {name}={value}" for name, value in self.data)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found."""

    faults: tuple[Fault, ...]
    has_ballots: bool  # False: ballots are not published, so neither payments nor prices could be checked

    @property
    def holds(self) -> bool:
        """Whether nothing was found. Says little without ballots."""
        return not self.faults


def verify(text: str) -> Verdict:
    """Check a certificate: every ballot, price, payment and tie.

    text      as published, with its last line break
    Returns   the verdict; never raises for what stands in the text.
    Cost      O(text + chosen · approvals by purse): 10⁶ ballots in some ten seconds, a usual round in milliseconds.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Verdict(faults=(Fault(Reason.NOT_JSON),), has_ballots=False)
    if not isinstance(document, dict) or (document.get("format"), document.get("version")) != ("allting outcome", 1):
        return Verdict(faults=(Fault(Reason.NOT_OURS),), has_ballots=False)
    try:
        claim = _read(document)
        faults = [] if _canonical(document) + "\n" == text else [Fault(Reason.NOT_CANONICAL)]
        faults += _check_frame(claim)
        if claim.ballots is not None:
            faults += _check_ballots(claim)
            replay = _Replay(claim)
            faults += replay.run()
            faults += _check_purses(claim, replay)
    except _Malformed as problem:
        return Verdict(faults=(Fault(Reason.MALFORMED, (("where", problem.where),)),), has_ballots=False)
    return Verdict(faults=tuple(faults), has_ballots=claim.ballots is not None)


@dataclass(frozen=True, slots=True)
class _Bought:
    option: int
    is_by_shares: bool
    supporters: int
    price: Fraction
    moment: Fraction


@dataclass(frozen=True, slots=True)
class _Tied:
    seat: int
    options: tuple[int, ...]
    chosen: int
    decided_by: str


@dataclass(frozen=True, slots=True)
class _Ballot:
    people: int
    listed: tuple[int, ...]
    approved: tuple[int, ...]  # ascending, each once
    purse: int


@dataclass(frozen=True, slots=True)
class _Purse:
    people: int
    paid: dict[int, Fraction]
    left: Fraction


@dataclass(frozen=True, slots=True)
class _Claim:
    """The certificate, with every type and every index checked."""

    has_seats: bool
    has_shares: bool  # False: a shortlist, where everybody begins with nothing and earns
    seed: str
    seed_commitment: str
    names: tuple[str, ...]
    costs: tuple[int, ...]
    people: int
    limit: int
    endowment: Fraction
    raised_by: int
    purchases: tuple[_Bought, ...]
    ties: tuple[_Tied, ...]
    digest: str
    purses: tuple[_Purse, ...]
    ballots: tuple[_Ballot, ...] | None

    def say(self, option: int) -> tuple[str, str]:
        return "option", self.names[option]


class _Replay:
    """The rule done over, on purses: people who approve the same of what was chosen."""

    def __init__(self, claim: _Claim) -> None:
        self._claim = claim
        chosen = [purchase.option for purchase in claim.purchases]
        self.pattern_of_ballot: list[tuple[int, ...]] = []
        number: dict[tuple[int, ...], int] = {}
        people: list[int] = []
        # Per option the people who approve it, by purse.
        self._supporters: list[dict[int, int]] = [{} for _ in claim.names]
        for ballot in claim.ballots or ():
            approved = set(ballot.approved)
            pattern = tuple(option for option in chosen if option in approved)
            self.pattern_of_ballot.append(pattern)
            purse = number.setdefault(pattern, len(number))
            if purse == len(people):
                people.append(0)
            people[purse] += ballot.people
            for option in ballot.approved:
                row = self._supporters[option]
                row[purse] = row.get(purse, 0) + ballot.people
        self.number = number
        self.people = people
        self.unit = claim.endowment.denominator
        self.held = [claim.endowment.numerator] * len(people)  # in 1 / unit, without what is earned
        self.paid: list[dict[int, Fraction]] = [{} for _ in people]
        self._moment = Fraction()
        self._open = {option for option, row in enumerate(self._supporters) if row}

    def run(self) -> list[Fault]:
        claim, faults = self._claim, list[Fault]()
        is_by_shares = True
        for seat, purchase in enumerate(claim.purchases, start=1):
            supporters = sum(self._supporters[purchase.option].values())
            if supporters != purchase.supporters:
                faults.append(
                    _fault(
                        Reason.SUPPORTERS_MISCOUNTED,
                        claim.say(purchase.option),
                        claimed=purchase.supporters,
                        found=supporters,
                    )
                )
            if is_by_shares and not purchase.is_by_shares:
                faults += self._check_nothing_affordable()
                is_by_shares = False
            if purchase.option not in self._open:
                return [*faults, _fault(Reason.CANNOT_BE_PAID, claim.say(purchase.option))]
            buy = self._buy_with_shares if purchase.is_by_shares else self._buy_with_earnings
            found = buy(seat, purchase)
            if found is None:
                return [*faults, _fault(Reason.CANNOT_BE_PAID, claim.say(purchase.option))]
            faults += found
            self._open.discard(purchase.option)
        faults += [_fault(Reason.TIE_WRONG, seat=tie.seat) for tie in claim.ties if tie.seat > len(claim.purchases)]
        return faults + self._check_end(is_by_shares=is_by_shares)

    def left(self, purse: int) -> Fraction:
        return Fraction(self.held[purse], self.unit) + self._moment

    def _buy_with_shares(self, seat: int, purchase: _Bought) -> list[Fault] | None:
        claim, option = self._claim, purchase.option
        price = self._even_price(option)
        if price is None:
            return None
        faults = []
        if price != purchase.price or purchase.moment:
            faults.append(_fault(Reason.PRICE_WRONG, claim.say(option), claimed=purchase.price, found=price))
        self._rescale(price.denominator * claim.costs[option])
        tied = [option]
        for other in sorted(self._open - {option}):
            # What the other's supporters could give at the same price per unit of cost.
            cap = price * claim.costs[other] / claim.costs[option]
            self._rescale(cap.denominator)
            most, cost = int(cap * self.unit), claim.costs[other] * self.unit
            row = self._supporters[other]
            given = sum(count * min(self.held[purse], most) for purse, count in row.items())
            if given < cost:
                continue
            if given > cost or all(self.held[purse] < most for purse in row):
                faults.append(_fault(Reason.PASSED_OVER, claim.say(other), bought=claim.names[option]))
            else:
                tied.append(other)
        faults += self._check_tie(seat, option, tied)
        most = int(price * self.unit)
        for purse in self._supporters[option]:
            payment = min(self.held[purse], most)
            self.paid[purse][option] = Fraction(payment, self.unit)
            self.held[purse] -= payment
        return faults

    def _buy_with_earnings(self, seat: int, purchase: _Bought) -> list[Fault] | None:
        claim, option = self._claim, purchase.option
        moment = self._moment_of(option)
        faults = []
        if moment != purchase.moment:
            faults.append(_fault(Reason.MOMENT_WRONG, claim.say(option), claimed=purchase.moment, found=moment))
        tied = [option]
        for other in sorted(self._open - {option}):
            other_moment = self._moment_of(other)
            if other_moment < moment:
                faults.append(_fault(Reason.PASSED_OVER, claim.say(other), bought=claim.names[option]))
            elif other_moment == moment:
                tied.append(other)
        faults += self._check_tie(seat, option, tied)
        self._rescale(moment.denominator)
        self._moment = max(moment, self._moment)
        earned = int(moment * self.unit)
        highest = Fraction(max(self.held[purse] for purse in self._supporters[option]) + earned, self.unit)
        if highest != purchase.price:
            faults.append(_fault(Reason.PRICE_WRONG, claim.say(option), claimed=purchase.price, found=highest))
        for purse in self._supporters[option]:
            self.paid[purse][option] = Fraction(self.held[purse] + earned, self.unit)
            self.held[purse] = -earned
        return faults

    def _even_price(self, option: int) -> Fraction | None:
        """Split the cost as evenly as the supporters can: the poor give all, the others the same."""
        row = self._supporters[option]
        missing, payers = self._claim.costs[option] * self.unit, sum(row.values())
        for purse in sorted(row, key=self.held.__getitem__):
            if missing <= self.held[purse] * payers:
                return Fraction(missing, payers * self.unit)
            missing -= self.held[purse] * row[purse]
            payers -= row[purse]
        return None

    def _moment_of(self, option: int) -> Fraction:
        row = self._supporters[option]
        missing = self._claim.costs[option] * self.unit - sum(count * self.held[purse] for purse, count in row.items())
        return Fraction(missing, sum(row.values()) * self.unit)

    def _check_tie(self, seat: int, option: int, tied: Sequence[int]) -> list[Fault]:
        claim = self._claim
        recorded = [tie for tie in claim.ties if tie.seat == seat]
        if len(tied) == 1:
            return [_fault(Reason.TIE_WRONG, seat=seat)] if recorded else []
        most = max(sum(self._supporters[one].values()) for one in tied)
        leading = [one for one in tied if sum(self._supporters[one].values()) == most]
        chosen = min(leading, key=lambda one: hashlib.sha256(f"{claim.seed}\n{claim.names[one]}".encode()).hexdigest())
        right = _Tied(
            seat=seat,
            options=tuple(sorted(tied)),
            chosen=chosen,
            decided_by="supporters" if len(leading) == 1 else "seed",
        )
        return [] if recorded == [right] and option == chosen else [_fault(Reason.TIE_WRONG, seat=seat)]

    def _check_nothing_affordable(self) -> list[Fault]:
        claim = self._claim
        return [
            _fault(Reason.STOPPED_EARLY, claim.say(option))
            for option in sorted(self._open)
            if sum(count * self.held[purse] for purse, count in self._supporters[option].items())
            >= claim.costs[option] * self.unit
        ]

    def _check_end(self, *, is_by_shares: bool) -> list[Fault]:
        claim = self._claim
        if not claim.has_seats:
            return self._check_nothing_affordable()
        if len(claim.purchases) < claim.limit:
            return [_fault(Reason.STOPPED_EARLY, claim.say(option)) for option in sorted(self._open)]
        return []

    def _rescale(self, denominator: int) -> None:
        common = lcm(self.unit, denominator)
        factor = common // self.unit
        if factor > 1:
            self.held = [amount * factor for amount in self.held]
            self.unit = common


def _check_frame(claim: _Claim) -> list[Fault]:
    """Check what needs no ballots: the seed, the share, the limit."""
    faults = []
    if hashlib.sha256(claim.seed.encode()).hexdigest() != claim.seed_commitment:
        faults.append(Fault(Reason.SEED_CHANGED))
    share = Fraction(claim.limit, claim.people) + claim.raised_by if claim.has_shares else Fraction()
    if share != claim.endowment:
        faults.append(_fault(Reason.SHARE_WRONG, claimed=claim.endowment, found=share))
    spent = sum(claim.costs[purchase.option] for purchase in claim.purchases)
    if spent > claim.limit:
        faults.append(_fault(Reason.OVER_LIMIT, limit=claim.limit, found=spent))
    return faults


def _check_ballots(claim: _Claim) -> list[Fault]:
    faults = []
    ballots = claim.ballots or ()
    listed = {
        "options": list(claim.names),
        "ballots": [[ballot.people, list(ballot.listed)] for ballot in ballots],
    }
    digest = hashlib.sha256(_canonical(listed).encode()).hexdigest()
    if digest != claim.digest:
        faults.append(_fault(Reason.BALLOTS_CHANGED, claimed=claim.digest, found=digest))
    elif any(one.listed >= other.listed for one, other in pairwise(ballots)) or any(
        ballot.listed != ballot.approved for ballot in ballots
    ):
        faults.append(Fault(Reason.NOT_CANONICAL))
    people = sum(ballot.people for ballot in ballots)
    if people != claim.people:
        faults.append(_fault(Reason.PEOPLE_MISCOUNTED, claimed=claim.people, found=people))
    return faults


def _check_purses(claim: _Claim, replay: _Replay) -> list[Fault]:
    """Compare what each purse says with what the replay found."""
    faults = []
    people = [0] * len(claim.purses)
    right: dict[int, int] = {}
    for at, (ballot, pattern) in enumerate(zip(claim.ballots or (), replay.pattern_of_ballot, strict=True)):
        purse = claim.purses[ballot.purse]
        people[ballot.purse] += ballot.people
        wanted = set(pattern)
        if purse.paid.keys() == wanted:
            right[ballot.purse] = replay.number[pattern]
            continue
        faults += [
            _fault(Reason.PAID_UNAPPROVED, claim.say(option), ballot=at)
            for option in sorted(purse.paid.keys() - wanted)
        ]
        faults += [
            _fault(Reason.NOT_CHARGED, claim.say(option), ballot=at) for option in sorted(wanted - purse.paid.keys())
        ]
    for at, purse in enumerate(claim.purses):
        if purse.people != people[at]:
            faults.append(_fault(Reason.PURSE_MISCOUNTED, purse=at, claimed=purse.people, found=people[at]))
        if at not in right:
            continue
        found = replay.paid[right[at]]
        faults += [
            _fault(
                Reason.PAYMENT_WRONG, claim.say(option), purse=at, claimed=amount, found=found.get(option, Fraction())
            )
            for option, amount in purse.paid.items()
            if amount != found.get(option)
        ]
        left = replay.left(right[at])
        if purse.left != left:
            faults.append(_fault(Reason.REST_WRONG, purse=at, claimed=purse.left, found=left))
    return faults


class _Malformed(Exception):
    """Something is missing, twice, of another type or out of range."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def _read(document: Mapping[str, object]) -> _Claim:
    """Read the certificate, and refuse what cannot be one. Raises _Malformed."""
    options = [_mapping(option, "options") for option in _list(document, "options")]
    names = tuple(_text(option, "name", "options") for option in options)
    if not names or sorted(set(names)) != list(names):
        _refuse("options")
    method = _text(document, "method")
    if method not in ("equal_shares_then_phragmen", "equal_shares_add_one", "phragmen"):
        _refuse("method")
    has_seats, has_shares = method != "equal_shares_add_one", method != "phragmen"
    costs = tuple(_number(option, "cost", "options", least=1) for option in options)
    if has_seats and set(costs) != {1}:
        _refuse("options")
    raised_by = _number(document, "raised_by", least=0)
    step = _number(document, "step", least=0)
    if (has_seats and (raised_by or step)) or (not has_seats and (step < 1 or raised_by % step)):
        _refuse("step")
    purchases = tuple(_read_purchase(row, len(names), has_seats) for row in _list(document, "purchases"))
    if len({purchase.option for purchase in purchases}) < len(purchases):
        _refuse("purchases")
    by_shares = [purchase.is_by_shares for purchase in purchases]
    if by_shares != sorted(by_shares, reverse=True) or (any(by_shares) and not has_shares):
        _refuse("purchases")
    purses, ballots = _read_ballots(document, len(names))
    return _Claim(
        has_seats=has_seats,
        has_shares=has_shares,
        seed=_text(document, "seed"),
        seed_commitment=_text(document, "seed_commitment"),
        names=names,
        costs=costs,
        people=_number(document, "people", least=1),
        limit=_number(document, "limit", least=1),
        endowment=_amount(document.get("endowment"), "endowment"),
        raised_by=raised_by,
        purchases=purchases,
        ties=tuple(_read_tie(row, len(names)) for row in _list(document, "ties")),
        digest=_text(document, "ballots_digest"),
        purses=purses,
        ballots=ballots,
    )


def _read_purchase(row: object, option_count: int, has_seats: bool) -> _Bought:
    purchase = _mapping(row, "purchases")
    phase = _text(purchase, "phase", "purchases")
    if phase not in ("shares", "completion") or (phase == "completion" and not has_seats):
        _refuse("purchases")
    return _Bought(
        option=_number(purchase, "option", "purchases", least=0, below=option_count),
        is_by_shares=phase == "shares",
        supporters=_number(purchase, "supporters", "purchases", least=1),
        price=_amount(purchase.get("price"), "purchases"),
        moment=_amount(purchase.get("moment"), "purchases"),
    )


def _read_tie(row: object, option_count: int) -> _Tied:
    tie = _mapping(row, "ties")
    return _Tied(
        seat=_number(tie, "seat", "ties", least=1),
        options=_indices(tie.get("options"), option_count, "ties"),
        chosen=_number(tie, "chosen", "ties", least=0, below=option_count),
        decided_by=_text(tie, "decided_by", "ties"),
    )


def _read_ballots(
    document: Mapping[str, object], option_count: int
) -> tuple[tuple[_Purse, ...], tuple[_Ballot, ...] | None]:
    if document.get("ballots", 0) is None and document.get("purses", 0) is None:
        return (), None
    purses = []
    for row in _list(document, "purses"):
        purse = _mapping(row, "purses")
        paid: dict[int, Fraction] = {}
        for pair in _list(purse, "paid", "purses"):
            if not isinstance(pair, list) or len(pair) != 2 or not _is_index(pair[0], option_count) or pair[0] in paid:
                _refuse("purses")
            paid[pair[0]] = _amount(pair[1], "purses")
        purses.append(
            _Purse(
                people=_number(purse, "people", "purses", least=1), paid=paid, left=_amount(purse.get("left"), "purses")
            )
        )
    ballots = []
    for row in _list(document, "ballots"):
        if not isinstance(row, list) or len(row) != 3 or not _is_index(row[2], len(purses)):
            _refuse("ballots")
        if type(row[0]) is not int or row[0] < 1:
            _refuse("ballots")
        if not isinstance(row[1], list) or not all(_is_index(option, option_count) for option in row[1]):
            _refuse("ballots")
        # Kept as listed for the digest: a changed ballot is to be called that, also if it is out of order now.
        listed = tuple(row[1])
        ballots.append(_Ballot(people=row[0], listed=listed, approved=tuple(sorted(set(listed))), purse=row[2]))
    return tuple(purses), tuple(ballots)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    return value if isinstance(value, dict) else _refuse(where)


def _list(document: Mapping[str, object], key: str, where: str = "") -> list[object]:
    value = document.get(key)
    return value if isinstance(value, list) else _refuse(where or key)


def _text(document: Mapping[str, object], key: str, where: str = "") -> str:
    value = document.get(key)
    return value if isinstance(value, str) and value else _refuse(where or key)


def _number(document: Mapping[str, object], key: str, where: str = "", *, least: int, below: int | None = None) -> int:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        _refuse(where or key)
    return value if below is None or value < below else _refuse(where or key)


def _amount(value: object, where: str) -> Fraction:
    """Read a fraction that is not negative, written in the one way that is allowed."""
    # Fraction would also read "1e999999999", and not be done this year.
    if not isinstance(value, str) or not re.fullmatch("[0-9]+(/[0-9]+)?", value):
        _refuse(where)
    try:
        amount = Fraction(value)
    except (ValueError, ZeroDivisionError):
        _refuse(where)
    return amount if str(amount) == value else _refuse(where)


def _indices(value: object, count: int, where: str) -> tuple[int, ...]:
    """Read ascending indices below count."""
    if not isinstance(value, list) or not all(_is_index(one, count) for one in value):
        _refuse(where)
    if any(one >= other for one, other in pairwise(value)):
        _refuse(where)
    return tuple(value)


def _is_index(value: object, count: int) -> bool:
    return type(value) is int and 0 <= value < count


def _refuse(where: str) -> NoReturn:
    raise _Malformed(where)


def _fault(reason: Reason, *pairs: tuple[str, str], **data: object) -> Fault:
    return Fault(reason, (*pairs, *((name, str(value)) for name, value in data.items())))


def _canonical(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """Check one file; print each fault. Returns 0 if the certificate holds, 1 if not."""
    verdict = verify(Path(arguments[0]).read_text(encoding="utf-8"))
    for fault in verdict.faults:
        sys.stdout.write(f"{fault}\n")
    if verdict.holds:
        sys.stdout.write("holds\n" if verdict.has_ballots else "holds, without ballots: prices were not checked\n")
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
