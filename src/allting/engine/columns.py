"""Votes beside the table: three columns in files, always sorted, so that fifty million are opened at once.

A folder holds one conversation:

    columns.json              {"format": "allting columns 1", "rows": 50000000, "generation": 7, "mark": "2026-11-22T…"}
    participants.7            little-endian 32-bit whole numbers, ascending
    statements.7              little-endian 32-bit whole numbers, ascending within a participant
    values.7                  one byte each: 1 agree, -1 disagree, 0 pass

    write_votes(folder, blocks=…, mark=…)                 all of them, the first time
    append_votes(folder, participants=…, statements=…, values=…, mark=…)   the last vote of a pair counts
    replace_votes(folder, of=…, participants=…, …)        what some people say now, or nothing where they are erased
    columns = open_columns(folder)                        memory maps: read as they are used

Participants and statements are any whole numbers from 0 below 2³¹ that the caller can keep: ids of rows, or indices.
`VoteColumns.numbered` turns ids into the indices that `pack_votes` and the map take.

Rows that come after the last participant are written to the ends of the files. Any others are merged while the files
are copied, in blocks, to the next generation. The rows count from the moment that `columns.json` says so: who reads
keeps the generation that was opened, and what a crash left behind is overwritten. One writer at a time. `mark` is what
the writer wants to find again with exactly these rows, such as up to when the table has been read.

Needs numpy only, so that the process that answers pages may append.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from allting.engine import errors

FORMAT = "allting columns 1"
LARGEST = 2**31 - 1
_HEADER = "columns.json"
_WIDTHS = {"participants": "<i4", "statements": "<i4", "values": "i1"}
# Rows that are copied, hashed or looked at together: a few megabytes.
_BLOCK = 1 << 20
# Ids of statements within so many of each other are looked up in a table of them, 4 bytes each; others are searched.
_SPAN = 1 << 22

type _Columns = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The votes of `people` participants: rows from `begin` below `end`; the first of them has the index `first`."""

    begin: int
    end: int
    first: int
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class VoteColumns:
    """Votes in files, opened for reading; each array has shape (votes,), cannot be written to, and is a memory map.

    Sorted by participant, then statement; each pair once. `mark` is what the writer left with them, and `files` are
    where the columns are mapped from, so that a task elsewhere can map some of the rows (`read_rows`).
    """

    participants: NDArray[np.int32]
    statements: NDArray[np.int32]
    values: NDArray[np.int8]
    mark: str = ""
    files: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def participant_ids(self) -> NDArray[np.int32]:
        """Return everybody who voted, ascending: the participant with index i is the one at place i."""
        found = [
            self.participants[begin:end][np.diff(self.participants[begin:end], prepend=-1) > 0]
            for begin, end in self._runs(_BLOCK)
        ]
        return np.concatenate(found) if found else np.empty(0, dtype=np.int32)

    def numbered(self, *, statement_ids: NDArray[np.integer[Any]]) -> "VoteColumns":
        """Return the same votes, in memory, with indices in place of ids: of `participant_ids()` and `statement_ids`.

        statement_ids   ascending, with every statement that has a vote         Raises   IndexOutOfRange.
        """
        participants, statements = (np.empty(len(self), dtype=np.int32) for _ in range(2))
        index_of = _Lookup(np.asarray(statement_ids))
        last = -1
        for begin, end in self._runs(_BLOCK):
            # In place and in 32 bits: at fifty million rows, each array of 64 bits would be 400 MB and a second.
            run = participants[begin:end]
            np.not_equal(self.participants[begin + 1 : end], self.participants[begin : end - 1], out=run[1:])
            run[0] = last + 1
            np.cumsum(run, out=run)
            last = int(run[-1])
            asked = self.statements[begin:end]
            statements[begin:end] = index_of(asked)
            if (unknown := np.flatnonzero(statements[begin:end] < 0)).size:
                row = int(unknown[0])
                raise errors.IndexOutOfRange(
                    what="statement", row=begin + row, index=int(asked[row]), count=len(statement_ids)
                )
        for column in (participants, statements):
            column.setflags(write=False)
        return replace(self, participants=participants, statements=statements, files=())

    def participant_starts(self) -> NDArray[np.int64]:
        """Return where each participant's rows begin, and at the end where the last one's end: (participants + 1,)."""
        return np.concatenate([np.empty(0, dtype=np.int64), *self._starts(), [len(self)]])

    def blocks(self, *, people_at_once: int) -> Iterator[Block]:
        """Cut the rows where a participant ends, every so many participants: what is worked on together."""
        starts = self.participant_starts()
        people = len(starts) - 1
        for first in range(0, people, people_at_once):
            after = min(first + people_at_once, people)
            yield Block(begin=int(starts[first]), end=int(starts[after]), first=first, people=after - first)

    def digest(self) -> str:
        """Return the SHA-256 (hex) of all rows: the same votes, the same digest, however they came in."""
        digest = hashlib.sha256(f"{FORMAT}\n{len(self)}\n".encode())
        for name, width in _WIDTHS.items():
            column = getattr(self, name)
            for begin in range(0, len(self), _BLOCK):
                digest.update(np.ascontiguousarray(column[begin : begin + _BLOCK], dtype=width).data)
        return digest.hexdigest()

    def _runs(self, rows: int) -> Iterator[tuple[int, int]]:
        """Cut the rows into runs of about so many, each ending where a participant ends."""
        begin = 0
        while begin < len(self):
            end = min(begin + rows, len(self))
            if end < len(self):
                end = int(np.searchsorted(self.participants, self.participants[end - 1], side="right"))
            yield begin, end
            begin = end

    def _starts(self) -> Iterator[NDArray[np.int64]]:
        for begin, end in self._runs(_BLOCK):
            yield begin + np.flatnonzero(np.diff(self.participants[begin:end], prepend=-1) > 0)


def open_columns(folder: Path) -> VoteColumns:
    """Open the votes of a folder; an empty or missing folder has none.

    Raises   ColumnsDamaged where a file is shorter than `columns.json` says, or is of another format: make it anew.
    Cost     nothing until the rows are used.
    """
    header = _read_header(folder)
    if not header.rows:
        who, what, vote = (np.empty(0, dtype=width) for width in _WIDTHS.values())
        return VoteColumns(participants=who, statements=what, values=vote, mark=header.mark)
    files = tuple(folder / f"{name}.{header.generation}" for name in _WIDTHS)
    return replace(read_rows(files, begin=0, end=header.rows), mark=header.mark)


def read_rows(files: tuple[Path, ...], *, begin: int, end: int) -> VoteColumns:
    """Map some rows of the `files` of opened columns.

    Raises   ColumnsDamaged where the files are gone or shorter than that: the votes were written anew since.
    """
    columns = []
    for path in files:
        width = np.dtype(_WIDTHS[path.stem])
        if not path.exists() or path.stat().st_size < end * width.itemsize:
            raise errors.ColumnsDamaged(file=path.name)
        columns.append(np.memmap(path, dtype=width, mode="r", offset=begin * width.itemsize, shape=(end - begin,)))
    who, what, vote = columns
    return VoteColumns(participants=who, statements=what, values=vote, files=files)


def write_votes(
    folder: Path, *, blocks: Iterable[tuple[ArrayLike, ArrayLike, ArrayLike]], mark: str = ""
) -> VoteColumns:
    """Write all votes of a folder, in place of those that were there; it is made if it is not there.

    blocks    participants, statements, values as for `append_votes`, of whole participants who come after those of
              the block before
    Raises    RowsOutOfOrder and what `append_votes` raises; the folder is then as it was.
    Cost      O(block · log block) for each; a block in memory at a time, and the disk is waited for once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _rewrite(folder, _in_order(blocks), header=replace(_read_header(folder), mark=mark))
    return open_columns(folder)


def append_votes(
    folder: Path, *, participants: ArrayLike, statements: ArrayLike, values: ArrayLike, mark: str = ""
) -> VoteColumns:
    """Add votes to a folder, which is made if it is not there.

    participants, statements, values   as for `pack_votes`, in any order, shape (votes,); of a pair that is there
              already, or stands in several rows, the last counts
    mark      kept with the rows until the next append; without rows, it alone is written
    Returns   the columns with the votes in them.
    Raises    RowsUneven, IndexOutOfRange, UnknownVote, ColumnsDamaged; the folder is then as it was.
    Cost      O(new · log new) where every participant comes after those in the files; otherwise all rows are copied
              once, in blocks (a second or two for fifty million).
    """
    new = _checked(participants, statements, values)
    there = open_columns(folder)
    folder.mkdir(parents=True, exist_ok=True)
    header = replace(_read_header(folder), mark=mark)
    if not len(new[2]):
        _write_header(folder, header)
    elif not len(there) or new[0][0] > there.participants[-1]:
        _extend(folder, new, header=header)
    else:
        _rewrite(folder, _merged(there, new), header=header)
    return open_columns(folder)


def replace_votes(
    folder: Path,
    *,
    of: ArrayLike,
    participants: ArrayLike,
    statements: ArrayLike,
    values: ArrayLike,
    mark: str = "",
) -> VoteColumns:
    """Put all votes that some people have now in place of what the files hold of them; who has none leaves the files.

    of        participants, in any order; who is not named here nor has a row below keeps the votes in the files
    participants, statements, values, mark   as for `append_votes`
    Raises    as `append_votes`.
    Cost      as `append_votes`: all rows are copied once where the files know anybody of them.
    """
    there = open_columns(folder)
    whose = np.unique(np.concatenate([np.asarray(it, dtype=np.int64) for it in (of, participants)]))
    # Of the same type, or numpy would turn all the votes into the other one first.
    whose = whose[(whose >= 0) & (whose <= LARGEST)].astype(there.participants.dtype)
    starts, ends = (np.searchsorted(there.participants, whose, side=side) for side in ("left", "right"))
    if not (ends - starts).any():
        return append_votes(folder, participants=participants, statements=statements, values=values, mark=mark)
    new = _checked(participants, statements, values)
    _rewrite(folder, _replaced(there, whose, new), header=replace(_read_header(folder), mark=mark))
    return open_columns(folder)


class _Lookup:
    """Finds the places of ids among known ones, which are ascending; -1 for an id that is not among them."""

    def __init__(self, known: NDArray[np.integer[Any]]) -> None:
        self._known = known
        self._least = int(known[0]) if len(known) else 0
        self._table: NDArray[np.int32] | None = None
        if len(known) and known[-1] - known[0] < _SPAN:
            # With a -1 at either end, where everything that is outside is looked for.
            self._table = np.full(int(known[-1] - known[0]) + 3, -1, dtype=np.int32)
            self._table[known - self._least + 1] = np.arange(len(known), dtype=np.int32)

    def __call__(self, asked: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        if self._table is not None:
            return self._table.take(asked - np.int64(self._least - 1), mode="clip")
        places = np.searchsorted(self._known, asked).astype(np.int32)
        return np.where(np.append(self._known, -1)[places] == asked, places, np.int32(-1))


def _checked(participants: ArrayLike, statements: ArrayLike, values: ArrayLike) -> _Columns:
    """Refuse what cannot be meant; sort by pair, and keep the last row of each."""
    who, what, vote = (np.asarray(column, dtype=np.int64) for column in (participants, statements, values))
    if not len(who) == len(what) == len(vote):
        raise errors.RowsUneven(participants=len(who), statements=len(what), values=len(vote))
    for name, column in (("participant", who), ("statement", what)):
        if (wrong := np.flatnonzero((column < 0) | (column > LARGEST))).size:
            row = int(wrong[0])
            raise errors.IndexOutOfRange(what=name, row=row, index=int(column[row]), count=LARGEST + 1)
    if (wrong := np.flatnonzero((vote < -1) | (vote > 1))).size:
        raise errors.UnknownVote(row=int(wrong[0]), value=int(vote[wrong[0]]))
    pair = _pairs(who, what)
    order = np.argsort(pair, kind="stable")
    is_last = np.diff(pair[order], append=-1) != 0
    kept = order[is_last]
    return who[kept].astype(np.int32), what[kept].astype(np.int32), vote[kept].astype(np.int8)


def _in_order(blocks: Iterable[tuple[ArrayLike, ArrayLike, ArrayLike]]) -> Iterator[_Columns]:
    """Yield blocks, sorted and checked, of which each begins after the one before."""
    last = -1
    for block in blocks:
        who, what, vote = _checked(*block)
        if not len(who):
            continue
        if who[0] <= last:
            raise errors.RowsOutOfOrder(participant=int(who[0]), after=last)
        last = int(who[-1])
        yield who, what, vote


def _parts(there: VoteColumns) -> Iterator[tuple[VoteColumns, bool]]:
    """Yield the rows in blocks that end where a participant ends, and whether a block is the last.

    Each is mapped by itself, so that the memory of the process that rewrites the files holds a block and not them all.
    """
    for begin, end in there._runs(_BLOCK):
        yield read_rows(there.files, begin=begin, end=end), end == len(there)


def _merged(there: VoteColumns, new: _Columns) -> Iterator[_Columns]:
    """Yield the old rows with the new ones among them, in blocks that end where a participant ends."""
    who, what, vote = new
    begin_new = 0
    for old, is_last in _parts(there):
        # Those in front of the next block belong to this one.
        end_new = len(who) if is_last else int(np.searchsorted(who, old.participants[-1], side="right"))
        added = slice(begin_new, end_new)
        begin_new = end_new
        if added.start == added.stop:
            yield old.participants, old.statements, old.values
            continue
        place = np.searchsorted(_pairs(old.participants, old.statements), _pairs(who[added], what[added]))
        values = old.values.copy()
        is_again = _is_at(old, place, who[added], what[added])
        values[place[is_again]] = vote[added][is_again]
        fresh = place[~is_again]
        yield (
            np.insert(old.participants, fresh, who[added][~is_again]),
            np.insert(old.statements, fresh, what[added][~is_again]),
            np.insert(values, fresh, vote[added][~is_again]),
        )


def _pairs(who: NDArray[np.integer[Any]], what: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Make one number of each pair, in the order of the rows."""
    return (who.astype(np.int64) << 31) + what


def _is_at(
    old: VoteColumns, rows: NDArray[np.int64], who: NDArray[np.int32], what: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Say for each pair whether it stands in its row, which may be one after the last."""
    inside = np.minimum(rows, len(old) - 1)
    is_same = (old.participants[inside] == who) & (old.statements[inside] == what)
    return np.asarray((rows < len(old)) & is_same)


def _replaced(there: VoteColumns, whose: NDArray[np.int32], new: _Columns) -> Iterator[_Columns]:
    """Yield the old rows without those of some people, ascending, and with the new ones, in blocks of whole people."""
    begin_new = 0
    for old, is_last in _parts(there):
        end_new = len(new[0]) if is_last else int(np.searchsorted(new[0], old.participants[-1], side="right"))
        added, begin_new = slice(begin_new, end_new), end_new
        starts, ends = (np.searchsorted(old.participants, whose, side=side) for side in ("left", "right"))
        stays = np.ones(len(old), dtype=np.bool_)
        for start, end in zip(starts[starts < ends], ends[starts < ends], strict=True):
            stays[start:end] = False
        rows = slice(None) if stays.all() else np.flatnonzero(stays)
        kept = old.participants[rows], old.statements[rows], old.values[rows]
        if added.start == added.stop:
            yield kept
            continue
        # All rows of one participant are old or all are new, so that the place of the participant is that of each row.
        place = np.searchsorted(kept[0], new[0][added])
        yield (
            np.insert(kept[0], place, new[0][added]),
            np.insert(kept[1], place, new[1][added]),
            np.insert(kept[2], place, new[2][added]),
        )


@dataclass(frozen=True, slots=True)
class _Header:
    rows: int
    generation: int
    mark: str


def _extend(folder: Path, new: _Columns, *, header: _Header) -> None:
    """Write rows to the ends of the files; what stands beyond the rows is left from a crash, and is overwritten."""
    for (name, width), column in zip(_WIDTHS.items(), new, strict=True):
        path = folder / f"{name}.{header.generation}"
        path.touch()
        with path.open("r+b") as file:
            file.truncate(header.rows * np.dtype(width).itemsize)
            file.seek(0, os.SEEK_END)
            file.write(np.ascontiguousarray(column, dtype=width).data)
            file.flush()
            os.fsync(file.fileno())
    _write_header(folder, replace(header, rows=header.rows + len(new[2])))


def _rewrite(folder: Path, blocks: Iterator[_Columns], *, header: _Header) -> None:
    """Write the next generation block by block, point to it, and remove what came before."""
    rows, generation = 0, header.generation + 1
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context((folder / f"{name}.{generation}").open("wb")) for name in _WIDTHS]
        for block in blocks:
            rows += len(block[2])
            for file, width, column in zip(files, _WIDTHS.values(), block, strict=True):
                file.write(np.ascontiguousarray(column, dtype=width).data)
        for file in files:
            file.flush()
            os.fsync(file.fileno())
    _write_header(folder, replace(header, rows=rows, generation=generation))
    for path in folder.iterdir():
        if path.stem in _WIDTHS and path.suffix != f".{generation}":
            # Windows keeps a file that somebody reads: nothing points to it, and the next rewriting removes it.
            with contextlib.suppress(PermissionError):
                path.unlink()


def _read_header(folder: Path) -> _Header:
    path = folder / _HEADER
    if not path.exists():
        return _Header(rows=0, generation=0, mark="")
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
        if header["format"] != FORMAT:
            raise errors.ColumnsDamaged(file=_HEADER)
        return _Header(rows=int(header["rows"]), generation=int(header["generation"]), mark=str(header["mark"]))
    except (ValueError, KeyError, TypeError) as error:
        raise errors.ColumnsDamaged(file=_HEADER) from error


def _write_header(folder: Path, header: _Header) -> None:
    beside = folder / f"{_HEADER}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **asdict(header)}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / _HEADER)
