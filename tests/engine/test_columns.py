"""Column files: always sorted, the last vote of a pair counts, and neither a crash nor an erasure leaves a trace."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine import columns as files
from allting.engine import errors
from allting.engine.columns import VoteColumns, append_votes, open_columns, replace_votes, write_votes
from allting.engine.opinion import input_digest, pack_votes

type Rows = list[tuple[int, int, int]]

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.sampled_from([-1, 0, 1])), max_size=30)


def append(folder: Path, rows: Rows, *, mark: str = "") -> VoteColumns:
    participants, statements, values = zip(*rows, strict=True) if rows else ((), (), ())
    return append_votes(folder, participants=participants, statements=statements, values=values, mark=mark)


def replace(folder: Path, rows: Rows, *, of: list[int], mark: str = "") -> VoteColumns:
    participants, statements, values = zip(*rows, strict=True) if rows else ((), (), ())
    return replace_votes(folder, of=of, participants=participants, statements=statements, values=values, mark=mark)


def rows_of(columns: VoteColumns) -> Rows:
    return [
        *zip(columns.participants.tolist(), columns.statements.tolist(), columns.values.tolist(), strict=True),
    ]


@settings(max_examples=25)
@given(blocks=st.lists(ROWS, max_size=4))
def test_whatever_comes_in_the_files_are_sorted_and_the_last_vote_of_a_pair_counts(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[Rows]
) -> None:
    folder = tmp_path_factory.mktemp("votes")
    expected: dict[tuple[int, int], int] = {}

    for rows in blocks:
        expected |= {(participant, statement): value for participant, statement, value in rows}
        append(folder, rows)

    assert rows_of(open_columns(folder)) == [(*pair, value) for pair, value in sorted(expected.items())]


def test_blocks_that_end_within_a_participant_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_BLOCK", 4)
    rows = [(person, statement, 1) for person in range(7) for statement in range(3)]
    append(tmp_path, rows)

    columns = append(tmp_path, [(0, 2, -1), (3, 9, 0), (8, 0, 1), (6, 3, 1)])

    changed = {(0, 2): -1, (3, 9): 0, (8, 0): 1, (6, 3): 1}
    pairs = {(person, statement): value for person, statement, value in rows} | changed
    assert rows_of(columns) == [(*pair, value) for pair, value in sorted(pairs.items())]
    assert columns.participant_ids().tolist() == [0, 1, 2, 3, 4, 5, 6, 8]


def test_later_participants_are_written_to_the_ends_of_the_same_files(tmp_path: Path) -> None:
    append(tmp_path, [(1, 0, 1), (2, 0, -1)])

    columns = append(tmp_path, [(5, 1, 0), (4, 1, 1)])

    assert rows_of(columns) == [(1, 0, 1), (2, 0, -1), (4, 1, 1), (5, 1, 0)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "columns.json",
        "participants.0",
        "statements.0",
        "values.0",
    ]


def test_packing_takes_the_files_as_they_are_and_reads_no_copy(tmp_path: Path) -> None:
    columns = append(tmp_path, [(1, 0, 1), (0, 2, -1), (0, 0, 0)])

    votes = pack_votes(
        participants=columns.participants,
        statements=columns.statements,
        values=columns.values,
        participant_count=2,
        statement_count=3,
    )

    in_memory = pack_votes(
        participants=[0, 0, 1], statements=[0, 2, 0], values=[0, -1, 1], participant_count=2, statement_count=3
    )
    assert input_digest(votes) == input_digest(in_memory)
    assert np.shares_memory(votes.values, columns.values)


@pytest.mark.parametrize("span", [1, 1 << 22])
def test_ids_become_indices(tmp_path: Path, span: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_SPAN", span)
    columns = append(tmp_path, [(700, 31, 1), (20, 30, -1), (700, 44, 0)])

    numbered = columns.numbered(statement_ids=np.array([12, 30, 31, 44]))

    assert columns.participant_ids().tolist() == [20, 700]
    assert rows_of(numbered) == [(0, 1, -1), (1, 2, 1), (1, 3, 0)]
    with pytest.raises(errors.IndexOutOfRange) as refused:
        columns.numbered(statement_ids=np.array([30, 31]))
    assert refused.value.data == {"what": "statement", "row": 2, "index": 44, "count": 2}


def test_blocks_are_of_whole_people(tmp_path: Path) -> None:
    columns = append(tmp_path, [(person * 10, statement, 1) for person in range(5) for statement in range(person + 1)])

    cut = [(it.first, it.people, it.begin, it.end) for it in columns.blocks(people_at_once=2)]

    assert cut == [(0, 2, 0, 3), (2, 2, 3, 10), (4, 1, 10, 15)]


def test_who_is_erased_leaves_the_files(tmp_path: Path) -> None:
    append(tmp_path, [(7, 0, 1), (3, 1, 1), (7, 1, -1), (9, 0, 0)], mark="noon")

    columns = replace(tmp_path, [], of=[7, 8], mark="one")

    assert rows_of(columns) == [(3, 1, 1), (9, 0, 0)]
    assert columns.mark == "one"
    assert [path.read_bytes() for path in tmp_path.glob("participants.*")] == [np.array([3, 9], "<i4").tobytes()]
    assert rows_of(replace(tmp_path, [], of=[7])) == [(3, 1, 1), (9, 0, 0)]


@settings(max_examples=25)
@given(before=ROWS, now=ROWS, of=st.lists(st.integers(0, 12), max_size=4), block=st.sampled_from([2, 1 << 20]))
def test_what_some_people_say_now_takes_the_place_of_what_they_said(
    tmp_path_factory: pytest.TempPathFactory, before: Rows, now: Rows, of: list[int], block: int
) -> None:
    folder = tmp_path_factory.mktemp("votes")
    append(folder, before)
    gone = {*of, *(participant for participant, _statement, _value in now)}
    kept = {(participant, statement): value for participant, statement, value in before if participant not in gone}
    kept |= {(participant, statement): value for participant, statement, value in now}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "_BLOCK", block)
        columns = replace(folder, now, of=of)

    assert rows_of(columns) == [(*pair, value) for pair, value in sorted(kept.items())]


def test_all_votes_are_written_block_by_block_in_place_of_those_before(tmp_path: Path) -> None:
    append(tmp_path, [(1, 0, 1), (9, 0, -1)])

    columns = write_votes(tmp_path, blocks=[([2, 1], [0, 3], [1, 0]), ([], [], []), ([3], [0], [-1])], mark="all")

    assert rows_of(columns) == [(1, 3, 0), (2, 0, 1), (3, 0, -1)]
    assert columns.mark == "all"


def test_a_block_that_begins_before_the_last_one_ended_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    append(tmp_path, [(1, 0, 1)])

    with pytest.raises(errors.RowsOutOfOrder) as refused:
        write_votes(tmp_path, blocks=[([1, 2], [0, 0], [1, 1]), ([2], [1], [1])])

    assert refused.value.data == {"participant": 2, "after": 2}
    assert rows_of(open_columns(tmp_path)) == [(1, 0, 1)]


def test_the_mark_stands_with_the_rows_it_was_written_with(tmp_path: Path) -> None:
    append(tmp_path, [(1, 1, 1)], mark="first")
    first = open_columns(tmp_path)

    append(tmp_path, [], mark="second")

    assert (first.mark, open_columns(tmp_path).mark) == ("first", "second")
    assert rows_of(open_columns(tmp_path)) == [(1, 1, 1)]


def test_who_reads_keeps_what_was_opened(tmp_path: Path) -> None:
    opened = append(tmp_path, [(1, 0, 1), (2, 0, 1)])

    append(tmp_path, [(1, 0, -1)])

    assert opened.values.tolist() == [1, 1]
    assert open_columns(tmp_path).values.tolist() == [-1, 1]


def test_what_a_crash_left_behind_does_not_count_and_is_overwritten(tmp_path: Path) -> None:
    append(tmp_path, [(1, 0, 1)])
    with (tmp_path / "participants.0").open("ab") as file:
        file.write(b"half a ro")

    before = rows_of(open_columns(tmp_path))
    after = rows_of(append(tmp_path, [(2, 0, -1)]))

    assert before == [(1, 0, 1)]
    assert after == [(1, 0, 1), (2, 0, -1)]


def _shorten(folder: Path) -> None:
    (folder / "values.0").write_bytes(b"")


def _of_another_format(folder: Path) -> None:
    (folder / "columns.json").write_text(json.dumps({"format": "allting columns 2", "rows": 1}))


def _half_written(folder: Path) -> None:
    (folder / "columns.json").write_text("{")


@pytest.mark.parametrize("damage", [_shorten, _of_another_format, _half_written])
def test_damaged_files_are_named(tmp_path: Path, damage: object) -> None:
    append(tmp_path, [(1, 0, 1)])

    damage(tmp_path)  # type: ignore[operator]

    with pytest.raises(errors.ColumnsDamaged):
        open_columns(tmp_path)


@pytest.mark.parametrize(
    ("refusal", "rows"),
    [
        (errors.IndexOutOfRange, [(-1, 0, 1)]),
        (errors.IndexOutOfRange, [(0, 2**31, 1)]),
        (errors.UnknownVote, [(0, 0, 2)]),
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    tmp_path: Path, refusal: type[errors.InputError], rows: Rows
) -> None:
    append(tmp_path, [(1, 0, 1)])

    with pytest.raises(refusal):
        append(tmp_path, rows)
    with pytest.raises(errors.RowsUneven):
        append_votes(tmp_path, participants=[1], statements=[], values=[1])

    assert rows_of(open_columns(tmp_path)) == [(1, 0, 1)]


def test_the_digest_is_of_the_votes_however_they_came_in(tmp_path: Path) -> None:
    at_once = append(tmp_path / "one", [(1, 0, 1), (2, 1, -1)])
    append(tmp_path / "two", [(2, 1, 1), (2, 0, 0)])
    replace(tmp_path / "two", [], of=[2])
    in_parts = append(tmp_path / "two", [(2, 1, -1), (1, 0, 1)])

    assert at_once.digest() == in_parts.digest()
    assert at_once.digest() != append(tmp_path / "two", [(1, 0, 0)]).digest()


def test_a_folder_that_is_not_there_has_no_votes_and_is_not_made(tmp_path: Path) -> None:
    columns = open_columns(tmp_path / "none")

    assert len(columns) == 0
    assert columns.participant_ids().tolist() == []
    assert list(columns.blocks(people_at_once=3)) == []
    assert not (tmp_path / "none").exists()


def test_neither_scipy_nor_scikit_learn_is_loaded() -> None:
    code = "import sys, allting.engine.columns; print([it for it in ('scipy', 'sklearn') if it in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
