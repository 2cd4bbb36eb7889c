"""Beyond memory: the same model over column files, in blocks of people whose sums are added up.

    blocks = cut_columns(open_columns(folder), statement_ids=…, excluded=…)
    positions = fit_positions_in_blocks(blocks, work=…)                             one block after the other
    positions = fit_positions_in_blocks(blocks, work=…, run=on_cluster(client))     on the workers of Dask
    counts = count_in_blocks(blocks, labels=…, count=…)

A task takes names of files and small arrays, so that it travels; it reads its rows from the column files, keeps where
its people are in a file of its own in the folder `work`, and returns sums. Every worker has to see both folders. What a
step writes is named by the step and read by the next one only: a task that a cluster runs twice does no harm.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import batched
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from allting.engine import columns as files
from allting.engine import errors
from allting.engine.columns import VoteColumns
from allting.engine.opinion.estimates import Change, Counts, Estimates, Evidence, PeopleSums
from allting.engine.opinion.model import DIMENSIONS, VotingModel, fit_crowd, place
from allting.engine.opinion.positions import MOST_LEARNERS, Positions, choose_learners, lay_out, learn
from allting.engine.opinion.starting import count_answers, directions_of_products, unexplained
from allting.engine.opinion.sweeps import gather_evidence, half_signs_of, place_anew
from allting.engine.opinion.votes import FloatArray, IntArray, Votes, keep_people, pack_votes
from allting.engine.progress import Progress

if TYPE_CHECKING:
    from distributed import Client

PEOPLE_AT_ONCE = 50_000
# Results that wait to be added up: each may hold the products of all pairs of statements.
_TASKS_AT_ONCE = 32


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One block of people, as a task takes it; the first of them has the index `first` among all."""

    number: int
    files: tuple[Path, ...]
    begin: int
    end: int
    first: int
    people: int
    statement_ids: NDArray[np.int64]
    excluded: NDArray[np.int64]

    def votes(self) -> Votes:
        """Read the rows; people are numbered from 0, statements by their place among `statement_ids`."""
        rows = files.read_rows(self.files, begin=self.begin, end=self.end).numbered(statement_ids=self.statement_ids)
        return pack_votes(
            participants=rows.participants,
            statements=rows.statements,
            values=rows.values,
            participant_count=self.people,
            statement_count=len(self.statement_ids),
            excluded=self.excluded,
        )

    def half_signs(self) -> sparse.csr_array:
        return half_signs_of(self.votes(), people=np.arange(self.people))

    def within(self, people: IntArray) -> IntArray:
        """Return those of some people, ascending, who are in this block, by their number in it."""
        begin, end = np.searchsorted(people, (self.first, self.first + self.people))
        return people[begin:end] - np.int32(self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Votes in files, cut into pieces. Participants have the index of their place among `participant_ids`."""

    pieces: tuple[Piece, ...]
    participant_ids: IntArray
    statement_count: int


class Run(Protocol):
    """How tasks are carried out: the results come in the order of the pieces, so that sums are always the same."""

    def __call__[Result](self, task: Callable[[Piece], Result], pieces: Sequence[Piece]) -> Iterator[Result]: ...


def in_turn[Result](task: Callable[[Piece], Result], pieces: Sequence[Piece]) -> Iterator[Result]:
    """Carry tasks out here, one after the other."""
    return map(task, pieces)


def on_cluster(client: Client) -> Run:
    """Carry tasks out on the workers of Dask (`pip install allting[scale]`)."""

    def run[Result](task: Callable[[Piece], Result], pieces: Sequence[Piece]) -> Iterator[Result]:
        for some in batched(pieces, _TASKS_AT_ONCE):
            # Never taken from an earlier run with the same arguments: tasks write down where people are.
            yield from client.gather(client.map(task, some, pure=False))

    return run


def cut_columns(
    columns: VoteColumns,
    *,
    statement_ids: ArrayLike,
    excluded: Iterable[int] = (),
    people_at_once: int = PEOPLE_AT_ONCE,
) -> Blocks:
    """Cut votes in files into blocks of people.

    columns         opened with `open_columns`, with at least one vote
    statement_ids   ascending, with every statement that has a vote; statements have the index of their place here
    excluded        indices of statements that were moderated out
    Raises          NoVotes.
    """
    if not len(columns):
        raise errors.NoVotes
    ids, hidden = np.asarray(statement_ids, dtype=np.int64), np.fromiter(excluded, dtype=np.int64)
    return Blocks(
        pieces=tuple(
            Piece(
                number=number,
                files=columns.files,
                begin=block.begin,
                end=block.end,
                first=block.first,
                people=block.people,
                statement_ids=ids,
                excluded=hidden,
            )
            for number, block in enumerate(columns.blocks(people_at_once=people_at_once))
        ),
        participant_ids=columns.participant_ids(),
        statement_count=len(ids),
    )


def fit_positions_in_blocks(
    blocks: Blocks,
    *,
    work: Path,
    run: Run = in_turn,
    dimensions: int = DIMENSIONS,
    previous: FloatArray | None = None,
    most_learners: int = MOST_LEARNERS,
    progress: Progress | None = None,
) -> Positions:
    """Place people and statements as `fit_positions` does, without ever holding all votes.

    work       a folder that every worker sees; what is written there is gone at the end, however that comes
    run        how tasks are carried out
    dimensions, previous, most_learners   as for `fit_positions`, whose keys are the participants' ids
    progress   told of every round where everybody teaches; whoever listens may raise Cancelled
    Returns    what `fit_positions` returns, within 1e-6, participants being indices into `blocks.participant_ids`.
    Raises     NoVotes as `fit_positions`; ColumnsDamaged where the files were written anew meanwhile.
    Cost       as `fit_positions`; each round reads all votes twice. Memory: a block's votes, statements² at the start,
               and the people's coordinates. On disk 240 bytes a person.
    """
    pieces = blocks.pieces
    answers = np.concatenate(list(run(_count_answers_each, pieces)))
    is_placeable = np.concatenate(list(run(_say_placeable, pieces)))
    learners = choose_learners(answers, keys=blocks.participant_ids, most=most_learners)
    if learners is None:
        if not answers.any():
            raise errors.NoVotes
        with tempfile.TemporaryDirectory(dir=work) as folder:
            crowd = _InBlocks(pieces, run=run, folder=Path(folder))
            model = fit_crowd(crowd, dimensions=dimensions, progress=progress)
            is_known = crowd.count().answers > 0
    else:
        model, is_known = learn(take_people(blocks, learners, run=run), dimensions=dimensions)
        nobody = Estimates(mean=model.people.mean[:0], covariance=model.people.covariance[:0])
        placed = list(run(partial(_place_by, model=replace(model, people=nobody)), pieces))
        model = replace(model, people=_joined(placed))
    return lay_out(model, is_placeable=is_placeable, is_known=is_known, learners=learners, previous=previous)


def take_people(blocks: Blocks, people: IntArray, *, run: Run = in_turn) -> Votes:
    """Return the votes of some people in memory, renumbered in the order given; `people` is ascending.

    What groups are looked for in: those of the learners.
    """
    taken = list(run(partial(_take, people=people), blocks.pieces))
    first_of = np.cumsum([0, *(votes.participant_count for votes in taken[:-1])])
    return pack_votes(
        participants=np.concatenate([votes.participants + first for votes, first in zip(taken, first_of, strict=True)]),
        statements=np.concatenate([votes.statements for votes in taken]),
        values=np.concatenate([votes.values for votes in taken]),
        participant_count=len(people),
        statement_count=blocks.statement_count,
        excluded=np.flatnonzero(taken[0].is_excluded),
    )


def count_in_blocks(
    blocks: Blocks, *, labels: NDArray[np.integer[Any]], count: int, run: Run = in_turn
) -> NDArray[np.int64]:
    """Count disagrees, passes and agrees of sets of people, as `Votes.count_by`: shape (count, statements, 3)."""
    return np.asarray(reduce(add, run(partial(_count_by, labels=labels, count=count), blocks.pieces)))


class _InBlocks:
    """The people's side of the model in files, a block each (`model.Crowd`)."""

    def __init__(self, pieces: Sequence[Piece], *, run: Run, folder: Path) -> None:
        self._pieces = pieces
        self._run = run
        self._folder = folder
        self._step = 0
        self._counts: Counts | None = None

    def count(self) -> Counts:
        if self._counts is None:
            self._counts = reduce(add, self._run(_count, self._pieces))
        return self._counts

    def directions(self, counts: Counts, *, dimensions: int) -> FloatArray:
        products = reduce(add, self._run(partial(_multiply, counts=counts), self._pieces))
        return directions_of_products(products, dimensions)

    def place(self, statements: FloatArray, *, tendency_precision: float) -> PeopleSums:
        task = partial(_place, at=self._next(), statements=statements, tendency_precision=tendency_precision)
        return reduce(add, self._run(task, self._pieces))

    def teach(self, change: Change, statements: FloatArray) -> Evidence:
        return reduce(
            add, self._run(partial(_teach, at=self._next(), change=change, statements=statements), self._pieces)
        )

    def estimates(self) -> Estimates:
        at = _At(folder=self._folder, step=self._step + 1)
        found = [at.read(piece) for piece in self._pieces]
        return _joined([people for people in found if people is not None])

    def _next(self) -> _At:
        self._step += 1
        return _At(folder=self._folder, step=self._step)


@dataclass(frozen=True, slots=True)
class _At:
    """A step, and where it finds and leaves the people of a block."""

    folder: Path
    step: int

    def read(self, piece: Piece) -> Estimates | None:
        """Return the people as the step before left them; None before the first."""
        if self.step == 1:
            return None
        with np.load(self._path(piece, self.step - 1)) as file:
            return Estimates(mean=file["mean"], covariance=file["covariance"])

    def write(self, piece: Piece, people: Estimates) -> None:
        """Leave the people for the next step; what this step has read stays, in case it is run again."""
        beside = self._path(piece, self.step).with_suffix(".new")
        with beside.open("wb") as file:
            np.savez(file, mean=people.mean, covariance=people.covariance)
        beside.replace(self._path(piece, self.step))
        self._path(piece, self.step - 2).unlink(missing_ok=True)

    def _path(self, piece: Piece, step: int) -> Path:
        return self.folder / f"people-{piece.number}-{step}.npz"


def _joined(parts: Sequence[Estimates]) -> Estimates:
    return Estimates(
        mean=np.concatenate([part.mean for part in parts]),
        covariance=np.concatenate([part.covariance for part in parts]),
    )


# --- tasks: each takes a piece and returns what can be added up, or stands beside the others'


def _count(piece: Piece) -> Counts:
    return count_answers(piece.half_signs())


def _count_answers_each(piece: Piece) -> NDArray[np.int64]:
    return piece.votes().answers_by_participant()


def _say_placeable(piece: Piece) -> NDArray[np.bool_]:
    return piece.votes().is_placeable()


def _multiply(piece: Piece, *, counts: Counts) -> FloatArray:
    left = unexplained(piece.half_signs(), counts)
    return np.asarray((left.T @ left).toarray())


def _place(piece: Piece, *, at: _At, statements: FloatArray, tendency_precision: float) -> PeopleSums:
    half_signs = piece.half_signs()
    people = place_anew(at.read(piece), statements, half_signs=half_signs, tendency_precision=tendency_precision)
    at.write(piece, people)
    return PeopleSums.of(people, counted=np.diff(half_signs.indptr) > 0)


def _teach(piece: Piece, *, at: _At, change: Change, statements: FloatArray) -> Evidence:
    people = at.read(piece)
    assert people is not None, "Nobody has been placed yet."
    people = change.of(people)
    at.write(piece, people)
    return gather_evidence(people, statements, half_signs=piece.half_signs())


def _place_by(piece: Piece, *, model: VotingModel) -> Estimates:
    return place(piece.votes(), model)


def _take(piece: Piece, *, people: IntArray) -> Votes:
    return keep_people(piece.votes(), people=piece.within(people))


def _count_by(piece: Piece, *, labels: NDArray[np.integer[Any]], count: int) -> NDArray[np.int64]:
    return piece.votes().count_by(labels[piece.first : piece.first + piece.people], count=count)
