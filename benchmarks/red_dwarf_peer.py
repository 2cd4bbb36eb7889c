# /// script
# requires-python = ">=3.12"
# dependencies = ["red-dwarf==0.4.0", "pandas==3.1.1", "numpy==2.5.5", "scikit-learn==1.9.1", "scipy==1.18.1"]
# ///
"""Group the votes of files as red-dwarf does: a peer, in an environment of its own, that knows nothing of Allting.

    uv run --script benchmarks/red_dwarf_peer.py VOTES.npz GROUPS.npz [VOTES.npz GROUPS.npz …]

VOTES.npz holds `participants`, `statements`, `values` (agree 1, disagree -1, pass 0) and `excluded`, all indices, and
`participant_count`.
GROUPS.npz gets `labels` (participants,), -1 for who was not placed; `k`; the CPU and wall seconds of the clustering
alone, without reading and its own input format; and the megabytes that it added to the peak of memory.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path

# As for ours, one core; before numpy is loaded.
os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import numpy as np
from reddwarf.implementations.base import run_pipeline

SEED = 42  # of its k-means


def group(votes: Path, groups: Path) -> None:
    """Read votes, cluster them, write who is in which group."""
    with np.load(votes) as file:
        columns = {name: file[name] for name in file.files}
    participant_count = int(columns["participant_count"])
    rows = [
        {"participant_id": participant, "statement_id": statement, "vote": value}
        for participant, statement, value in zip(
            columns["participants"].tolist(), columns["statements"].tolist(), columns["values"].tolist(), strict=True
        )
    ]
    before = _memory_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = run_pipeline(votes=rows, mod_out_statement_ids=columns["excluded"].tolist(), random_state=SEED)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    labels = np.full(participant_count, -1, dtype=np.int32)
    clusters = found.participants_df["cluster_id"].dropna()
    labels[clusters.index.to_numpy(dtype=np.int64)] = clusters.to_numpy(dtype=np.int32)
    np.savez(
        groups,
        labels=labels,
        k=int(labels.max()) + 1,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        memory_mb=_memory_mb() - before,
    )


def _memory_mb() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1_000


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[1:]]
    for asked, answer in zip(paths[::2], paths[1::2], strict=True):
        group(asked, answer)
