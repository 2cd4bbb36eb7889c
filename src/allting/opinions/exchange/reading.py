"""Read the export folder of another tool (Polis) and say what is in it before anything is written.

    comments.csv             one row a statement
    participants-votes.csv   one row a participant, one column a statement: 1 agree, -1 disagree, 0 pass, empty unseen
    summary.csv              what that tool counted
    votes.csv                not in every export: each vote with its time, re-votes included

A row that cannot be meant is named with its file and line and left out. What concerns the whole folder is
refused with one sentence, and then nothing of it is used.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allting.opinions.errors import UnusableExport
from allting.opinions.exchange.files import COMMENTS, MATRIX, SUMMARY, VOTES
from allting.opinions.importing import Export, ImportedStatement, ImportedVotes
from allting.opinions.models import Statement

# Beyond this many the file is broken as a whole, and a longer list helps nobody.
MOST_FLAWS_NAMED = 1_000
_LONGEST_CELL = 10_000_000
_EMPTY = ""

# True of every such export. Whoever imports one with a licence of its own says so instead.
ATTRIBUTION = "Data was gathered using the Polis software (compdemocracy.org/polis)."

# What can be wrong with a row, by its code. `data` fills the names.
_SENTENCES = {
    "not_a_number": gettext_noop("“%(found)s” in %(column)s is not a whole number."),
    "unknown_vote": gettext_noop("The vote is “%(found)s”; a vote is 1, -1 or 0."),
    "unknown_statement": gettext_noop("There is no statement %(found)s in comments.csv."),
    "unknown_participant": gettext_noop("There is no participant %(found)s in participants-votes.csv."),
    "statement_twice": gettext_noop("Statement %(found)s was there already; the first one is used."),
    "participant_twice": gettext_noop("Participant %(found)s was there already; the first row is used."),
    "no_text": gettext_noop("The statement has no words."),
    "text_too_long": gettext_noop("The statement is %(found)s characters long; at most 1000 fit."),
    "bad_time": gettext_noop("The time “%(found)s” cannot be read; it is counted in milliseconds since 1970."),
    "unknown_moderation": gettext_noop("“%(found)s” in moderated is not 1, 0 or -1."),
    "row_length": gettext_noop("The row has %(found)s cells; the first line has %(expected)s."),
}
# Differences between what the other tool counted and what is in the files.
_DIFFERENCES = {
    "voters": gettext_noop("summary.csv counts %(said)s voters; the files hold %(found)s."),
    "comments": gettext_noop("summary.csv counts %(said)s statements; the files hold %(found)s."),
    "commenters": gettext_noop("summary.csv counts %(said)s people who wrote; the files hold %(found)s."),
    "cells": gettext_noop(
        "%(found)s votes in participants-votes.csv are not the last ones in votes.csv; those of votes.csv are used."
    ),
    "own_counts": gettext_noop(
        "%(found)s participants' own counts (n-votes) do not equal their rows; we counted anew."
    ),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """A row that was left out: where, and why as a code with what fills its sentence."""

    file: str
    line: int
    code: str
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return _(_SENTENCES[self.code]) % self.data

    def __str__(self) -> str:
        return _("%(file)s, line %(line)d: %(sentence)s") % {
            "file": self.file,
            "line": self.line,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the other tool counted otherwise."""

    what: str
    said: str
    found: str

    def __str__(self) -> str:
        return _(_DIFFERENCES[self.what]) % {"said": self.said, "found": self.found}


@dataclass(frozen=True, slots=True)
class Report:
    """What an export holds, before or after it is taken in.

    rejected            statements that were not accepted there; they come in hidden
    votes_left_out      votes on statements that were left out themselves
    bad_rows_count      how many rows were left out; `bad_rows` names at most MOST_FLAWS_NAMED of them
    """

    topic: str
    participants: int
    statements: int
    commenters: int
    votes: int
    rejected: int
    has_times: bool
    votes_left_out: int
    bad_rows_count: int
    bad_rows: tuple[Flaw, ...]
    differences: tuple[Difference, ...]

    def as_data(self) -> dict[str, object]:
        """Return plain data for a JSON column; `report_from` reads it back."""
        return asdict(self)


def report_from(data: Mapping[str, object]) -> Report:
    """Return the report that `Report.as_data` wrote."""
    plain = dict(data)
    plain["bad_rows"] = tuple(Flaw(**flaw) for flaw in data["bad_rows"])  # type: ignore[attr-defined]
    plain["differences"] = tuple(Difference(**it) for it in data["differences"])  # type: ignore[attr-defined]
    return Report(**plain)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Reading:
    """An export and the report on it."""

    export: Export
    report: Report


def read_polis(folder: Path, *, attribution: str = "") -> Reading:
    """Read a Polis export folder.

    Columns that we do not know are ignored, a byte order mark is tolerated. The last vote of a pair counts.
    `attribution` is what the data's licence asks for, where it asks for more than naming the tool.
    Raises UnusableExport with a sentence when the folder as a whole cannot be used.
    """
    missing = [name for name in (COMMENTS, MATRIX, SUMMARY) if not (folder / name).is_file()]
    if missing:
        raise UnusableExport(
            _("This is not a Polis export: it has no %(files)s. Choose the folder that holds comments.csv.")
            % {"files": ", ".join(missing)}
        )
    flaws = _Flaws()
    summary = _read_summary(folder)
    statements, unusable = _read_statements(folder, flaws)
    if not statements:
        raise UnusableExport(_("This conversation is empty: comments.csv holds no statement that can be used."))
    moments = [statement.submitted_at for statement in statements]
    matrix = _read_matrix(folder, flaws, numbers={it.number for it in statements}, unusable=unusable)
    differences = list(matrix.differences)
    has_times = (folder / VOTES).is_file()
    if has_times:
        votes, left_out = _read_votes(folder, flaws, statements, unusable, matrix)
        if odd := _count_differing(votes, matrix):
            differences.append(Difference(what="cells", said="", found=str(odd)))
    else:
        votes, left_out = _without_times(matrix, at=max(moments)), matrix.left_out
    participants = tuple(matrix.rows)
    commenters = len({statement.author for statement in statements})
    for what, found in (("voters", len(participants)), ("comments", len(statements)), ("commenters", commenters)):
        said = summary.get(what, "")
        if said and said != str(found):
            differences.append(Difference(what=what, said=said, found=str(found)))
    times = votes.times_ms if has_times and len(votes) else None
    first = datetime.fromtimestamp(min(times) / 1000, tz=UTC) if times else min(moments)
    last = datetime.fromtimestamp(max(times) / 1000, tz=UTC) if times else max(moments)
    export = Export(
        topic=summary.get("topic", "").strip() or _("Imported conversation"),
        description=summary.get("conversation-description", "").strip(),
        address=summary.get("url", "").strip(),
        source=_digest_of_source(summary, statements),
        attribution=attribution.strip() or ATTRIBUTION,
        attribution_url=_link(summary.get("url", "")),
        statements=tuple(sorted(statements, key=lambda statement: statement.number)),
        participants=participants,
        votes=votes,
        has_times=has_times,
        first_at=min(first, *moments),
        last_at=max(last, *moments),
    )
    report = Report(
        topic=export.topic,
        participants=len(participants),
        statements=len(statements),
        commenters=commenters,
        votes=len(votes),
        rejected=sum(statement.is_rejected for statement in statements),
        has_times=has_times,
        votes_left_out=left_out,
        bad_rows_count=flaws.count,
        bad_rows=tuple(flaws.named),
        differences=tuple(differences),
    )
    return Reading(export=export, report=report)


@dataclass(slots=True)
class _Flaws:
    """The rows left out so far."""

    named: list[Flaw] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, code: str, **data: object) -> None:
        self.count += 1
        if len(self.named) < MOST_FLAWS_NAMED:
            self.named.append(Flaw(file, line, code, {name: _shown(value) for name, value in data.items()}))


def _shown(value: object) -> str:
    words = str(value)
    return words if len(words) <= 40 else words[:39] + "…"


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a file with the line it begins on."""

    line: int
    cells: list[str]


def _rows(folder: Path, name: str) -> Iterator[_Row]:
    """Yield the rows of a CSV file that are not blank. Raises UnusableExport where it is not UTF-8 or not CSV."""
    raw = (folder / name).read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnusableExport(
            _("%(file)s, line %(line)d: the letters are not UTF-8. Save the file as UTF-8 and import it again.")
            % {"file": name, "line": line}
        ) from error
    # The module-wide limit of 128 KB is meant against memory use; uploads are limited before they get here.
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for cells in reader:
            if cells:
                yield _Row(line=line, cells=cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnusableExport(
            _("%(file)s, line %(line)d: this cannot be read as CSV. Export it again and import that.")
            % {"file": name, "line": line}
        ) from error


def _header(rows: Iterator[_Row], name: str, *, needs: tuple[str, ...]) -> dict[str, int]:
    """Read the first line: the place of each column. Raises UnusableExport when one that we need is missing."""
    first = next(rows, None)
    columns = {title.strip(): place for place, title in enumerate(first.cells)} if first else {}
    missing = [column for column in needs if column not in columns]
    if missing:
        raise UnusableExport(
            _("%(file)s, line 1: the column %(columns)s is missing. Nothing was imported.")
            % {"file": name, "columns": ", ".join(missing)}
        )
    return columns


def _read_summary(folder: Path) -> dict[str, str]:
    summary = {row.cells[0].strip(): row.cells[1] for row in _rows(folder, SUMMARY) if len(row.cells) > 1}
    if not {"topic", "voters", "comments"} & summary.keys():
        raise UnusableExport(_("This is not a Polis export: summary.csv names no topic, voters or comments."))
    return summary


def _read_statements(folder: Path, flaws: _Flaws) -> tuple[list[ImportedStatement], set[int]]:
    """Return the statements, and the numbers of those that had to be left out."""
    rows = _rows(folder, COMMENTS)
    columns = _header(rows, COMMENTS, needs=("timestamp", "comment-id", "author-id", "moderated", "comment-body"))
    found: dict[int, ImportedStatement] = {}
    unusable: set[int] = set()
    for row in rows:
        if len(row.cells) < len(columns):
            flaws.add(COMMENTS, row.line, "row_length", found=len(row.cells), expected=len(columns))
            unusable.update(_number_in(row, columns["comment-id"]))
            continue
        statement = _read_statement(row, columns, flaws)
        if statement is None:
            unusable.update(_number_in(row, columns["comment-id"]))
        elif statement.number in found:
            flaws.add(COMMENTS, row.line, "statement_twice", found=statement.number)
        else:
            found[statement.number] = statement
    return list(found.values()), unusable - found.keys()


def _read_statement(row: _Row, columns: Mapping[str, int], flaws: _Flaws) -> ImportedStatement | None:
    def cell(name: str) -> str:
        return row.cells[columns[name]].strip() if name in columns else _EMPTY

    for name in ("comment-id", "author-id"):
        if _whole(cell(name)) is None:
            flaws.add(COMMENTS, row.line, "not_a_number", found=cell(name), column=name)
            return None
    number, author = int(cell("comment-id")), int(cell("author-id"))
    submitted_at = _moment(cell("timestamp"))
    if number < 0:
        flaws.add(COMMENTS, row.line, "not_a_number", found=number, column="comment-id")
    elif submitted_at is None:
        flaws.add(COMMENTS, row.line, "bad_time", found=cell("timestamp"))
    elif cell("moderated") not in {"-1", "0", "1"}:
        flaws.add(COMMENTS, row.line, "unknown_moderation", found=cell("moderated"))
    elif not cell("comment-body"):
        flaws.add(COMMENTS, row.line, "no_text")
    elif len(cell("comment-body")) > _longest_text():
        flaws.add(COMMENTS, row.line, "text_too_long", found=len(cell("comment-body")))
    else:
        return ImportedStatement(
            number=number,
            author=author,
            text=cell("comment-body").replace("\x00", ""),
            submitted_at=submitted_at,
            is_rejected=cell("moderated") == "-1",
            is_about_the_conversation=_is_true(cell("is-meta")),
            is_seed=_is_true(cell("is-seed")),
        )
    return None


def _longest_text() -> int:
    return Statement._meta.get_field("text").max_length or 0


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Participants in the order of the file, with their votes by statement."""

    rows: Mapping[int, Mapping[int, int]]
    left_out: int
    differences: tuple[Difference, ...]


def _read_matrix(folder: Path, flaws: _Flaws, *, numbers: set[int], unusable: set[int]) -> _Matrix:
    rows = _rows(folder, MATRIX)
    columns = _header(rows, MATRIX, needs=("participant",))
    places: list[tuple[int, int]] = []
    unusable_places: list[int] = []
    for title, place in columns.items():
        number = _whole(title)
        if number is None:
            continue
        if number in numbers:
            places.append((number, place))
        elif number in unusable:
            unusable_places.append(place)
        else:
            flaws.add(MATRIX, 1, "unknown_statement", found=number)
            unusable_places.append(place)
    found: dict[int, dict[int, int]] = {}
    left_out = odd_counts = 0
    for row in rows:
        participant = _whole(row.cells[columns["participant"]]) if len(row.cells) > columns["participant"] else None
        if len(row.cells) < len(columns):
            flaws.add(MATRIX, row.line, "row_length", found=len(row.cells), expected=len(columns))
        elif participant is None:
            flaws.add(MATRIX, row.line, "not_a_number", found=row.cells[columns["participant"]], column="participant")
        elif participant in found:
            flaws.add(MATRIX, row.line, "participant_twice", found=participant)
        elif odd := next((row.cells[place] for _n, place in places if row.cells[place] not in _VALUES), None):
            flaws.add(MATRIX, row.line, "unknown_vote", found=odd)
        else:
            cells = row.cells
            found[participant] = {number: int(cells[place]) for number, place in places if cells[place]}
            left_out += sum(bool(cells[place]) for place in unusable_places)
            if "n-votes" in columns and not unusable_places:
                odd_counts += cells[columns["n-votes"]] != str(len(found[participant]))
    differences = (Difference(what="own_counts", said="", found=str(odd_counts)),) if odd_counts else ()
    return _Matrix(rows=found, left_out=left_out, differences=differences)


_VALUES = frozenset({"", "1", "0", "-1"})


def _read_votes(
    folder: Path, flaws: _Flaws, statements: list[ImportedStatement], unusable: set[int], matrix: _Matrix
) -> tuple[ImportedVotes, int]:
    """Read votes.csv; of a pair the vote with the latest time counts (of equal times the later row)."""
    rows = _rows(folder, VOTES)
    columns = _header(rows, VOTES, needs=("timestamp", "comment-id", "voter-id", "vote"))
    time_at, statement_at, voter_at, vote_at = (
        columns[name] for name in ("timestamp", "comment-id", "voter-id", "vote")
    )
    numbers = {statement.number for statement in statements}
    latest: dict[tuple[int, int], tuple[int, int]] = {}
    left_out = 0
    for row in rows:
        if len(row.cells) < len(columns):
            flaws.add(VOTES, row.line, "row_length", found=len(row.cells), expected=len(columns))
            continue
        time_ms, statement = _whole(row.cells[time_at]), _whole(row.cells[statement_at])
        voter, value = _whole(row.cells[voter_at]), row.cells[vote_at].strip()
        if time_ms is None or _moment(row.cells[time_at]) is None:
            flaws.add(VOTES, row.line, "bad_time", found=row.cells[time_at])
        elif statement is None or (statement not in numbers and statement not in unusable):
            flaws.add(VOTES, row.line, "unknown_statement", found=row.cells[statement_at])
        elif voter is None or voter not in matrix.rows:
            flaws.add(VOTES, row.line, "unknown_participant", found=row.cells[voter_at])
        elif value not in _VALUES or not value:
            flaws.add(VOTES, row.line, "unknown_vote", found=value)
        elif statement in unusable:
            left_out += 1
        elif (voter, statement) not in latest or latest[voter, statement][0] <= time_ms:
            latest[voter, statement] = (time_ms, int(value))
    pairs = sorted(latest)
    votes = ImportedVotes(
        participants=array("q", (voter for voter, _statement in pairs)),
        statements=array("q", (statement for _voter, statement in pairs)),
        values=array("b", (latest[pair][1] for pair in pairs)),
        times_ms=array("q", (latest[pair][0] for pair in pairs)),
    )
    return votes, left_out


def _without_times(matrix: _Matrix, *, at: datetime) -> ImportedVotes:
    """Take the votes from the matrix. Their times are not known, so they bear that of the last statement."""
    participants, statements, values = array("q"), array("q"), array("b")
    for participant, row in matrix.rows.items():
        participants.extend([participant] * len(row))
        statements.extend(row.keys())
        values.extend(row.values())
    times_ms = array("q", [int(at.timestamp() * 1000)]) * len(values)
    return ImportedVotes(participants=participants, statements=statements, values=values, times_ms=times_ms)


def _count_differing(votes: ImportedVotes, matrix: _Matrix) -> int:
    """Count the pairs on which the matrix and the last votes do not agree."""
    same = sum(
        matrix.rows[voter].get(statement) == value
        for voter, statement, value in zip(votes.participants, votes.statements, votes.values, strict=True)
    )
    return max(len(votes), sum(len(row) for row in matrix.rows.values())) - same


def _link(text: str) -> str:
    """Return an address that a page may link to, or nothing."""
    try:
        URLValidator(schemes=["https", "http"])(text.strip())
    except ValidationError:
        return ""
    return text.strip() if len(text.strip()) <= 200 else ""


def _digest_of_source(summary: Mapping[str, str], statements: list[ImportedStatement]) -> str:
    """Name the conversation by its address there, or by its first statement where there is no address."""
    first = min(statements, key=lambda statement: statement.number)
    source = summary.get("url", "").strip() or f"{summary.get('topic', '')}\n{first.submitted_at}\n{first.text}"
    return hashlib.sha256(f"polis\n{source}".encode()).hexdigest()


def _number_in(row: _Row, place: int) -> set[int]:
    number = _whole(row.cells[place]) if len(row.cells) > place else None
    return set() if number is None else {number}


_WHOLE = re.compile(r"-?[0-9]{1,18}")


def _whole(text: str) -> int | None:
    """Read a whole number that fits the column; Python's own `int` would also take “1_0” and “٣”."""
    return int(text) if _WHOLE.fullmatch(text.strip()) else None


def _moment(text: str) -> datetime | None:
    time_ms = _whole(text)
    # 9999-12-31, where datetime ends.
    if time_ms is None or not 0 <= time_ms < 253_402_214_400_000:
        return None
    return datetime.fromtimestamp(time_ms / 1000, tz=UTC)


def _is_true(text: str) -> bool:
    return text.lower() in {"1", "true", "t", "yes"}
