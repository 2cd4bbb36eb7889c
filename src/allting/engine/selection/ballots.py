"""Approval ballots, checked and packed once in the two orders that every later step reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allting.engine.selection import errors

type IntArray = NDArray[np.int64]
type IndexArray = NDArray[np.int32]

# Merging pays when most ballots have a twin; a sort of a million rows is wasted when hardly any has.
_MERGE_BELOW = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """What everybody approved. Made by `pack_ballots` or `pack_approvals`, never by hand.

    Equal ballots may be stored once with the number of people who cast them (`people`), which changes no result.
    A person who approved nothing is a blank ballot: it counts among the people and holds a share like any other.
    """

    options: tuple[str, ...]  # lasting public names; ties are drawn by them, so that column order cannot matter
    person_count: int
    people: IntArray  # (ballots,) how many cast this ballot, at least 1
    ballot_of_person: IndexArray  # (people,) in the order handed in
    approved: IndexArray  # (approvals,) options, sorted within each ballot
    ballot_starts: IntArray  # (ballots + 1,) where each ballot begins in `approved`
    supporting: IndexArray  # (approvals,) ballots, by option
    option_starts: IntArray  # (options + 1,) where each option begins in `supporting`
    supporters: IntArray  # (options,) people who approve it

    @property
    def is_merged(self) -> bool:
        """Whether some ballot stands for more than one person."""
        return len(self.people) < self.person_count

    def approved_by(self, ballot: int) -> IndexArray:
        """Return the options on this ballot, ascending."""
        return self.approved[self.ballot_starts[ballot] : self.ballot_starts[ballot + 1]]

    def ballots_for(self, option: int) -> IndexArray:
        """Return the ballots that approve this option, ascending."""
        return self.supporting[self.option_starts[option] : self.option_starts[option + 1]]


def pack_ballots(*, approvals: Iterable[Iterable[int]], options: Sequence[str]) -> Ballots:
    """Check and pack one list of approved options per person.

    approvals   for each person the indices of the approved options, in any order; an empty list is a blank ballot
    options     the options' names, shape (options,): lasting, public and different from each other
    Returns     the packed ballots; their arrays cannot be written to.
    Raises      NoBallots, NoOptions, OptionTwice, ApprovalTwice, UnknownOption.
    Cost        O(approvals · log approvals).     Guarantee: the input is not changed.
    """
    ballots = [tuple(ballot) for ballot in approvals]
    lengths = np.fromiter((len(ballot) for ballot in ballots), dtype=np.int64, count=len(ballots))
    columns = np.fromiter(chain.from_iterable(ballots), dtype=np.int64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(ballots)), lengths)
    return pack_approvals(persons=rows, approved=columns, person_count=len(ballots), options=options)


def pack_approvals(*, persons: ArrayLike, approved: ArrayLike, person_count: int, options: Sequence[str]) -> Ballots:
    """Check and pack rows of (person, approved option).

    persons       index of who approves, shape (approvals,), whole numbers from 0 below person_count
    approved      index of the option, shape (approvals,), whole numbers from 0 below the number of options
    person_count  everybody who cast a ballot; those without a row cast a blank one
    options       the options' names, shape (options,): lasting, public and different from each other
    Returns   the packed ballots; their arrays cannot be written to. The order of the rows does not matter.
    Raises    NoBallots, NoOptions, OptionTwice, ApprovalTwice, UnknownOption, UnknownPerson, ColumnsUneven.
    Cost      O(approvals) if the rows come sorted by person and option, else O(approvals · log approvals);
              8 bytes an approval and 20 a person remain.
    Guarantee the input is not changed.
    """
    who, what = np.asarray(persons, dtype=np.int64), np.asarray(approved, dtype=np.int64)
    if len(who) != len(what):
        raise errors.ColumnsUneven(expected=len(who), got=len(what))
    if person_count < 1:
        raise errors.NoBallots
    if not options:
        raise errors.NoOptions
    if (twin := _first_twin(options)) is not None:
        raise errors.OptionTwice(name=twin)
    option_count = len(options)
    if (odd := np.flatnonzero((what < 0) | (what >= option_count))).size:
        raise errors.UnknownOption(option=int(what[odd[0]]), count=option_count)
    if (odd := np.flatnonzero((who < 0) | (who >= person_count))).size:
        raise errors.UnknownPerson(person=int(who[odd[0]]), count=person_count)

    pair = who * option_count + what
    if not bool((pair[1:] > pair[:-1]).all()):
        pair = np.sort(pair)
        if (again := np.flatnonzero(pair[1:] == pair[:-1])).size:
            person, option = divmod(int(pair[again[0]]), option_count)
            raise errors.ApprovalTwice(person=person, option=option)
        who, what = np.divmod(pair, option_count)

    return _merged(
        approved=what.astype(np.int32),
        starts=_starts(who, count=person_count),
        options=tuple(options),
    )


def _merged(*, approved: IndexArray, starts: IntArray, options: tuple[str, ...]) -> Ballots:
    """Store equal ballots once if that saves a good part of them."""
    person_count = len(starts) - 1
    first, ballot_of_person = _equal_rows(approved, starts)
    if len(first) > _MERGE_BELOW * person_count:
        first, ballot_of_person = np.arange(person_count), np.arange(person_count)
    else:
        lengths = np.diff(starts)[first]
        merged_starts = np.concatenate(([0], np.cumsum(lengths)))
        rows = np.arange(merged_starts[-1]) + np.repeat(starts[first] - merged_starts[:-1], lengths)
        approved, starts = approved[rows], merged_starts

    people = np.bincount(ballot_of_person, minlength=len(first)).astype(np.int64)
    ballot_of_approval = np.repeat(np.arange(len(first), dtype=np.int32), np.diff(starts))
    # A stable sort of 16-bit numbers is a radix sort: ten times faster than of wider ones.
    narrow = approved.astype(np.uint16) if len(options) <= 1 << 16 else approved
    order = np.argsort(narrow, kind="stable")
    ballots = Ballots(
        options=options,
        person_count=person_count,
        people=people,
        ballot_of_person=ballot_of_person.astype(np.int32),
        approved=approved,
        ballot_starts=starts,
        supporting=ballot_of_approval[order],
        option_starts=_starts(approved, count=len(options)),
        supporters=np.bincount(approved, weights=people[ballot_of_approval], minlength=len(options)).astype(np.int64),
    )
    for array in (
        people,
        ballots.ballot_of_person,
        ballots.approved,
        starts,
        ballots.supporting,
        ballots.option_starts,
        ballots.supporters,
    ):
        array.setflags(write=False)
    return ballots


def _equal_rows(approved: IndexArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """Find equal ballots: the first person of each distinct one, and the distinct one of each person.

    Rows are matched by a sum of scrambled option numbers and then compared in full; should two different rows ever
    share a sum, nobody is merged.
    """
    person_count = len(starts) - 1
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(_scrambled(approved), dtype=np.uint64)))
    _, first, ballot_of_person = np.unique(sums[starts[1:]] - sums[starts[:-1]], return_index=True, return_inverse=True)
    alone = np.arange(person_count)
    if len(first) > _MERGE_BELOW * person_count:
        return alone, alone
    lengths = np.diff(starts)
    twin = first[ballot_of_person]
    if not np.array_equal(lengths, lengths[twin]):
        return alone, alone
    rows = np.arange(len(approved)) + np.repeat(starts[twin] - starts[:-1], lengths)
    if not np.array_equal(approved, approved[rows]):
        return alone, alone
    return cast("IntArray", first), cast("IntArray", ballot_of_person)


def _scrambled(numbers: IndexArray) -> NDArray[np.uint64]:
    """Scramble numbers to 64 bits (splitmix64), looked up in a table of the few different ones."""
    mixed = np.arange(int(numbers.max(initial=0)) + 1, dtype=np.uint64) + np.uint64(1)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return cast("NDArray[np.uint64]", (mixed ^ (mixed >> np.uint64(31)))[numbers])


def _first_twin(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _starts(indices: NDArray[np.int64] | IndexArray, *, count: int) -> IntArray:
    return np.concatenate(([0], np.cumsum(np.bincount(indices, minlength=count)))).astype(np.int64)
