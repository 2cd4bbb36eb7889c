"""Measure the opinion engine on real conversations: groups, prediction of left-out votes, seconds and memory.

    python benchmarks/opinion.py [--folder DIR] [--worlds [SEEDS]] [--scale PEOPLE …] [--replay] [--rates] [--json FILE]

DIR holds one folder per conversation, each an export of Polis (`participants-votes.csv` and `comments.csv`). Every
conversation is measured in a process of its own, so that its peak of memory is its own; the processes run one after
another. Four tables are printed: the groups found, beside those of the specification; those of the reference method
and of red-dwarf, beside what Polis published; the loss of predicting left-out votes by the statement's rate, by the
groups of Polis, by those of red-dwarf and by the model; and how alike each method's groups are without those votes.
Where red-dwarf cannot be had, the tables say so. Further tables, each alone or together:

    --worlds [SEEDS]       groups that were planted, and how many of them are found
    --replay               which statement next: what is known of people after their first answers
    --rates                what the rates of few votes are drawn towards
    --scale PEOPLE …       seconds and memory with a thousand statements and forty or fifty votes each
"""

import argparse
import csv
import importlib
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from allting.engine.opinion import PASS, Groups, OpinionMap, Votes, draw_map, fit_positions, pack_votes
from allting.engine.opinion.attempts import PLACED_SHARE
from allting.engine.opinion.reference import find_reference_groups
from allting.engine.opinion.refits import group_rates, log_losses
from allting.engine.opinion.votes import AGREE, keep_rows

# A script's own folder is where Python looks first, but it is the folder above that holds benchmarks and tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.opinion_peers import Absent, Grouping, group_by_red_dwarf
from benchmarks.opinion_stability import Stability, measure_stability, print_stability

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "polis"
SPLITS = 3
LEFT_OUT_SHARE = 0.2
# One core is what is promised; several would blur the seconds. The measured processes inherit it.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# What section 4 of the specification found: groups, stability, share in a group.
SPECIFIED = {
    "15-per-hour-seattle": (2, 0.97, 0.77),
    "american-assembly.bowling-green": (2, 0.98, 0.77),
    "austria-climate.5twd2jsnkf": (3, 0.95, 0.89),
    "brexit-consensus": (3, 0.87, 0.69),
    "scoop-hivemind.taxes": (4, 0.90, 0.70),
    "vtaiwan.uberx": (3, 0.97, 0.65),
}
# Agreement of the reference method with the published groups. Polis grouped people as they arrived: 1 is not to be had.
PUBLISHED = {
    "15-per-hour-seattle": 0.50,
    "american-assembly.bowling-green": 0.56,
    "austria-climate.5twd2jsnkf": 0.98,
    "brexit-consensus": 0.55,
    "scoop-hivemind.taxes": 0.81,
    "vtaiwan.uberx": 0.89,
}
SPECIFIED_LOSSES = {"statement": 0.503, "reference": 0.439, "model": 0.378}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One conversation's map: what was found and what it cost."""

    name: str
    participants: int
    statements: int
    votes: int
    groups: int
    stability: float
    refits_same: int
    share_in_a_group: float
    shown_share: float
    decided: str
    specified_groups: int | None
    attempts: list[dict[str, object]]
    seconds: float
    cpu_seconds: float
    memory_before_mb: float
    memory_peak_mb: float
    too_little: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One conversation's groups by the reference method beside those that Polis published: adjusted Rand index.

    red_dwarf_*   the same of red-dwarf, with its seconds; None where it is absent
    """

    name: str
    groups: int
    published_groups: int
    agreement: float
    specified: float | None
    red_dwarf_groups: int | None = None
    red_dwarf_agreement: float | None = None
    red_dwarf_cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """One conversation's mean logarithmic loss on left-out agrees and disagrees, and the share predicted right.

    red_dwarf is not a number where it is absent.
    """

    name: str
    statement: float
    reference: float
    red_dwarf: float
    model: float
    statement_right: float
    reference_right: float
    red_dwarf_right: float
    model_right: float

    @property
    def best_grouping(self) -> float:
        """The smaller loss of the two sets of groups."""
        return float(np.nanmin([self.reference, self.red_dwarf]))


def read_export(folder: Path, *, without_excluded: bool = True) -> Votes:
    """Read a Polis export; `without_excluded` takes out what was rejected or is about the conversation itself."""
    with (folder / "participants-votes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        columns = [column for column, name in enumerate(header) if name.isdigit()]
        cells = [
            (person, statement, int(float(row[column])))
            for person, row in enumerate(rows)
            for statement, column in enumerate(columns)
            if row[column] != ""
        ]
        participant_count = rows.line_num - 1
    statement_of = {header[column]: statement for statement, column in enumerate(columns)}
    with (folder / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        excluded = [
            statement_of[row["comment-id"]]
            for row in csv.DictReader(file)
            if row["comment-id"] in statement_of
            and (row["moderated"] == "-1" or row.get("is-meta", "").lower() in {"true", "1"})
        ]
    participants, statements, values = zip(*cells, strict=True) if cells else ((), (), ())
    return pack_votes(
        participants=participants,
        statements=statements,
        values=values,
        participant_count=participant_count,
        statement_count=len(columns),
        excluded=excluded if without_excluded else (),
    )


def read_published_groups(folder: Path) -> NDArray[np.int64]:
    """Read the groups that Polis had drawn when the conversation was exported; -1 for who had none."""
    with (folder / "participants-votes.csv").open(encoding="utf-8-sig", newline="") as file:
        return np.array([int(row["group-id"] or -1) for row in csv.DictReader(file)])


def measure_reference(folder: Path, peer: Grouping | None = None) -> Reference:
    """Compare the reference method's groups with the published ones, over people who are placed in both."""
    votes, published = read_export(folder), read_published_groups(folder)
    found = find_reference_groups(votes)
    known = next((figure for name, figure in PUBLISHED.items() if folder.name.startswith(name)), None)
    return Reference(
        name=folder.name,
        groups=found.k,
        published_groups=int(published.max()) + 1,
        agreement=_agreement(published, found.labels),
        specified=known,
        red_dwarf_groups=peer.k if peer else None,
        red_dwarf_agreement=_agreement(published, peer.labels) if peer else None,
        red_dwarf_cpu_seconds=peer.cpu_seconds if peer else None,
    )


def _agreement(published: NDArray[np.int64], labels: NDArray[np.int32]) -> float:
    both = (published >= 0) & (labels >= 0)
    return float(adjusted_rand_score(published[both], labels[both]))


def measure_map(name: str, votes: Votes) -> Drawn:
    """Draw the map once and take its time and memory; the votes were read elsewhere, so that reading costs nothing."""
    before = memory_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    picture = draw_map(votes)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    found = picture.groups if isinstance(picture, OpinionMap) else None
    specified = _specified(name)
    return Drawn(
        name=name,
        participants=votes.participant_count,
        statements=votes.statement_count,
        votes=len(votes.values),
        groups=found.k if found else 0,
        stability=found.stability if found else 0.0,
        refits_same=found.refits_same if found else 0,
        share_in_a_group=found.chosen.placed_share if found else 0.0,
        shown_share=picture.shown_share if isinstance(picture, OpinionMap) else 0.0,
        decided=_what_decided(found, specified=specified[0] if specified else None) if found else "",
        specified_groups=specified[0] if specified else None,
        attempts=[asdict(attempt) for attempt in found.attempts] if found else [],
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        memory_before_mb=before,
        memory_peak_mb=memory_mb(),
        too_little=None if isinstance(picture, OpinionMap) else str(picture.reason),
    )


def measure_losses(name: str, votes: Votes, peers: list[Grouping] | None = None, *, splits: int = SPLITS) -> Losses:
    """Leave a fifth of the votes out, three times, and predict them; nothing is excluded here.

    peers   what red-dwarf found in each of the three sets of votes that are kept
    """
    figures = [_losses_of_split(votes, seed=seed, peer=peers[seed] if peers else None) for seed in range(splits)]
    return Losses(name, *np.mean(figures, axis=0).tolist())


def leave_out(votes: Votes, *, seed: int) -> tuple[Votes, NDArray[np.bool_]]:
    """Return the votes that are kept, and for each of all votes whether it is left out."""
    is_out = np.random.default_rng(seed).random(len(votes.values)) < LEFT_OUT_SHARE
    return keep_rows(votes, rows=~is_out), is_out


def _losses_of_split(votes: Votes, *, seed: int, peer: Grouping | None) -> list[float]:
    kept, is_out = leave_out(votes, seed=seed)
    asked = is_out & (votes.values != PASS)
    who, what, is_agree = votes.participants[asked], votes.statements[asked], votes.values[asked] == AGREE

    overall = group_rates(kept, labels=np.zeros(votes.participant_count, dtype=np.int64), k=1)[0]

    def by_groups(labels: NDArray[np.int32], k: int) -> NDArray[np.float64]:
        rates = group_rates(kept, labels=labels.astype(np.int64), k=max(k, 2))
        return np.where(labels[who] < 0, overall[what], rates[labels[who], what])

    reference = find_reference_groups(kept)
    predictions = (
        overall[what],
        by_groups(reference.labels, reference.k),
        by_groups(peer.labels, peer.k) if peer else np.full(len(what), np.nan),
        fit_positions(kept).agreement(participants=who, statements=what),
    )
    return [float(log_losses(predicted, is_agree).mean()) for predicted in predictions] + [
        float(((predicted > 0.5) == is_agree).mean()) for predicted in predictions
    ]


def _what_decided(groups: Groups, *, specified: int | None) -> str:
    """Say why it is this number of groups and not one more or, where it differs, not the specified one."""

    def fate(k: int) -> str:
        attempt = next((attempt for attempt in groups.attempts if attempt.k == k), None)
        if attempt is None:
            return f"{k} not tried"
        if attempt.holds:
            return (
                f"{k} holds: stable {attempt.stability:.2f}, placed {attempt.placed_share:.2f}, "
                f"loss {attempt.loss:.4f} below {attempt.loss_of_fewer:.4f}, smallest {attempt.smallest_share:.2f}"
            )
        return f"{k} fails: " + ", ".join(
            {
                "stable": f"stable {attempt.stability:.2f} < .85",
                "placed": f"placed {attempt.placed_share:.2f} < {PLACED_SHARE[groups.basis]:.2f}",
                "predicts": f"loss {attempt.loss:.4f} not below {attempt.loss_of_fewer:.4f}",
                "large": f"smallest {attempt.smallest_share:.2f}, {attempt.smallest_count} people",
            }[condition.value]
            for condition in attempt.failed
        )

    ks = [groups.k + 1] if specified in (None, groups.k) else [groups.k, specified, groups.k + 1]
    return "; ".join(fate(k) for k in dict.fromkeys(ks) if k is not None)


def _specified(name: str) -> tuple[int, float, float] | None:
    return next((figures for known, figures in SPECIFIED.items() if name.startswith(known)), None)


def memory_mb() -> float:
    """Peak of this process so far, in megabytes.

    On Linux by its status file: the resource usage of a spawned process begins with the size of its parent.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def _in_own_process[Result](measure: Callable[..., Result], *arguments: object) -> Result:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def print_maps(drawn: list[Drawn]) -> None:
    """Print section 4's table and the cost of each map."""
    print(f"{'conversation':44}{'votes':>8}  k (spec)  stable (spec)  placed (spec)   s   CPU s    MB  peak MB")
    for row in drawn:
        if row.too_little:
            print(f"{row.name:44}{row.votes:8}  too little: {row.too_little}")
            continue
        known = _specified(row.name)
        k, stable, placed = known or ("-", float("nan"), float("nan"))
        print(
            f"{row.name:44}{row.votes:8}  {row.groups} ({k})     {row.stability:.2f} ({stable:.2f})    "
            f"{row.share_in_a_group:.2f} ({placed:.2f}) {row.seconds:6.1f} {row.cpu_seconds:6.1f} "
            f"{row.memory_peak_mb - row.memory_before_mb:6.0f} {row.memory_peak_mb:8.0f}"
        )
        if known and row.groups != row.specified_groups:
            print(f"    differs from the specification: {row.decided}")
        else:
            print(f"    {row.decided}")


def print_references(references: list[Reference]) -> None:
    """Print section 9's second opinion: how near the two come to what Polis published."""
    print(
        f"\n{'the method of Polis, beside its published groups':52}{'k':>4}{'published':>11}{'ARI':>7}{'(spec)':>9}"
        f"   red-dwarf: k    ARI  CPU s"
    )
    for row in references:
        specified = "" if row.specified is None else f"({row.specified:.2f})"
        peer = (
            "absent"
            if row.red_dwarf_groups is None
            else f"{row.red_dwarf_groups:12}{row.red_dwarf_agreement:7.2f}{row.red_dwarf_cpu_seconds:7.1f}"
        )
        print(f"{row.name:52}{row.groups:4}{row.published_groups:11}{row.agreement:7.2f}{specified:>9}   {peer}")


def print_losses(losses: list[Losses]) -> None:
    """Print section 5's table: logarithmic loss (lower is better) and share right."""
    ways = ("statement", "reference", "red_dwarf", "model")
    print(
        f"\n{'left-out votes: loss, share right':44}" + "".join(f"{way.replace('_', '-'):>16}" for way in ways), end=""
    )
    print("   under the best grouping")
    for row in losses:
        cells = "".join(f"{getattr(row, way):9.3f} {getattr(row, f'{way}_right'):6.1%}" for way in ways)
        print(f"{row.name:44}{cells}{1 - row.model / row.best_grouping:12.0%}")
    means = {way: float(np.mean([getattr(row, way) for row in losses])) for way in ways}
    print(f"{'mean':44}" + "".join(f"{mean:9.3f}       " for mean in means.values()))
    print(
        f"{'specified for the six of data/polis':44}"
        + "".join(f"{SPECIFIED_LOSSES[way]:9.3f}       " if way in SPECIFIED_LOSSES else f"{'':16}" for way in ways)
    )
    best = float(np.nanmin([means["reference"], means["red_dwarf"]]))
    worse = [row.name for row in losses if row.model >= row.best_grouping]
    print(
        f"{1 - means['model'] / best:.0%} less loss than the better grouping on average (goal 12 %); "
        f"{'never worse' if not worse else 'worse in ' + ', '.join(worse)} (goal: never)"
    )


def measure_conversations(folders: list[Path]) -> dict[str, list[Any]]:
    """Measure and print every conversation."""
    drawn: list[Drawn] = [_in_own_process(measure_map, folder.name, read_export(folder)) for folder in folders]
    print_maps(drawn)
    everything = [read_export(folder, without_excluded=False) for folder in folders]
    peers: list[list[Grouping] | None] = []
    for folder, votes in zip(folders, everything, strict=True):
        asked = [read_export(folder), *(leave_out(votes, seed=seed)[0] for seed in range(SPLITS))]
        answer = group_by_red_dwarf(asked)
        if isinstance(answer, Absent):
            print(f"red-dwarf is absent for {folder.name}: {answer.why}")
        peers.append(None if isinstance(answer, Absent) else answer)
    references = [
        measure_reference(folder, peer[0] if peer else None) for folder, peer in zip(folders, peers, strict=True)
    ]
    print_references(references)
    losses: list[Losses] = [
        _in_own_process(measure_losses, folder.name, votes, peer[1:] if peer else None)
        for folder, votes, peer in zip(folders, everything, peers, strict=True)
    ]
    print_losses(losses)
    stability: list[Stability] = []
    for folder, votes, peer in zip(folders, everything, peers, strict=True):
        parts = [leave_out(votes, seed=seed)[0] for seed in range(SPLITS)]
        stability.append(_in_own_process(measure_stability, folder.name, parts, peer[1:] if peer else None))
    print_stability(stability)
    return {"maps": drawn, "references": references, "losses": losses, "stability": stability}


def main() -> int:
    """Measure what is asked for, without a wish every conversation of a folder; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the opinion engine on Polis exports.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="a folder of exports, one folder each")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--worlds", type=int, nargs="?", const=2, metavar="SEEDS", help="find planted groups")
    parser.add_argument("--scale", type=int, nargs="+", metavar="PEOPLE", help="measure seconds and memory")
    parser.add_argument("--replay", action="store_true", help="compare rules for the next statement")
    parser.add_argument("--rates", action="store_true", help="compare what few votes are drawn towards")
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)
    threadpool_limits(limits=1)  # this process has loaded numpy already
    tables: dict[str, list[Any]] = {}
    if options.worlds:
        worlds = importlib.import_module("benchmarks.opinion_worlds")
        tables["worlds"] = worlds.measure_worlds(seeds=options.worlds)
        worlds.print_worlds(tables["worlds"])
    if options.scale:
        scale = importlib.import_module("benchmarks.opinion_scale")
        tables["scale"] = [_in_own_process(scale.measure_scale, people) for people in options.scale]
        scale.print_scale(tables["scale"])
    folders = sorted(path.parent for path in options.folder.glob("*/participants-votes.csv"))
    if options.replay:
        replay = importlib.import_module("benchmarks.opinion_replay")
        tables["replay"] = [replay.measure_replay(folder.name, read_export(folder)) for folder in folders]
        replay.print_replay(tables["replay"])
    if options.rates:
        rates = importlib.import_module("benchmarks.opinion_rates")
        tables["rates"] = [row for folder in folders for row in rates.measure_rates(folder.name, read_export(folder))]
        rates.print_rates(tables["rates"])
        tables["rates of everyone"] = [
            row for folder in folders for row in rates.measure_everyone(folder.name, read_export(folder))
        ]
        rates.print_everyone(tables["rates of everyone"])
    if not tables:
        if not folders:
            print(
                f"No Polis export in {options.folder}: each needs participants-votes.csv and comments.csv.",
                file=sys.stderr,
            )
            return 2
        tables = measure_conversations(folders)
    if options.json:
        figures = {name: [asdict(row) for row in table] for name, table in tables.items()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
