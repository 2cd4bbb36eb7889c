"""Ten thousand to a million participants: CPU seconds and memory of a map, of its check, and of a redraw."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allting.engine.opinion import (
    Votes,
    describe_statements,
    find_groups,
    fit_passing,
    fit_positions,
    follow_votes,
    keep_groups,
    pack_votes,
    regroup,
)
from benchmarks.opinion import memory_mb
from benchmarks.opinion_peers import Absent, group_by_red_dwarf

STATEMENTS = 1_000
NEW_VOTES = 5_000
PASS_SHARE = 0.1
# CPU seconds of a complete map, and megabytes over the start, that section 8 asks for.
TARGETS = {10_000: (2.5, math.inf), 100_000: (6.0, 400.0), 1_000_000: (15.0, 1_200.0)}
CHECK_TARGET, REDRAW_TARGET = 60.0, 2.0
# Before, compiled for two cores: CPU seconds, megabytes.
SPIKE = {10_000: (4.2, 286), 100_000: (11.4, 487), 1_000_000: (21.0, 1_468)}


@dataclass(frozen=True, slots=True)
class Scale:
    """CPU seconds of each step, and the peak of memory over what the process had before the votes came.

    check       five refits, left-out votes, and the model of passing, as section 8 has it
    red_dwarf   CPU seconds and megabytes of its clustering alone, or why there are none
    """

    people: int
    votes: int
    pack: float
    positions: float
    groups: float
    statements: float
    check: float
    redraw: float
    memory_mb: float
    found: int
    red_dwarf: str

    @property
    def complete(self) -> float:
        """A complete map with the number of groups of the last check."""
        return self.positions + self.groups + self.statements


def measure_scale(people: int) -> Scale:
    """Plant a conversation of this size and take the time of everything that a map needs."""
    before = memory_mb()
    pack, votes = _pack_planted(people)
    positions_s, positions = _timed(lambda: fit_positions(votes))
    check, checked = _timed(lambda: find_groups(votes, positions))
    passing_s, passing = _timed(lambda: fit_passing(votes, positions=positions))
    groups_s, groups = _timed(lambda: regroup(votes, positions, last=checked))
    statements_s, _ = _timed(lambda: describe_statements(votes, positions, groups, passing))
    peak = memory_mb()
    later, changed = _with_new_votes(votes)
    redraw, _ = _timed(
        lambda: keep_groups(later, follow_votes(later, positions, changed=changed), last=groups, changed=changed)
    )
    return Scale(
        people=people,
        votes=len(votes.values),
        pack=pack,
        positions=positions_s,
        groups=groups_s,
        statements=statements_s,
        check=check + passing_s,
        redraw=redraw,
        memory_mb=peak - before,
        found=groups.k,
        red_dwarf=_ask_red_dwarf(votes),
    )


def _ask_red_dwarf(votes: Votes) -> str:
    answer = group_by_red_dwarf([votes])
    if isinstance(answer, Absent):
        return answer.why
    return f"{answer[0].cpu_seconds:.1f} CPU s, {answer[0].memory_mb:.0f} MB"


def print_scale(rows: list[Scale]) -> None:
    """Print section 8's table, with the targets in brackets and the growth from one size to the next."""
    print(
        f"\n{'participants':>13}{'votes':>12}{'pack':>6}{'positions':>11}{'groups':>8}{'statements':>12}"
        f"{'complete':>10} (goal, spike)    MB (goal, spike)  check (60)  redraw (2)  slope  red-dwarf"
    )
    for before, row in zip([None, *rows], rows, strict=False):
        cpu_goal, memory_goal = TARGETS.get(row.people, (math.inf, math.inf))
        spike_s, spike_mb = SPIKE.get(row.people, (math.nan, math.nan))
        slope = (
            ""
            if before is None
            else f"{math.log(row.complete / before.complete) / math.log(row.votes / before.votes):.2f}"
        )
        print(
            f"{row.people:13,}{row.votes:12,}{row.pack:6.1f}{row.positions:11.1f}{row.groups:8.1f}{row.statements:12.1f}"
            f"{row.complete:10.1f} ({cpu_goal:4.1f}, {spike_s:4.1f})   {row.memory_mb:6.0f} ({memory_goal:4.0f}, "
            f"{spike_mb:5.0f}){row.check:12.1f}{row.redraw:12.1f}{slope:>7}  {row.red_dwarf}"
        )


def _timed[Result](compute: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = compute()
    return time.process_time() - began, result


def _plant(people: int, *, votes_each: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]:
    """Make three wings of a cloud in two dimensions vote on statements at random; rows sorted, columns read-only."""
    random = np.random.default_rng(8)
    centres = np.array([[-1.2, 0.0], [1.2, 0.5], [0.0, -1.2]])
    pull = random.normal(0, 0.9, (STATEMENTS, 2)).astype(np.float32)
    liked = random.normal(0.5, 1, STATEMENTS).astype(np.float32)
    counts = np.empty(people, dtype=np.int64)
    blocks: list[tuple[NDArray[np.int32], NDArray[np.int8]]] = []
    for begin in range(0, people, 20_000):
        size = min(20_000, people - begin)
        place = centres[random.integers(0, 3, size)] + random.normal(0, 0.5, (size, 2))
        lean = random.normal(0, 0.6, size).astype(np.float32)
        seen = np.sort(random.integers(0, STATEMENTS, (size, votes_each), dtype=np.int32), axis=1)
        is_new = np.diff(seen, axis=1, prepend=-1) > 0
        who = np.repeat(np.arange(size), votes_each).reshape(seen.shape)[is_new]
        what = seen[is_new]
        logit = np.einsum("vd,vd->v", place.astype(np.float32)[who], pull[what]) + liked[what] + lean[who]
        agrees = random.random(len(what), dtype=np.float32) < 1 / (1 + np.exp(-logit))
        counts[begin : begin + size] = is_new.sum(axis=1)
        values = np.where(agrees, np.int8(1), np.int8(-1))
        values[random.random(len(what), dtype=np.float32) < PASS_SHARE] = 0
        blocks.append((what, values))
    columns = (
        np.repeat(np.arange(people, dtype=np.int32), counts),
        np.concatenate([statements for statements, _ in blocks]),
        np.concatenate([values for _, values in blocks]),
    )
    for column in columns:
        column.setflags(write=False)
    return columns


def _pack_planted(people: int) -> tuple[float, Votes]:
    columns = _plant(people, votes_each=50 if people >= 1_000_000 else 40)
    return _timed(lambda: _packed(*columns, people=people))


def _packed(
    participants: NDArray[np.int32], statements: NDArray[np.int32], values: NDArray[np.int8], *, people: int
) -> Votes:
    return pack_votes(
        participants=participants,
        statements=statements,
        values=values,
        participant_count=people,
        statement_count=STATEMENTS,
    )


def _with_new_votes(votes: Votes) -> tuple[Votes, NDArray[np.int32]]:
    """Let five thousand people change their mind about the first statement they voted on."""
    changed = np.linspace(0, votes.participant_count - 1, NEW_VOTES).astype(np.int32)
    values = votes.values.copy()
    values[votes.participant_starts[changed]] *= -1
    values.setflags(write=False)
    return _packed(votes.participants, votes.statements, values, people=votes.participant_count), changed
