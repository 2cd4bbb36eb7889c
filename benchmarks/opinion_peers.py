"""Peers of the map in environments of their own: what they find in the same votes, or why they are not here."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion import Votes

SCRIPT = Path(__file__).with_name("red_dwarf_peer.py")
# It makes a table of all participants by all statements: 5 GB for a hundred thousand by a thousand.
MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What a peer found: the group of each participant, -1 for none, and what it cost without reading the votes."""

    labels: NDArray[np.int32]
    k: int
    seconds: float
    cpu_seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Absent:
    """Why a peer says nothing."""

    why: str


def group_by_red_dwarf(several: Sequence[Votes]) -> list[Grouping] | Absent:
    """Let red-dwarf group several sets of votes, in one process; the memory of all but the first is that of the first.

    It is fetched by `uv run --script`, once; without uv or without a network it is absent.
    """
    largest = max(votes.participant_count * votes.statement_count for votes in several)
    if largest > MOST_CELLS:
        return Absent(f"not asked: {largest:,} cells, of which it makes a table")
    if (uv := shutil.which("uv")) is None:
        return Absent("uv is not installed, which fetches it")
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(Path(folder) / f"votes-{it}.npz", Path(folder) / f"groups-{it}.npz") for it in range(len(several))]
        for votes, (asked, _) in zip(several, pairs, strict=True):
            np.savez(
                asked,
                participants=votes.participants,
                statements=votes.statements,
                values=votes.values,
                excluded=np.flatnonzero(votes.is_excluded),
                participant_count=votes.participant_count,
            )
        command = [uv, "run", "--quiet", "--no-project", "--python", sys.executable, "--script", str(SCRIPT)]
        done = subprocess.run(
            [*command, *(str(path) for pair in pairs for path in pair)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            return Absent(f"it ended with {done.returncode}: {last[:200]}")
        return [_read(answer) for _, answer in pairs]


def _read(path: Path) -> Grouping:
    with np.load(path) as file:
        return Grouping(
            labels=file["labels"],
            k=int(file["k"]),
            seconds=float(file["seconds"]),
            cpu_seconds=float(file["cpu_seconds"]),
            memory_mb=float(file["memory_mb"]),
        )
