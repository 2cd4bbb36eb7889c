from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from allting.opinions import exchange, importing
from allting.opinions.models import Conversation, Participant, Statement, Vote
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor, Event
from tests.make.exports import NOON_MS, VOTES, write_export
from tests.opinions import real_exports
from tests.opinions.test_exchange import append, matrix_of

NOW = datetime(2026, 3, 12, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def import_folder(folder: Path, **choices: object) -> importing.Imported:
    export = exchange.read_polis(folder).export
    return importing.import_conversation(export=export, by=record.system_actor(), now=NOW, **choices)  # type: ignore[arg-type]


def votes_in(conversation: Conversation) -> dict[tuple[int, int], int]:
    numbers = dict(Participant.objects.filter(conversation=conversation).values_list("actor_id", "number_there"))
    rows = Vote.objects.filter(statement__conversation=conversation).values_list(
        "actor_id", "statement__number_there", "value"
    )
    return {(numbers[actor], statement): value for actor, statement, value in rows}


def test_an_export_becomes_a_closed_process_with_its_dates(tmp_path: Path) -> None:
    imported = import_folder(write_export(tmp_path))

    process = Process.objects.get()
    activity = imported.conversation.item.activity
    assert (process.state, process.item.title) == (Process.State.CLOSED, "Buses")
    assert activity.opens_at == datetime.fromtimestamp(NOON_MS / 1000, tz=UTC)
    assert activity.closed_at == activity.closes_at
    assert imported.conversation.description == "What about the buses?\nSay it."


def test_votes_people_and_statements_arrive_as_they_were(tmp_path: Path) -> None:
    imported = import_folder(write_export(tmp_path, moderated=(1, -1, 0)))

    assert votes_in(imported.conversation) == VOTES
    assert (imported.people_added, imported.statements_added, imported.votes_added) == (3, 3, 5)
    states = dict(Statement.objects.values_list("number_there", "state"))
    assert states == {0: "shown", 1: "declined", 2: "shown"}
    assert dict(Statement.objects.values_list("number_there", "views_count")) == {0: 2, 1: 2, 2: 1}


def test_an_author_who_never_voted_is_an_actor_without_a_part(tmp_path: Path) -> None:
    imported = import_folder(write_export(tmp_path))

    author = Statement.objects.get(number_there=2).item.author
    assert author.kind == Actor.Kind.IMPORTED
    assert not Participant.objects.filter(actor=author).exists()
    assert Actor.objects.filter(kind=Actor.Kind.IMPORTED).count() == 4
    assert imported.people_added == 3


def test_the_same_export_again_changes_nothing(tmp_path: Path) -> None:
    first = import_folder(write_export(tmp_path))
    counts = [model.objects.count() for model in (Actor, Participant, Statement, Vote, Process, Event)]
    before = Conversation.objects.get()

    again = import_folder(tmp_path)

    assert again.changes_count == 0
    assert again.conversation == first.conversation
    assert [model.objects.count() for model in (Actor, Participant, Statement, Vote, Process, Event)] == counts
    assert Conversation.objects.get().changes_count == before.changes_count


def test_a_newer_export_adds_what_is_new_and_the_last_vote_stands(tmp_path: Path) -> None:
    import_folder(write_export(tmp_path / "earlier"))
    newer = {**VOTES, (1, 0): -1, (7, 2): 1}

    imported = import_folder(
        write_export(tmp_path / "later", statements=("More buses", "Fewer buses", "Free buses", "New"), votes=newer)
    )

    assert votes_in(imported.conversation) == newer
    changes = (imported.people_added, imported.statements_added, imported.votes_added, imported.votes_changed)
    assert changes == (1, 1, 1, 1)
    # The author of the third statement had never voted; now that they have, it is the same actor.
    assert Participant.objects.get(number_there=7).actor == Statement.objects.get(number_there=2).item.author


def test_what_was_decided_here_stands_against_a_newer_export(tmp_path: Path) -> None:
    import_folder(write_export(tmp_path))
    Statement.objects.filter(number_there=0).update(state=Statement.State.DECLINED, decided_at=NOW)

    import_folder(write_export(tmp_path, moderated=(1, -1, 1)))

    assert Statement.objects.get(number_there=0).state == Statement.State.DECLINED
    assert Statement.objects.get(number_there=1).state == Statement.State.DECLINED


def test_an_import_is_told_in_one_event_with_numbers_only(tmp_path: Path) -> None:
    imported = import_folder(write_export(tmp_path))

    event = Event.objects.get(name="opinions.conversation_imported")
    assert event.item == imported.conversation.item
    assert event.data == {"people": 3, "statements": 3, "votes": 5}


def test_an_import_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def break_off(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(write_export(tmp_path), progress=break_off)

    assert not any(model.objects.exists() for model in (Vote, Statement, Participant, Process))


def test_bad_rows_do_not_keep_the_good_ones_out(tmp_path: Path) -> None:
    folder = write_export(tmp_path)
    append(folder / "votes.csv", f"{NOON_MS},,0,0,7")

    assert votes_in(import_folder(folder).conversation) == VOTES


@pytest.mark.slow
@real_exports.where_they_are
@pytest.mark.parametrize("name", real_exports.NAMES)
def test_a_real_export_arrives_cell_by_cell_and_twice_is_once(name: str) -> None:
    folder = real_exports.FOLDER / name
    report = exchange.read_polis(folder).report

    conversation = import_folder(folder).conversation
    again = import_folder(folder)

    assert votes_in(conversation) == matrix_of(folder)
    statements = Statement.objects.filter(conversation=conversation)
    assert Participant.objects.filter(conversation=conversation).count() == report.participants
    assert statements.count() == report.statements
    assert statements.values("item__author").distinct().count() == report.commenters
    assert statements.filter(state=Statement.State.DECLINED).count() == real_exports.REJECTED[name]
    assert again.changes_count == 0
