from __future__ import annotations

import csv
from pathlib import Path

import pytest

from allting.opinions import exchange
from allting.opinions.errors import UnusableExport
from tests.make.exports import NOON_MS, write_export
from tests.opinions import real_exports


def votes_of(folder: Path) -> dict[tuple[int, int], int]:
    votes = exchange.read_polis(folder).export.votes
    return dict(zip(zip(votes.participants, votes.statements, strict=True), votes.values, strict=True))


def append(file: Path, *rows: str) -> None:
    with file.open("a", encoding="utf-8", newline="") as handle:
        handle.writelines(f"{row}\r\n" for row in rows)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new).encode())


def flaws_of(folder: Path) -> list[str]:
    return [str(flaw) for flaw in exchange.read_polis(folder).report.bad_rows]


def refusal_of(folder: Path) -> str:
    with pytest.raises(UnusableExport) as refusal:
        exchange.read_polis(folder)
    return str(refusal.value)


def test_an_export_is_read_with_its_counts(tmp_path: Path) -> None:
    report = exchange.read_polis(write_export(tmp_path, moderated=(1, -1, 0))).report

    assert (report.participants, report.statements, report.commenters, report.votes) == (3, 3, 3, 5)
    assert (report.rejected, report.bad_rows, report.differences) == (1, (), ())


def test_an_export_without_votes_csv_takes_the_matrix_and_the_last_time_it_knows(tmp_path: Path) -> None:
    reading = exchange.read_polis(write_export(tmp_path, has_times=False))

    assert not reading.report.has_times
    assert set(reading.export.votes.times_ms) == {NOON_MS + 2}
    assert len(reading.export.votes) == 5


def test_of_a_pair_the_latest_vote_counts_wherever_it_stands(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    append(folder / "votes.csv", f"{NOON_MS - 5},,0,0,-1", f"{NOON_MS + 900_000},,0,1,-1")
    append(folder / "votes.csv", f"{NOON_MS + 800_000},,0,1,0")

    votes = votes_of(folder)

    assert (votes[0, 0], votes[1, 0]) == (1, -1)


def test_votes_that_the_matrix_has_otherwise_are_reported(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    append(folder / "votes.csv", f"{NOON_MS + 900_000},,0,1,-1")

    (difference,) = exchange.read_polis(folder).report.differences

    assert str(difference).startswith("1 votes in participants-votes.csv are not the last ones")


def test_a_byte_order_mark_and_unknown_columns_are_tolerated(tmp_path: Path) -> None:
    plain = exchange.read_polis(write_export(tmp_path / "plain")).report
    folder = write_export(tmp_path / "other", extra_columns={"xid": "x-1", "note": "ja"})
    for file in folder.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert exchange.read_polis(folder).report == plain


def test_a_statement_over_two_lines_does_not_shift_the_line_that_is_named(tmp_path: Path) -> None:
    folder = write_export(tmp_path, statements=("One\nand a half", "Two"), votes={(0, 0): 1})
    append(folder / "comments.csv", f"{NOON_MS},,x,0,0,0,1,Three")

    assert flaws_of(folder) == ["comments.csv, line 5: “x” in comment-id is not a whole number."]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f"{NOON_MS},,3,0,0,0,1,", "The statement has no words."),
        (f"{NOON_MS},,3,0,0,0,1,{'x' * 5_000}", "The statement is 5000 characters long; at most 1000 fit."),
        (f"{NOON_MS},,3,0,0,0,7,Words", "“7” in moderated is not 1, 0 or -1."),
        (f"{NOON_MS},,0,0,0,0,1,Words", "Statement 0 was there already; the first one is used."),
        (f"{NOON_MS},,3,me,0,0,1,Words", "“me” in author-id is not a whole number."),
        (
            "yesterday,,3,0,0,0,1,Words",
            "The time “yesterday” cannot be read; it is counted in milliseconds since 1970.",
        ),
        (f"{NOON_MS},,3,0", "The row has 4 cells; the first line has 8."),
    ],
)
def test_a_statement_that_cannot_be_meant_is_named_and_left_out(tmp_path: Path, row: str, sentence: str) -> None:
    folder = write_export(tmp_path)
    append(folder / "comments.csv", row)

    report = exchange.read_polis(folder).report

    assert [str(flaw) for flaw in report.bad_rows] == [f"comments.csv, line 5: {sentence}"]
    assert (report.statements, report.votes) == (3, 5)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (f"{NOON_MS},,0,0,7", "The vote is “7”; a vote is 1, -1 or 0."),
        (f"{NOON_MS},,99,0,1", "There is no statement 99 in comments.csv."),
        (f"{NOON_MS},,0,99,1", "There is no participant 99 in participants-votes.csv."),
        ("soon,,0,0,1", "The time “soon” cannot be read; it is counted in milliseconds since 1970."),
    ],
)
def test_a_vote_that_cannot_be_meant_is_named_and_left_out(tmp_path: Path, row: str, sentence: str) -> None:
    folder = write_export(tmp_path)
    append(folder / "votes.csv", row)

    report = exchange.read_polis(folder).report

    assert [str(flaw) for flaw in report.bad_rows] == [f"votes.csv, line 7: {sentence}"]
    assert report.votes == 5


def test_a_row_of_the_matrix_with_a_vote_of_seven_is_named(tmp_path: Path) -> None:
    folder = write_export(tmp_path, has_times=False)
    append(folder / "participants-votes.csv", "9,,0,1,1,0,7,,")

    assert flaws_of(folder) == ["participants-votes.csv, line 5: The vote is “7”; a vote is 1, -1 or 0."]


def test_a_column_of_an_unknown_statement_is_named_and_its_votes_are_left_out(tmp_path: Path) -> None:
    folder = write_export(tmp_path, has_times=False)
    replace(folder / "participants-votes.csv", "0,1,2\r\n", "0,1,88\r\n")

    report = exchange.read_polis(folder).report

    assert [str(flaw) for flaw in report.bad_rows] == [
        "participants-votes.csv, line 1: There is no statement 88 in comments.csv."
    ]
    assert (report.votes, report.votes_left_out) == (4, 1)


def test_votes_on_a_statement_that_was_left_out_go_with_it(tmp_path: Path) -> None:
    folder = write_export(tmp_path, statements=("More buses", "x" * 1_001, "Free buses"))

    report = exchange.read_polis(folder).report

    assert (report.bad_rows_count, report.votes, report.votes_left_out) == (1, 3, 2)


@pytest.mark.parametrize("name", ["comments.csv", "participants-votes.csv", "summary.csv"])
def test_a_folder_that_is_not_an_export_is_refused(tmp_path: Path, name: str) -> None:
    folder = write_export(tmp_path)
    (folder / name).unlink()

    assert refusal_of(folder).startswith(f"This is not a Polis export: it has no {name}.")


def test_a_missing_column_is_refused_and_named(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    replace(folder / "comments.csv", "comment-body", "words")

    assert refusal_of(folder) == "comments.csv, line 1: the column comment-body is missing. Nothing was imported."


def test_other_letters_than_utf_8_are_refused_with_their_line(tmp_path: Path) -> None:
    folder = write_export(tmp_path, statements=("More buses", "Färre bussar", "Free buses"))
    file = folder / "comments.csv"
    file.write_bytes(file.read_bytes().decode().encode("latin-1"))

    assert refusal_of(folder) == (
        "comments.csv, line 3: the letters are not UTF-8. Save the file as UTF-8 and import it again."
    )


def test_a_summary_of_something_else_is_refused(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    (folder / "summary.csv").write_text("hello,world\n")

    assert refusal_of(folder).startswith("This is not a Polis export: summary.csv")


def test_an_empty_conversation_is_refused(tmp_path: Path) -> None:
    folder = write_export(tmp_path, statements=(), votes={})

    assert refusal_of(folder) == "This conversation is empty: comments.csv holds no statement that can be used."


def test_a_report_survives_its_column(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    append(folder / "votes.csv", f"{NOON_MS},,0,0,7")
    report = exchange.read_polis(folder).report

    assert exchange.report_from(report.as_data()) == report


def test_two_exports_of_one_conversation_have_one_source(tmp_path: Path) -> None:
    earlier = exchange.read_polis(write_export(tmp_path / "earlier")).export
    later = exchange.read_polis(write_export(tmp_path / "later", statements=("One", "Two"), votes={(0, 0): 1})).export

    assert earlier.source == later.source


@real_exports.where_they_are
@pytest.mark.parametrize("name", real_exports.NAMES)
def test_a_real_export_reads_as_its_summary_and_its_matrix_say(name: str) -> None:
    folder = real_exports.FOLDER / name
    report = exchange.read_polis(folder).report
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as handle:
        said = {row[0]: row[1] for row in csv.reader(handle)}

    assert [report.participants, report.statements, report.commenters] == [
        int(said[what]) for what in ("voters", "comments", "commenters")
    ]
    assert (report.rejected, report.bad_rows_count, report.differences) == (real_exports.REJECTED[name], 0, ())
    assert votes_of(folder) == matrix_of(folder)


def matrix_of(folder: Path) -> dict[tuple[int, int], int]:
    """Read the matrix as plainly as can be: the second opinion."""
    with (folder / "participants-votes.csv").open(encoding="utf-8", newline="") as handle:
        return {
            (int(row["participant"]), int(column)): int(cell)
            for row in csv.DictReader(handle)
            for column, cell in row.items()
            if column.isdigit() and cell
        }
