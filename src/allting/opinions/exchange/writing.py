"""Write a conversation as Polis exports one, so that any tool for such exports, ours included, can read it.

What is left out on purpose: votes.csv and the hour of each statement, because times tell who somebody is, and
`n-comments`, because it would tell which votes an author of a statement cast. Participants and authors get numbers
that are drawn anew for every file, in two series that do not know each other, and rows come in the order of those.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import SystemRandom
from typing import IO, Any

import numpy as np

from allting.opinions import queries, vote_files
from allting.opinions.exchange.files import COMMENTS, MAP, MATRIX, SUMMARY
from allting.opinions.exchange.matrix import Matrix
from allting.opinions.models import Conversation, Statement

_COMMENT_COLUMNS = (
    "timestamp",
    "datetime",
    "comment-id",
    "author-id",
    "agrees",
    "disagrees",
    "moderated",
    "comment-body",
    "is-seed",
    "is-meta",
)
_PARTICIPANT_COLUMNS = ("participant", "n-votes", "n-agree", "n-disagree")
_MODERATED = {
    Statement.State.SHOWN: 1,
    Statement.State.WAITING: 0,
    Statement.State.DECLINED: -1,
    Statement.State.MERGED: -1,
}


def write_polis(conversation: Conversation, *, into: IO[bytes], address: str = "") -> None:
    """Write a zip with comments.csv, participants-votes.csv, summary.csv and what was published, map.json.

    Participants of bursts that were set aside stay out, as they do on the map; statements whose words were taken
    back, too. `address` is where the conversation is held, by which a newer export is known to be of the same one.
    Cost: a run of people in memory at a time; their votes pass through files of 9 bytes each, gone at the end.
    """
    statements = queries.list_statements_for_export(conversation_id=conversation.pk)
    numbers = queries.number_statements(conversation_id=conversation.pk)
    numbers = {statement.pk: numbers[statement.pk] for statement in statements}
    with tempfile.TemporaryDirectory(prefix="allting-export-", ignore_cleanup_errors=True) as folder:
        matrix = _read_matrix(conversation, numbers, into=Path(folder))
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            _write(packed, COMMENTS, _comment_rows(statements, numbers, matrix))
            _write_matrix(packed, matrix)
            _write(packed, SUMMARY, _summary_rows(conversation, statements, matrix, address=address))
            if published := _published(conversation, numbers):
                packed.writestr(MAP, json.dumps(published))


def _published(conversation: Conversation, numbers: dict[int, int]) -> dict[str, Any] | None:
    """Return what the latest map says by statement number; None while there is none."""
    latest = queries.get_latest_map(conversation_id=conversation.pk)
    if latest is None:
        return None
    return {
        "method": latest.method,
        "version": latest.version,
        "outcome": latest.outcome,
        "is_complete": latest.is_complete,
        "drawn_at": latest.drawn_at.isoformat(timespec="seconds"),
        "people": latest.people_count,
        "votes": latest.votes_count,
        "statements": {
            numbers[int(pk)]: {name: shown[name] for name in ("everyone", "groups", "between")}
            for pk, shown in latest.figures["statements"].items()
            if int(pk) in numbers
        },
    }


def _read_matrix(conversation: Conversation, numbers: dict[int, int], *, into: Path) -> Matrix:
    ids = np.array(sorted(numbers), dtype=np.int64)
    votes = vote_files.copy_votes(conversation.pk, statements=ids, into=into)
    return Matrix(
        starts=votes.participant_starts(),
        voted_on=votes.statements,
        values=votes.values,
        statements=ids,
        numbers=np.array([numbers[it] for it in ids.tolist()], dtype=np.int64),
    )


def _comment_rows(
    statements: Sequence[Statement], numbers: dict[int, int], matrix: Matrix
) -> Iterator[Sequence[object]]:
    agrees, disagrees = matrix.count_answers()
    authors = list({statement.item.author_id for statement in statements})
    SystemRandom().shuffle(authors)
    author_numbers = {author: number for number, author in enumerate(authors)}
    yield _COMMENT_COLUMNS
    for statement in statements:
        number = numbers[statement.pk]
        day = statement.submitted_at.replace(hour=0, minute=0, second=0, microsecond=0)
        yield (
            int(day.timestamp() * 1000),
            day.date().isoformat(),
            number,
            author_numbers[statement.item.author_id],
            agrees[number],
            disagrees[number],
            -1 if statement.item.hidden_at else _MODERATED[Statement.State(statement.state)],
            statement.text,
            int(statement.is_seed),
            int(statement.is_about_the_conversation),
        )


def _summary_rows(
    conversation: Conversation, statements: Sequence[Statement], matrix: Matrix, *, address: str
) -> Iterator[Sequence[object]]:
    yield "topic", conversation.item.title
    yield "url", address
    yield "voters", matrix.count_people()
    yield "commenters", len({statement.item.author_id for statement in statements})
    yield "comments", len(statements)
    yield "conversation-description", conversation.description


def _write_matrix(packed: zipfile.ZipFile, matrix: Matrix) -> None:
    with packed.open(MATRIX, "w", force_zip64=True) as raw:
        columns = (*_PARTICIPANT_COLUMNS, *sorted(matrix.numbers.tolist()))
        raw.write(",".join(map(str, columns)).encode() + b"\r\n")
        for lines in matrix.lines():
            raw.write(lines)


def _write(packed: zipfile.ZipFile, name: str, rows: Iterable[Sequence[object]]) -> None:
    """Write one file of the zip, row by row."""
    with packed.open(name, "w", force_zip64=True) as raw:
        text: Any = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)
        csv.writer(text).writerows(rows)
        text.flush()
        text.detach()
