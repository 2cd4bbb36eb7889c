"""What the last map knows of statements, packed to be stored, and the choice of what to put before somebody next.

Pure. Besides `analysis` the only file of this room that reaches the engine, and of the engine only `asking`, which
needs numpy alone: choosing is a few small products, done in the request, where nothing heavy may be loaded.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine import asking as engine
from allting.engine.asking import Chosen, Knowledge, Side, Why

__all__ = ["Chosen", "Known", "Why", "choose", "pack", "unpack"]

type IntArray = NDArray[np.int64]

_SIDES = ("agreeing", "passing")


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the last map knows, with the ids of its statements, ascending: row by row as in `knowledge`."""

    statements: IntArray
    knowledge: Knowledge

    def rows_of(self, ids: IntArray) -> IntArray:
        """Return the row of each statement; those that came since the map have rows of their own after the last."""
        rows = np.searchsorted(self.statements, ids)
        is_new = np.append(self.statements, -1)[rows] != ids
        rows[is_new] = len(self.statements) + np.arange(np.count_nonzero(is_new))
        return rows


def pack(knowledge: Knowledge, *, rows: IntArray) -> bytes:
    """Return what is known of these statements as a small file. About statements alone: nobody can be told from it.

    In single precision: the choice between two statements that tell alike does not matter.
    """
    arrays: dict[str, NDArray[Any]] = {"is_known": knowledge.is_known[rows]}
    for name in _SIDES:
        side: Side = getattr(knowledge, name)
        arrays[f"{name}_means"] = side.means[rows].astype(np.float32)
        arrays[f"{name}_covariances"] = side.covariances[rows].astype(np.float32)
        arrays[f"{name}_tendency"] = np.array(side.tendency_precision)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def unpack(data: bytes, *, statements: Sequence[int]) -> Known:
    """Return what `pack` kept, of the statements with these ids."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        sides = {
            name: Side(
                means=arrays[f"{name}_means"].astype(np.float64),
                covariances=arrays[f"{name}_covariances"].astype(np.float64),
                tendency_precision=float(arrays[f"{name}_tendency"]),
            )
            for name in _SIDES
        }
        knowledge = Knowledge(**sides, is_known=arrays["is_known"])
    return Known(statements=np.array(statements, dtype=np.int64), knowledge=knowledge)


def choose(
    statements: Sequence[int],
    *,
    views: Sequence[int],
    known: Known | None,
    own: Collection[tuple[int, int]],
    lot: Random,
) -> Chosen | None:
    """Choose one of these statements, by their ids, and say why; None where there is none.

    statements, views   what may be shown, and how often each was shown to anybody
    known    of the last map; None where there is none: then fewest views first
    own      what the person answered: statement and 1 agree, 0 pass, -1 disagree
    """
    ids = np.array(statements, dtype=np.int64)
    answered = np.array(list(own), dtype=np.int64).reshape(-1, 2)
    rows = np.arange(len(ids)) if known is None else known.rows_of(ids)
    own_rows = answered[:, 0] if known is None else known.rows_of(answered[:, 0])
    views_by_row = np.zeros(rows.max(initial=-1) + 1, dtype=np.int64)
    views_by_row[rows] = views
    chosen = engine.choose_statement(
        knowledge=None if known is None else known.knowledge,
        own_statements=own_rows,
        own_votes=answered[:, 1],
        candidates=np.sort(rows),
        views=views_by_row,
        lots=(lot.random(), lot.random()),
    )
    if chosen is None:
        return None
    (place,) = np.flatnonzero(rows == chosen.statement)
    return Chosen(statement=int(ids[place]), why=chosen.why, score=chosen.score)
