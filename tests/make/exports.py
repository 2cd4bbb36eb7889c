"""Export folders as Polis writes them, small and on the spot."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

# 5 February 2026, 12:00 UTC, in the milliseconds of that tool.
NOON_MS = 1_770_292_800_000

type Votes = Mapping[tuple[int, int], int]


def write_export(
    folder: Path,
    *,
    statements: Sequence[str] = ("More buses", "Fewer buses", "Free buses"),
    authors: Sequence[int] = (0, 1, 7),
    moderated: Sequence[int] | None = None,
    votes: Votes | None = None,
    has_times: bool = True,
    extra_columns: Mapping[str, str] | None = None,
) -> Path:
    """Write a folder with comments.csv, participants-votes.csv, summary.csv and, with times, votes.csv.

    votes            by (participant, statement)
    extra_columns    columns of participants-votes.csv that Allting does not know, with their value in each row
    """
    folder.mkdir(parents=True, exist_ok=True)
    votes = VOTES if votes is None else votes
    participants = sorted({participant for participant, _statement in votes})
    extra = dict(extra_columns or {})
    _write(
        folder / "comments.csv",
        ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"],
        [
            [NOON_MS + number, "", number, authors[number % len(authors)], 0, 0, state, text]
            for number, (text, state) in enumerate(zip(statements, moderated or [1] * len(statements), strict=True))
        ],
    )
    numbers = range(len(statements))
    _write(
        folder / "participants-votes.csv",
        ["participant", *extra, "group-id", "n-comments", "n-votes", "n-agree", "n-disagree", *numbers],
        [
            [
                participant,
                *extra.values(),
                "",
                0,
                *_own_counts(votes, participant),
                *(votes.get((participant, number), "") for number in numbers),
            ]
            for participant in participants
        ],
    )
    if has_times:
        _write(
            folder / "votes.csv",
            ["timestamp", "datetime", "comment-id", "voter-id", "vote"],
            [[NOON_MS + 1_000 * row, "", pair[1], pair[0], value] for row, (pair, value) in enumerate(votes.items())],
        )
    (folder / "summary.csv").write_text(
        "topic,Buses\nurl,https://example.org/buses\n"
        f"voters,{len(participants)}\ncommenters,{len(set(authors[: len(statements)]))}\ncomments,{len(statements)}\n"
        'conversation-description,"What about the buses?\nSay it."\n'
    )
    return folder


VOTES: Votes = {(0, 0): 1, (0, 1): -1, (1, 0): 1, (1, 2): 0, (4, 1): 1}


def _own_counts(votes: Votes, participant: int) -> list[int]:
    own = [value for (who, _what), value in votes.items() if who == participant]
    return [len(own), own.count(1), own.count(-1)]


def _write(file: Path, header: Sequence[object], rows: Sequence[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
