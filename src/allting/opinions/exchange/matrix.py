"""The matrix of a Polis export: a line a person, a column a statement, in an order that means nothing.

Votes lie in files and are looked at a run of people at a time, as arrays: a million people with a thousand statements
are a billion cells, most of them empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Ids = NDArray[np.int64]

# Cells that are looked at together: some megabytes of text.
_CELLS_AT_ONCE = 2_000_000
_EMPTY = 3
# What a cell looks like: disagree, pass, agree and empty, each with the comma in front; a zero is nothing.
_TEXTS = np.array([list(text) for text in (b",-1", b",0\0", b",1\0", b",\0\0")], dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Everybody's votes, a person's one after the other.

    starts       where each person's votes begin, and where the last one's end, shape (people + 1,)
    voted_on, values   ids of statements, and 1, 0, -1, shape (votes,)
    statements   ids, ascending, of all that are voted on        numbers   of the statements, in the same order
    """

    starts: Ids
    voted_on: NDArray[np.integer[Any]]
    values: NDArray[np.int8]
    statements: Ids
    numbers: Ids

    def count_people(self) -> int:
        return len(self.starts) - 1

    def count_answers(self) -> tuple[dict[int, int], dict[int, int]]:
        """Count agrees and disagrees by the statements' numbers."""
        found = np.zeros((2, len(self.statements)), dtype=np.int64)
        for begin in range(0, len(self.values), _CELLS_AT_ONCE):
            rows = slice(begin, begin + _CELLS_AT_ONCE)
            what, values = np.searchsorted(self.statements, self.voted_on[rows]), self.values[rows]
            for counts, value in zip(found, (1, -1), strict=True):
                counts += np.bincount(what[values == value], minlength=len(counts))
        agrees, disagrees = (dict(zip(self.numbers.tolist(), counts.tolist(), strict=True)) for counts in found)
        return agrees, disagrees

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of some people at a time: number, votes, agrees, disagrees, and a cell a statement.

        People get their numbers by a lot that is drawn anew each time; statements come in the order of theirs.
        """
        order = np.random.default_rng(SystemRandom().getrandbits(128)).permutation(self.count_people())
        column_of = np.argsort(np.argsort(self.numbers))
        at_once = max(1, _CELLS_AT_ONCE // max(1, len(self.numbers)))
        for first in range(0, len(order), at_once):
            some = order[first : first + at_once]
            counts = self.starts[some + 1] - self.starts[some]
            people = np.repeat(np.arange(len(some)), counts)
            # Where each one's rows begin, and how far from there.
            rows = np.arange(len(people)) + np.repeat(self.starts[some] - np.cumsum(counts) + counts, counts)
            columns = column_of[np.searchsorted(self.statements, self.voted_on[rows])]
            cells = np.full((len(some), len(self.numbers)), _EMPTY, dtype=np.uint8)
            cells[people, columns] = self.values[rows] + 1
            yield _lines_of(cells, first=first)


def _lines_of(cells: NDArray[np.uint8], *, first: int) -> bytes:
    texts = _TEXTS[cells].reshape(len(cells), -1)
    is_text = texts != 0
    ends = np.cumsum(np.count_nonzero(is_text, axis=1)).tolist()
    text = texts[is_text].tobytes()
    told = (np.count_nonzero(it, axis=1).tolist() for it in (cells != _EMPTY, cells == 2, cells == 0))
    lines = []
    begin = 0
    for person, (end, *counts) in enumerate(zip(ends, *told, strict=True), start=first):
        lines.append(",".join(map(str, (person, *counts))).encode() + text[begin:end] + b"\r\n")
        begin = end
    return b"".join(lines)
