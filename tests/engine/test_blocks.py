"""Beyond memory: people in blocks, one after the other or on two workers, give what one piece in memory gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from allting.engine import errors
from allting.engine.columns import append_votes, open_columns
from allting.engine.opinion import Positions, Votes, fit_positions, pack_votes
from allting.engine.opinion.blocks import (
    Blocks,
    Piece,
    Run,
    count_in_blocks,
    cut_columns,
    fit_positions_in_blocks,
    in_turn,
    on_cluster,
    take_people,
)
from allting.engine.opinion.votes import keep_people
from tests.engine.worlds import plant_world

PEOPLE, STATEMENTS, EXCLUDED, SILENT = 500, 40, 7, 41
LEARNERS = 300
# Ids as a database gives them: with gaps, and none of them an index.
STATEMENT_IDS = 100 + 3 * np.arange(STATEMENTS + 2)


@pytest.fixture(scope="module")
def columns_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    planted = plant_world(seed=6, people=PEOPLE, statements=STATEMENTS, votes_each=15, pass_share=0.1, skew=0.5).votes
    folder = tmp_path_factory.mktemp("columns")
    append_votes(
        folder,
        participants=1_000 + 7 * planted.participants,
        statements=STATEMENT_IDS[planted.statements],
        values=planted.values,
    )
    return folder


@pytest.fixture(scope="module")
def blocks(columns_folder: Path) -> Blocks:
    """Seven blocks, the last one smaller."""
    columns = open_columns(columns_folder)
    return cut_columns(columns, statement_ids=STATEMENT_IDS, excluded=[EXCLUDED], people_at_once=80)


@pytest.fixture(scope="module")
def in_memory(columns_folder: Path) -> Votes:
    numbered = open_columns(columns_folder).numbered(statement_ids=STATEMENT_IDS)
    return pack_votes(
        participants=numbered.participants,
        statements=numbered.statements,
        values=numbered.values,
        participant_count=PEOPLE,
        statement_count=STATEMENTS + 2,
        excluded=[EXCLUDED],
    )


@dataclass(slots=True)
class CancelsAt:
    """Wants no more of it after some steps."""

    left: int

    def reached(self, *, step: str, done: int, total: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise errors.Cancelled(step=step)


def assert_same(found: Positions, expected: Positions) -> None:
    assert found.people == pytest.approx(expected.people, abs=1e-6)
    assert found.statements == pytest.approx(expected.statements, abs=1e-6)
    assert found.model.people.covariance == pytest.approx(expected.model.people.covariance, abs=1e-6)
    assert found.model.rounds == expected.model.rounds
    assert found.axis_shares == pytest.approx(expected.axis_shares, abs=1e-6)
    assert np.array_equal(found.is_placeable, expected.is_placeable)
    assert np.array_equal(found.is_known, expected.is_known)
    assert not found.is_known[[EXCLUDED, SILENT]].any()


def test_blocks_one_after_the_other_give_what_memory_gives(blocks: Blocks, in_memory: Votes, tmp_path: Path) -> None:
    found = fit_positions_in_blocks(blocks, work=tmp_path)

    assert_same(found, fit_positions(in_memory))
    assert list(tmp_path.iterdir()) == []


def test_with_many_people_the_same_ones_teach(blocks: Blocks, in_memory: Votes, tmp_path: Path) -> None:
    found = fit_positions_in_blocks(blocks, work=tmp_path, most_learners=LEARNERS)

    expected = fit_positions(in_memory, most_learners=LEARNERS, keys=blocks.participant_ids)
    assert found.learners is not None
    assert np.array_equal(found.learners, expected.learners)
    assert_same(found, expected)


@pytest.mark.slow
def test_two_workers_of_a_cluster_give_what_memory_gives(blocks: Blocks, in_memory: Votes, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install allting[scale].")
    dask = pytest.importorskip("dask")
    # Workers begin in half the time than when each imports everything anew.
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        cluster = distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",  # without it, it looks for the machine's name, half a minute where there is no network
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        )
    with cluster, distributed.Client(cluster) as client:
        run = on_cluster(client)
        found = fit_positions_in_blocks(blocks, work=tmp_path, run=run)
        sampled = fit_positions_in_blocks(blocks, work=tmp_path, run=run, most_learners=LEARNERS)
        counts = count_in_blocks(blocks, labels=np.arange(PEOPLE) % 3 - 1, count=2, run=run)

    assert_same(found, fit_positions(in_memory))
    assert_same(sampled, fit_positions(in_memory, most_learners=LEARNERS, keys=blocks.participant_ids))
    assert np.array_equal(counts, in_memory.count_by(np.arange(PEOPLE) % 3 - 1, count=2))


def test_a_task_that_runs_twice_does_no_harm(blocks: Blocks, in_memory: Votes, tmp_path: Path) -> None:
    def twice[Result](task: object, pieces: tuple[Piece, ...]) -> Iterator[Result]:
        list(in_turn(task, pieces))  # type: ignore[arg-type]
        return in_turn(task, pieces)  # type: ignore[arg-type]

    run: Run = twice  # type: ignore[assignment]
    assert_same(fit_positions_in_blocks(blocks, work=tmp_path, run=run), fit_positions(in_memory))


def test_counts_and_people_are_taken_out_of_the_blocks(blocks: Blocks, in_memory: Votes) -> None:
    labels, chosen = np.arange(PEOPLE) % 3 - 1, np.array([0, 79, 80, 81, 333, PEOPLE - 1], dtype=np.int32)

    counts, taken = count_in_blocks(blocks, labels=labels, count=2), take_people(blocks, chosen)

    expected = keep_people(in_memory, people=chosen)
    assert np.array_equal(counts, in_memory.count_by(labels, count=2))
    for column in ("participants", "statements", "values", "participant_starts", "is_excluded"):
        assert np.array_equal(getattr(taken, column), getattr(expected, column))


def test_cancelled_between_two_rounds_nothing_is_left_behind(blocks: Blocks, tmp_path: Path) -> None:
    with pytest.raises(errors.Cancelled):
        fit_positions_in_blocks(blocks, work=tmp_path, progress=CancelsAt(left=3))

    assert list(tmp_path.iterdir()) == []


def test_votes_that_were_written_anew_meanwhile_are_not_mixed_with_the_old_ones(tmp_path: Path) -> None:
    append_votes(tmp_path, participants=[1, 2], statements=[0, 0], values=[1, -1])
    blocks = cut_columns(open_columns(tmp_path), statement_ids=[0])

    append_votes(tmp_path, participants=[1], statements=[0], values=[-1])

    with pytest.raises(errors.ColumnsDamaged):
        fit_positions_in_blocks(blocks, work=tmp_path)


@pytest.mark.parametrize("value", [None, 0], ids=["no votes", "passes only"])
def test_nothing_to_learn_from_is_refused(tmp_path: Path, value: int | None) -> None:
    rows = [] if value is None else [value]
    append_votes(tmp_path, participants=rows, statements=rows, values=rows)

    with pytest.raises(errors.NoVotes):
        fit_positions_in_blocks(cut_columns(open_columns(tmp_path), statement_ids=[0]), work=tmp_path)
