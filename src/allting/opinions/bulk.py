"""Very many people at once, as the invented million comes in: a run of people and their answers, a transaction each.

Rows go into the same tables as everybody's, past the actions, which would take a day. Short transactions, so that the
server goes on answering; a run is there or is not, so that who was interrupted goes on with the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import F, Max, Model
from numpy.typing import NDArray

from allting.opinions import vote_files
from allting.opinions.models import Conversation, Participant, Statement, Vote
from allting.record.models import Actor


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Answers of some people who are not here yet.

    people       indices from 0, ascending, shape (votes,)       first   the number of the first of them
    statements   ids, shape (votes,)                             values  1, 0, -1
    """

    first: int
    count: int
    people: NDArray[np.int64]
    statements: NDArray[np.int64]
    values: NDArray[np.int8]


def count_people(conversation: Conversation) -> int:
    """Count those who came in by runs."""
    return Participant.objects.filter(conversation=conversation, number_there__isnull=False).count()


@transaction.atomic
def write_run(*, conversation: Conversation, run: Run, now: datetime) -> NDArray[np.int64]:
    """Write people and their answers, and return the actors. The map is old then; no event, as for any vote."""
    Conversation.objects.filter(pk=conversation.pk).update(
        changes_count=F("changes_count") + len(run.values), changed_at=now, columns_mark=""
    )
    actors = _make_actors(run.count)
    moment = connection.ops.adapt_datetimefield_value(now)
    _insert(
        Participant,
        ("conversation_id", "actor_id", "number_there", "first_vote_at", "network_tag"),
        [(conversation.pk, actor, run.first + row, moment, "") for row, actor in enumerate(actors.tolist())],
    )
    columns = (actors[run.people].tolist(), run.statements.tolist(), run.values.tolist(), repeat(moment))
    _insert(Vote, ("actor_id", "statement_id", "value", "cast_at"), list(zip(*columns, strict=False)))
    _count_views(run)
    return actors


def _make_actors(count: int) -> NDArray[np.int64]:
    """Make actors and find them again by what is unique about them: others may make some at the same time."""
    before = Actor.objects.aggregate(last=Max("pk"))["last"] or 0
    uuids = [uuid.uuid4() for _ in range(count)]
    stored = uuids if connection.features.has_native_uuid_field else [it.hex for it in uuids]
    _insert(Actor, ("uuid", "kind"), [(it, Actor.Kind.IMPORTED.value) for it in stored])
    made = dict(Actor.objects.filter(pk__gt=before).values_list("uuid", "pk"))
    return np.array(sorted(made[it] for it in uuids), dtype=np.int64)


def _count_views(run: Run) -> None:
    name, table = connection.ops.quote_name, Statement._meta
    column = name("views_count")
    seen, counts = np.unique(run.statements, return_counts=True)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {name(table.db_table)} SET {column} = {column} + %s WHERE {name('item_id')} = %s",
            list(zip(counts.tolist(), seen.tolist(), strict=True)),
        )


def _insert(table: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows without an instance each, which costs five times as much as the row."""
    name = connection.ops.quote_name
    into = f"{name(table._meta.db_table)} ({', '.join(map(name, names))})"
    with connection.cursor() as cursor:
        # The driver of PostgreSQL would send a statement for each row.
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)


class Beside:
    """Writes the column files along with the table, so that twenty million votes need not be read back at once."""

    def __init__(self, conversation: Conversation, *, is_new: bool) -> None:
        """`is_new` where the table is empty; what an interrupted start left is made anew from the table."""
        self._conversation_id = conversation.pk
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]] = []
        self._is_whole = is_new
        vote_files.remove(conversation.pk)

    def add(self, run: Run, actors: NDArray[np.int64]) -> None:
        self._waiting.append((actors[run.people], run.statements, run.values))
        if len(self._waiting) >= 20:
            self._write()

    def close(self) -> None:
        """Make the files those of the conversation, if they hold everything."""
        self._write()
        if self._is_whole:
            vote_files.adopt(self._conversation_id)

    def _write(self) -> None:
        if self._is_whole and self._waiting:
            who, what, values = (np.concatenate(it) for it in zip(*self._waiting, strict=True))
            vote_files.write_along(self._conversation_id, actors=who, statements=what, values=values)
        self._waiting = []
