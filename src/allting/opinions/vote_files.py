"""Votes beside the table: column files in the data folder, brought up to date before each map.

The table is the truth; the files are what a map reads in seconds. Who votes, changes or takes back an answer leaves a
row in `Unread`; before a map, all answers of these people are read from the table again and replace what the files
held about them. So changed, undone, handed-over and erased answers are one case.

    files.mark == conversation.columns_mark      they were written for each other; otherwise they are made anew
    mark = a random word, and up to which row of `Unread` the files have been read

The mark in the files is written first and the one in the database after it: what is interrupted in between, or comes
back from a backup, does not fit and is made anew. One writer at a time, who holds the conversation's `MapRun`.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from allting.engine import columns
from allting.engine.errors import ColumnsDamaged
from allting.opinions.models import Conversation, Participant, Statement, Unread, Vote

type Ids = NDArray[np.int64]

# As many as the database takes in one question, and as many as fit into memory a few times over.
_ACTORS_AT_ONCE = 500
_PEOPLE_AT_ONCE = 20_000
_ROWS_AT_ONCE = 50_000
_STATE = "state-"
# Counting more votes than these takes longer than a second.
_COUNTED_UP_TO = 1_000_000


@dataclass(frozen=True, slots=True)
class Files:
    """Column files that agree with the table up to a row of `Unread`."""

    folder: Path
    read_to: int


def folder_of(conversation_id: int) -> Path:
    return Path(settings.DATA_DIR) / "votes" / str(conversation_id)


def bring_up_to_date(conversation_id: int) -> Files:
    """Read what changed since the last time, or everything where the files do not fit, and return the files.

    Whoever calls this holds the conversation's `MapRun`.
    """
    there = _open(conversation_id)
    if there is None:
        return _make_anew(conversation_id)
    files = _follow(conversation_id, there)
    return files if _holds_what_the_table_holds(conversation_id, files) else _make_anew(conversation_id)


def _follow(conversation_id: int, there: columns.VoteColumns) -> Files:
    read_to = _read_to(there.mark)
    unread = Unread.objects.filter(conversation=conversation_id, pk__gt=read_to)
    latest = unread.aggregate(latest=Max("pk"))["latest"]
    if latest is None:
        return Files(folder_of(conversation_id), read_to)
    actors = _ids(unread.filter(pk__lte=latest).values_list("actor", flat=True).distinct())
    gone = _ids(unread.filter(pk__lte=latest, is_gone=True).values_list("actor", flat=True).distinct())
    folder, mark = folder_of(conversation_id), _new_mark(read_to=latest)
    found = _votes_of(actors, conversation_id=conversation_id)
    if len(lost := _who_lost_an_answer(there, actors, found)):
        columns.remove_participants(folder, participants=lost)
    columns.append_votes(folder, participants=found[:, 0], statements=found[:, 1], values=found[:, 2], mark=mark)
    _forget_in_states(folder, gone)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)
    Unread.objects.filter(conversation=conversation_id, pk__lte=latest, is_gone=True).delete()
    return Files(folder, latest)


def _holds_what_the_table_holds(conversation_id: int, files: Files) -> bool:
    """Count both, where that is quick: whoever writes votes past the actions must not be left out for ever."""
    there = len(columns.open_columns(files.folder))
    if there > _COUNTED_UP_TO or Vote.objects.filter(statement__conversation=conversation_id).count() == there:
        return True
    return _latest_unread(conversation_id) > files.read_to


def write_along(conversation_id: int, *, actors: Ids, statements: Ids, values: NDArray[np.int8]) -> None:
    """Add votes that are written to the table as well; `adopt` says later that the two belong together."""
    folder = folder_of(conversation_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    columns.append_votes(folder, participants=actors, statements=statements, values=values)


def adopt(conversation_id: int) -> None:
    """Take files that were written along with the table for those of the conversation; what else came in is unread."""
    folder, mark = folder_of(conversation_id), _new_mark(read_to=0)
    nobody = np.empty(0, dtype=np.int64)
    columns.append_votes(folder, participants=nobody, statements=nobody, values=nobody, mark=mark)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)


def count_people(conversation_id: int) -> int | None:
    """Count who has an answer that counts, without reading the table of votes; None where there are no files."""
    there = _open(conversation_id)
    if there is None:
        return None
    known = _participants(str(folder_of(conversation_id)), there.mark)
    unread = Unread.objects.filter(conversation=conversation_id, pk__gt=_read_to(there.mark))
    changed = _ids(unread.values_list("actor", flat=True).distinct())
    voters = np.unique(_votes_of(changed, conversation_id=conversation_id)[:, 0])
    aside = set_aside(conversation_id)
    # A million people are looked up in, and never sorted: this is asked every few seconds.
    looked_at = np.union1d(changed, aside)
    return len(known) - _count_in(known, looked_at) + len(np.setdiff1d(voters, aside, assume_unique=True))


def set_aside(conversation_id: int) -> Ids:
    """Return who is part of a burst that was set aside."""
    # By the bursts, which are few.
    aside = Participant.objects.filter(burst__conversation=conversation_id)
    return np.sort(_ids(aside.values_list("actor", flat=True)))


def state_folder(conversation_id: int, *, of_map: str) -> Path:
    """Return where the engine's state after a map is kept, for the next quick redraw."""
    return folder_of(conversation_id) / f"{_STATE}{of_map[:24]}"


def keep_state(conversation_id: int, *, drawn: Path, of_map: str) -> None:
    """Keep the state of the map that was published in place of that of the one before."""
    kept = state_folder(conversation_id, of_map=of_map)
    for other in folder_of(conversation_id).glob(f"{_STATE}*"):
        if other not in {drawn, kept}:
            shutil.rmtree(other, ignore_errors=True)
    if drawn.exists():
        shutil.rmtree(kept, ignore_errors=True)
        drawn.replace(kept)


def remove(conversation_id: int) -> None:
    """Take the files of a conversation away; they are made anew when they are needed."""
    shutil.rmtree(folder_of(conversation_id), ignore_errors=True)


def left_behind() -> list[int]:
    """Return the conversations whose files nobody will read again: wiped, or of another database."""
    root = Path(settings.DATA_DIR) / "votes"
    there = {int(it.name) for it in root.iterdir() if it.name.isdecimal()} if root.exists() else set()
    fitting = {
        pk
        for pk, mark in Conversation.objects.filter(pk__in=there).values_list("pk", "columns_mark")
        if mark and mark == _mark_of(folder_of(pk))
    }
    return sorted(there - fitting)


def _count_in(known: Ids, asked: Ids) -> int:
    """Count those of `asked` that are in the ascending `known`."""
    places = np.searchsorted(known, asked)
    return int(np.count_nonzero(np.append(known, -1)[places] == asked))


# --- inside ---------------------------------------------------------------------------------------------------


def _open(conversation_id: int) -> columns.VoteColumns | None:
    wanted = Conversation.objects.values_list("columns_mark", flat=True).get(pk=conversation_id)
    if not wanted:
        return None
    try:
        there = columns.open_columns(folder_of(conversation_id))
    except ColumnsDamaged:
        return None
    return there if there.mark == wanted else None


def _mark_of(folder: Path) -> str:
    try:
        return columns.open_columns(folder).mark
    except ColumnsDamaged:
        return ""


def _new_mark(*, read_to: int) -> str:
    return f"{secrets.token_hex(8)}:{read_to}"


def _read_to(mark: str) -> int:
    return int(mark.rpartition(":")[2])


def _latest_unread(conversation_id: int) -> int:
    return Unread.objects.filter(conversation=conversation_id).aggregate(latest=Max("pk"))["latest"] or 0


def _make_anew(conversation_id: int) -> Files:
    """Read the whole table, a run of people at a time: who comes later is appended to the files' ends."""
    remove(conversation_id)
    folder, latest = folder_of(conversation_id), _latest_unread(conversation_id)
    folder.mkdir(parents=True, mode=0o700)
    statements = _statements(conversation_id)
    people = Participant.objects.filter(conversation=conversation_id).order_by("actor")
    actors = _ids(people.values_list("actor", flat=True))
    for begin in range(0, len(actors), _PEOPLE_AT_ONCE):
        some = actors[begin : begin + _PEOPLE_AT_ONCE]
        # Not by statement: without statistics the database would go through all votes of each statement instead.
        rows = _rows("{actor} BETWEEN %s AND %s", [int(some[0]), int(some[-1])])
        rows = rows[np.isin(rows[:, 1], statements) & np.isin(rows[:, 0], some)]
        columns.append_votes(folder, participants=rows[:, 0], statements=rows[:, 1], values=rows[:, 2])
    nobody = np.empty(0, dtype=np.int64)
    mark = _new_mark(read_to=latest)
    columns.append_votes(folder, participants=nobody, statements=nobody, values=nobody, mark=mark)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)
    Unread.objects.filter(conversation=conversation_id, pk__lte=latest, is_gone=True).delete()
    return Files(folder, latest)


def _statements(conversation_id: int) -> Ids:
    return _ids(Statement.objects.filter(conversation=conversation_id).order_by("pk").values_list("pk", flat=True))


def _votes_of(actors: Ids, *, conversation_id: int) -> Ids:
    """Read all answers of some people in a conversation: actor, statement, value."""
    statements = _statements(conversation_id)
    found = [np.empty((0, 3), dtype=np.int64)]
    for some in batched(actors.tolist(), _ACTORS_AT_ONCE):
        found.append(_rows("{actor} IN (" + ", ".join(["%s"] * len(some)) + ")", some))
    rows = np.concatenate(found)
    return np.asarray(rows[np.isin(rows[:, 1], statements)])


def _rows(condition: str, values: Iterable[int]) -> Ids:
    """Read votes without making objects of them: a tenth of the time."""
    actor, statement, value = map(connection.ops.quote_name, ("actor_id", "statement_id", "value"))
    table = connection.ops.quote_name(Vote._meta.db_table)
    found = [np.empty((0, 3), dtype=np.int64)]
    with connection.cursor() as cursor:
        where = condition.format(actor=actor)
        cursor.execute(f"SELECT {actor}, {statement}, {value} FROM {table} WHERE {where}", list(values))
        while some := cursor.fetchmany(_ROWS_AT_ONCE):
            found.append(np.array(some, dtype=np.int64))
    return np.concatenate(found)


def _who_lost_an_answer(there: columns.VoteColumns, actors: Ids, found: Ids) -> Ids:
    """Return whose answers in the files are not all in the table any more: taken back, handed over or erased."""
    # Of the same type, or numpy would turn all the votes into the other one first.
    asked = actors.astype(there.participants.dtype)
    starts, ends = (np.searchsorted(there.participants, asked, side=side) for side in ("left", "right"))
    in_table = {(int(actor), int(statement)) for actor, statement in found[:, :2]}
    lost = [
        actor
        for actor, start, end in zip(actors.tolist(), starts, ends, strict=True)
        if any((actor, statement) not in in_table for statement in there.statements[start:end].tolist())
    ]
    return np.array(lost, dtype=np.int64)


def _forget_in_states(folder: Path, gone: Ids) -> None:
    """Write nothing over what the state of a map says about somebody. Their number stays: it names nobody."""
    if not len(gone):
        return
    for state in folder.glob(f"{_STATE}*"):
        actor_ids = np.load(state / "actor_ids.npy", mmap_mode="r")
        rows = np.flatnonzero(np.isin(actor_ids, gone))
        for name in ("people_mean", "people_covariance", "posterior"):
            array = np.load(state / f"{name}.npy", mmap_mode="r+")
            array[rows] = 0
            array.flush()


@lru_cache(maxsize=4)
def _participants(folder: str, mark: str) -> Ids:
    """Return who is in the files, ascending; asked for every few seconds while a map is waited for."""
    return columns.open_columns(Path(folder)).participant_ids().astype(np.int64)


def _ids(rows: QuerySet[Any, int]) -> Ids:
    return np.fromiter(rows.iterator(chunk_size=_ROWS_AT_ONCE), dtype=np.int64)
