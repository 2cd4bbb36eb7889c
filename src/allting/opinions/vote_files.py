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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import Max
from numpy.typing import NDArray

from allting.engine import columns
from allting.engine.errors import ColumnsDamaged
from allting.opinions.extracting import read_columns, read_ids
from allting.opinions.models import Conversation, Participant, Statement, Unread, Vote

type Ids = NDArray[np.int64]

# As many as the database takes in one question, and as many as fit into memory a few times over.
_ACTORS_AT_ONCE = 500
_PEOPLE_AT_ONCE = 20_000
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
    files = _follow(conversation_id, read_to=_read_to(there.mark))
    return files if _holds_what_the_table_holds(conversation_id, files) else _make_anew(conversation_id)


def _follow(conversation_id: int, *, read_to: int) -> Files:
    unread = Unread.objects.filter(conversation=conversation_id, pk__gt=read_to)
    latest = unread.aggregate(latest=Max("pk"))["latest"]
    if latest is None:
        return Files(folder_of(conversation_id), read_to)
    actors = read_ids(unread.filter(pk__lte=latest), "actor")
    gone = read_ids(unread.filter(pk__lte=latest, is_gone=True), "actor")
    folder, mark = folder_of(conversation_id), _new_mark(read_to=latest)
    who, what, votes = _votes_of(actors, conversation_id=conversation_id)
    columns.replace_votes(folder, of=actors, participants=who, statements=what, values=votes, mark=mark)
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


def copy_votes(conversation_id: int, *, statements: Ids, into: Path) -> columns.VoteColumns:
    """Write every vote that counts on some statements into a folder of the caller's, and open it there.

    statements   ids, ascending        Who was set aside stays out.
    Cost         a run of people in memory at a time, however many there are.
    """
    aside = set_aside(conversation_id)
    blocks = _all_votes(conversation_id, statements=statements)
    counted = ((who, what, values, ~np.isin(who, aside)) for who, what, values in blocks)
    return columns.write_votes(into, blocks=((who[it], what[it], values[it]) for who, what, values, it in counted))


def count_people(conversation_id: int) -> int | None:
    """Count who has an answer that counts, without reading the table of votes; None where there are no files."""
    there = _open(conversation_id)
    if there is None:
        return None
    known = _participants(str(folder_of(conversation_id)), there.mark)
    unread = Unread.objects.filter(conversation=conversation_id, pk__gt=_read_to(there.mark))
    changed = read_ids(unread, "actor")
    voters = np.unique(_votes_of(changed, conversation_id=conversation_id)[0])
    aside = set_aside(conversation_id)
    # A million people are looked up in, and never sorted: this is asked every few seconds.
    looked_at = np.union1d(changed, aside)
    return len(known) - _count_in(known, looked_at) + len(np.setdiff1d(voters, aside, assume_unique=True))


def set_aside(conversation_id: int) -> Ids:
    """Return who is part of a burst that was set aside."""
    # By the bursts, which are few.
    aside = Participant.objects.filter(burst__conversation=conversation_id)
    return read_ids(aside, "actor")


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
    """Read the whole table, a run of people at a time."""
    remove(conversation_id)
    folder, latest = folder_of(conversation_id), _latest_unread(conversation_id)
    folder.mkdir(parents=True, mode=0o700)
    mark = _new_mark(read_to=latest)
    statements = read_ids(Statement.objects.filter(conversation=conversation_id), "pk")
    columns.write_votes(folder, blocks=_all_votes(conversation_id, statements=statements), mark=mark)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)
    Unread.objects.filter(conversation=conversation_id, pk__lte=latest, is_gone=True).delete()
    return Files(folder, latest)


def _all_votes(conversation_id: int, *, statements: Ids) -> Iterator[tuple[Ids, Ids, Ids]]:
    """Read the votes on some statements, a run of people at a time, ascending."""
    actors = read_ids(Participant.objects.filter(conversation=conversation_id), "actor")
    for begin in range(0, len(actors), _PEOPLE_AT_ONCE):
        some = actors[begin : begin + _PEOPLE_AT_ONCE]
        # Not by statement: without statistics the database would go through all votes of each statement instead.
        votes = Vote.objects.filter(actor__gte=some[0], actor__lte=some[-1])
        who, what, values = read_columns(votes, "actor", "statement", "value")
        is_here = np.isin(what, statements) & np.isin(who, some)
        yield who[is_here], what[is_here], values[is_here]


def _votes_of(actors: Ids, *, conversation_id: int) -> tuple[Ids, Ids, Ids]:
    """Read all answers of some people in a conversation, each named once: actors, statements, values."""
    statements = read_ids(Statement.objects.filter(conversation=conversation_id), "pk")
    found = [
        read_columns(Vote.objects.filter(actor__in=some), "actor", "statement", "value")
        for some in batched(actors.tolist(), _ACTORS_AT_ONCE)
    ]
    who, what, values = (
        np.concatenate([np.empty(0, dtype=np.int64), *(run[column] for run in found)]) for column in range(3)
    )
    is_here = np.isin(what, statements)
    return who[is_here], what[is_here], values[is_here]


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
