"""From what a reading hands over to the arrays that a map is drawn of. Pure: files and numpy, no database.

A reading of the database names the folder of the column files, so that fifty million votes are read where the map is
drawn and not where pages are answered. A reading of an export holds the votes themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allting.engine import columns

type Arrays = dict[str, NDArray[Any]]

NOT_PLACED = -2


def unpack(arrays: Arrays) -> Arrays:
    """Return votes with indices in place of ids, who cast them, and their groups on the last map.

    columns   the folder; without it the votes are there already, and nothing is changed
    aside     actors whose votes stay out         persons   actors with an account
    placed, placed_groups   actors on the last map, ascending, and the number of each one's group
    """
    if "columns" not in arrays:
        return arrays
    rows = read_rows(Path(str(arrays["columns"])), aside=arrays["aside"])
    actor_ids = rows.participant_ids()
    numbered = rows.numbered(statement_ids=arrays["statement_ids"])
    unpacked: Arrays = {
        "participants": numbered.participants,
        "statements": numbered.statements,
        "values": numbered.values,
        "actor_ids": actor_ids.astype(np.int64),
        "is_device": ~np.isin(actor_ids, arrays["persons"]),
    }
    if "placed" in arrays:
        unpacked["previous_groups"] = _groups_of(actor_ids, arrays["placed"], arrays["placed_groups"])
    return {**arrays, **unpacked}


def read_rows(folder: Path, *, aside: NDArray[np.int64]) -> columns.VoteColumns:
    """Open the votes of a folder without those of the people set aside."""
    there = columns.open_columns(folder)
    if not len(aside):
        return there
    stays = ~np.isin(there.participants, aside)
    kept = (there.participants[stays], there.statements[stays], there.values[stays])
    for column in kept:
        column.setflags(write=False)
    return columns.VoteColumns(*kept, mark=there.mark)


def _groups_of(actor_ids: NDArray[np.int32], placed: NDArray[Any], groups: NDArray[Any]) -> NDArray[np.int32]:
    found = np.full(len(actor_ids), NOT_PLACED, dtype=np.int32)
    if len(placed):
        rows = np.minimum(np.searchsorted(placed, actor_ids), len(placed) - 1)
        is_there = placed[rows] == actor_ids
        found[is_there] = groups[rows[is_there]]
    return found
