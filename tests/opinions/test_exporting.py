"""A conversation goes out in Polis' own format, and comes in again as it was."""

from __future__ import annotations

import argparse
import csv
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.utils import timezone

from allting.opinions import commands, exchange, importing
from allting.opinions.exchange import matrix
from allting.opinions.models import Burst, Conversation, Participant, Statement, Vote
from allting.record import actions as record
from allting.record.models import Event, Item
from tests.make.exports import write_export
from tests.make.maps import make_voted_conversation
from tests.make.opinions import AGREE, cast, make_conversation, make_statement, statements_of
from tests.opinions import real_exports

pytestmark = pytest.mark.django_db


def take_in(folder: Path) -> Conversation:
    export = exchange.read_polis(folder).export
    return importing.import_conversation(export=export, by=record.system_actor(), now=timezone.now()).conversation


def send_out(conversation: Conversation, folder: Path, *, address: str = "https://example.org/c/1") -> Path:
    packed = BytesIO()
    exchange.write_polis(conversation, into=packed, address=address)
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder)
    return folder


def statements_in(conversation: Conversation) -> list[tuple[object, ...]]:
    rows = Statement.objects.filter(conversation=conversation).order_by("number_there")
    return list(rows.values_list("number_there", "text", "state", "is_seed", "is_about_the_conversation"))


def rows_of_votes(conversation: Conversation) -> Counter[frozenset[tuple[int | None, int]]]:
    """Each person's votes, without who it was."""
    rows: dict[int, set[tuple[int | None, int]]] = {}
    votes = Vote.objects.filter(statement__conversation=conversation)
    for actor, number, value in votes.values_list("actor", "statement__number_there", "value"):
        rows.setdefault(actor, set()).add((number, value))
    return Counter(map(frozenset, rows.values()))


def assert_equal_after_a_round(folder: Path, there_and_back: Path) -> None:
    first = take_in(folder)
    second = take_in(send_out(first, there_and_back))

    assert second.pk != first.pk
    assert statements_in(second) == statements_in(first)
    assert rows_of_votes(second) == rows_of_votes(first)
    assert second.item.title == first.item.title
    assert second.description == first.description


def test_what_goes_out_comes_in_as_it_was(tmp_path: Path) -> None:
    folder = write_export(
        tmp_path / "first", statements=("More, “buses”", "=1+1", "Free\nbuses"), moderated=(1, -1, 1), has_times=False
    )

    assert_equal_after_a_round(folder, tmp_path / "second")


@real_exports.where_they_are
@pytest.mark.slow
@pytest.mark.parametrize("name", ["15-per-hour-seattle", "vtaiwan.uberx"])
def test_a_real_conversation_goes_out_and_comes_in_as_it_was(tmp_path: Path, name: str) -> None:
    assert_equal_after_a_round(real_exports.FOLDER / name, tmp_path)


@pytest.mark.parametrize("cells", [1, 11, 2_000_000])
def test_the_matrix_is_what_the_table_holds(tmp_path: Path, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = make_voted_conversation(people=9)
    blanked, *shown = statements_of(conversation)
    Item.objects.filter(pk=blanked.pk).update(blanked_at=timezone.now())
    monkeypatch.setattr(matrix, "_CELLS_AT_ONCE", cells)

    folder = send_out(conversation, tmp_path)

    header, *rows = csv.reader(StringIO((folder / "participants-votes.csv").read_text()))
    numbers = {str(number): statement for number, statement in enumerate([blanked, *shown])}
    assert header == ["participant", "n-votes", "n-agree", "n-disagree", *list(numbers)[1:]]
    assert [row[0] for row in rows] == [str(number) for number in range(len(rows))]
    assert Counter(tuple(row[1:]) for row in rows) == Counter(map(tuple, expected_rows(shown)))
    comments = list(csv.DictReader(StringIO((folder / "comments.csv").read_text())))
    assert [(int(row["agrees"]), int(row["disagrees"])) for row in comments] == [
        (statement.votes.filter(value=1).count(), statement.votes.filter(value=-1).count()) for statement in shown
    ]


def expected_rows(statements: Sequence[Statement]) -> Iterator[list[str]]:
    """Each person's row, cell by cell."""
    by_actor: dict[int, dict[int, int]] = {}
    for actor, statement, value in Vote.objects.values_list("actor", "statement", "value"):
        by_actor.setdefault(actor, {})[statement] = value
    for votes in by_actor.values():
        values = [votes[it.pk] for it in statements if it.pk in votes]
        cells = [str(votes.get(it.pk, "")) for it in statements]
        if values:
            yield [str(len(values)), str(values.count(1)), str(values.count(-1)), *cells]


def test_no_number_joins_an_author_to_votes(tmp_path: Path) -> None:
    conversation = make_conversation()
    for statement in [make_statement(conversation, text=f"Thing {number}") for number in range(6)]:
        cast(statement, AGREE, actor=statement.item.author)

    pairs = set()
    for attempt in range(8):
        folder = send_out(conversation, tmp_path / str(attempt))
        comments = list(csv.DictReader(StringIO((folder / "comments.csv").read_text())))
        matrix = list(csv.DictReader(StringIO((folder / "participants-votes.csv").read_text())))
        (mine,) = (comment for comment in comments if comment["comment-body"] == "Thing 0")
        (voter,) = (row["participant"] for row in matrix if row[mine["comment-id"]] == "1")
        pairs.add((mine["author-id"], voter))
        assert "n-comments" not in matrix[0]
        assert not (folder / "votes.csv").exists()

    assert len(pairs) > 1
    assert any(author != voter for author, voter in pairs)


def test_a_statement_bears_the_day_and_no_time(tmp_path: Path) -> None:
    conversation = make_conversation(statements=2)

    folder = send_out(conversation, tmp_path)
    comments = list(csv.DictReader(StringIO((folder / "comments.csv").read_text())))

    assert {int(comment["timestamp"]) % 86_400_000 for comment in comments} == {0}
    assert {len(comment["datetime"]) for comment in comments} == {len("2026-11-22")}


def test_a_burst_that_was_set_aside_stays_at_home(tmp_path: Path) -> None:
    conversation = make_conversation(statements=1)
    (statement,) = statements_of(conversation)
    kept, aside = cast(statement, AGREE), cast(statement, AGREE)
    burst = Burst.objects.create(
        conversation=conversation, reason="A rush.", people_count=5, set_aside_by=kept, set_aside_at=timezone.now()
    )
    Participant.objects.filter(actor=aside).update(burst=burst)

    folder = send_out(conversation, tmp_path)

    assert (folder / "participants-votes.csv").read_text().count("\n") == 2


def test_words_that_were_taken_back_do_not_go_out(tmp_path: Path) -> None:
    conversation = make_conversation(statements=2)
    gone, kept = statements_of(conversation)
    gone.item.blanked_at = timezone.now()
    gone.item.save(update_fields=["blanked_at"])

    folder = send_out(conversation, tmp_path)

    assert kept.text in (folder / "comments.csv").read_text()
    assert len(list(csv.reader(StringIO((folder / "comments.csv").read_text())))) == 2


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    (command,) = [command for command in commands.COMMANDS if command.name == "export"]
    command.fill(parser)
    return command.run(parser.parse_args(["polis", *words]))


def test_the_command_writes_the_file_and_writes_it_down(tmp_path: Path) -> None:
    conversation = make_conversation(statements=2)
    cast(statements_of(conversation)[0], AGREE)

    assert run(str(conversation.pk), str(tmp_path / "out.zip")) == 0

    assert zipfile.is_zipfile(tmp_path / "out.zip")
    assert Event.objects.get(name="opinions.votes_exported").data == {"votes": 1}


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conversation = make_conversation()
    (tmp_path / "there.zip").write_text("mine")

    assert run("404", str(tmp_path / "new.zip")) == 2
    assert run(str(conversation.pk), str(tmp_path / "there.zip")) == 2
    assert run(str(conversation.pk), str(tmp_path / "no" / "such.zip")) == 2

    assert (tmp_path / "there.zip").read_text() == "mine"
    said = capsys.readouterr().err
    assert "There is no conversation 404." in said
    assert "is there already" in said
    assert "cannot be written" in said
    assert not Event.objects.filter(name="opinions.votes_exported").exists()
