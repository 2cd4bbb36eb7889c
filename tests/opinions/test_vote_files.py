"""Column files hold what the table holds, whatever happens to votes, people and the files themselves."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allting.opinions import actions, kinds, maps, queries, reading, vote_files
from allting.opinions.models import Conversation, MapRun, Unread, Vote
from allting.opinions.unpacking import read_rows, unpack
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Actor
from tests.make.maps import add_votes, draw_here, make_export, make_map, make_voted_conversation
from tests.make.opinions import AGREE, DISAGREE, cast, make_device_actor, statements_of
from tests.make.processes import NOW

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def conversation() -> Conversation:
    """A conversation with eight people in files, one of them a device."""
    conversation = make_voted_conversation(people=7)
    let_answer(conversation, make_device_actor())
    vote_files.bring_up_to_date(conversation.pk)
    return conversation


def let_answer(conversation: Conversation, actor: Actor) -> Actor:
    for statement in statements_of(conversation)[:4]:
        cast(statement, AGREE, actor=actor, now=NOW)
    return actor


def in_table(conversation: Conversation) -> set[tuple[int, int, int]]:
    return set(
        Vote.objects.filter(statement__conversation=conversation).values_list("actor_id", "statement_id", "value")
    )


def in_files(conversation: Conversation) -> set[tuple[int, int, int]]:
    rows = read_rows(vote_files.folder_of(conversation.pk), aside=np.empty(0, dtype=np.int64))
    return set(zip(rows.participants.tolist(), rows.statements.tolist(), rows.values.tolist(), strict=True))


def device_in(conversation: Conversation) -> Actor:
    return Actor.objects.get(kind=Actor.Kind.DEVICE, pk__in=Vote.objects.values("actor"))


def add_a_voter(conversation: Conversation) -> None:
    let_answer(conversation, make_device_actor())


def change_an_answer(conversation: Conversation) -> None:
    cast(statements_of(conversation)[0], DISAGREE, actor=device_in(conversation), now=NOW + SECOND)


def take_an_answer_back(conversation: Conversation) -> None:
    actions.undo_vote(conversation=conversation, actor=device_in(conversation), now=NOW + SECOND)


def erase_somebody(conversation: Conversation) -> None:
    kinds.forget_in_conversations(actor=device_in(conversation), words=Words.BLANKED, now=NOW + SECOND)


def hand_over_to_a_newcomer(conversation: Conversation) -> None:
    person = record.make_actor(kind=Actor.Kind.PERSON)
    kinds.hand_over_in_conversations(giver=device_in(conversation), taker=person, now=NOW + SECOND)


def hand_over_to_somebody_who_answered(conversation: Conversation) -> None:
    person = cast(statements_of(conversation)[0], DISAGREE, now=NOW + SECOND)
    vote_files.bring_up_to_date(conversation.pk)
    kinds.hand_over_in_conversations(giver=device_in_first(person), taker=person, now=NOW + SECOND)


def device_in_first(other: Actor) -> Actor:
    voters = Actor.objects.filter(kind=Actor.Kind.DEVICE, pk__in=Vote.objects.values("actor"))
    return voters.exclude(pk=other.pk).get()


def import_more(conversation: Conversation) -> None:
    add_votes(conversation, make_export(people=9))


def wipe(conversation: Conversation) -> None:
    actions.wipe_conversation(conversation=conversation, now=NOW + SECOND)


def write_past_the_actions(conversation: Conversation) -> None:
    Vote.objects.filter(actor=device_in(conversation), statement=statements_of(conversation)[0]).delete()


@pytest.mark.parametrize(
    "happen",
    [
        add_a_voter,
        change_an_answer,
        take_an_answer_back,
        erase_somebody,
        hand_over_to_a_newcomer,
        hand_over_to_somebody_who_answered,
        import_more,
        wipe,
        write_past_the_actions,
    ],
)
def test_the_files_hold_what_the_table_holds(
    conversation: Conversation, happen: Callable[[Conversation], None]
) -> None:
    before = in_files(conversation)

    happen(conversation)
    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)
    assert in_files(conversation) != before


@pytest.mark.parametrize(
    "happen", [add_a_voter, change_an_answer, take_an_answer_back, erase_somebody, hand_over_to_a_newcomer]
)
def test_only_whose_answers_changed_is_read_again(
    conversation: Conversation, happen: Callable[[Conversation], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote_files, "_make_anew", lambda pk: pytest.fail("Everything was read again."))

    happen(conversation)
    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)


def test_a_database_from_a_backup_makes_its_files_anew(conversation: Conversation) -> None:
    mark = Conversation.objects.get(pk=conversation.pk).columns_mark
    voter = let_answer(conversation, make_device_actor())
    vote_files.bring_up_to_date(conversation.pk)
    # The database of before the last voter comes back; the files stay where they are.
    Vote.objects.filter(actor=voter).delete()
    Unread.objects.filter(actor=voter).delete()
    Conversation.objects.filter(pk=conversation.pk).update(columns_mark=mark)

    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)


def test_files_from_a_backup_are_made_anew(conversation: Conversation, tmp_path: Path) -> None:
    folder = vote_files.folder_of(conversation.pk)
    shutil.copytree(folder, tmp_path / "backup")
    let_answer(conversation, make_device_actor())
    vote_files.bring_up_to_date(conversation.pk)
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)

    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)


@pytest.mark.parametrize("damage", ["missing", "short", "nonsense"])
def test_damaged_files_are_made_anew(conversation: Conversation, damage: str) -> None:
    folder = vote_files.folder_of(conversation.pk)
    if damage == "missing":
        shutil.rmtree(folder)
    elif damage == "short":
        next(folder.glob("values.*")).write_bytes(b"")
    else:
        (folder / "columns.json").write_text("nonsense")

    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)


def test_a_crash_between_files_and_database_is_repaired(conversation: Conversation) -> None:
    change_an_answer(conversation)
    mark = Conversation.objects.get(pk=conversation.pk).columns_mark
    vote_files.bring_up_to_date(conversation.pk)
    Conversation.objects.filter(pk=conversation.pk).update(columns_mark=mark)

    vote_files.bring_up_to_date(conversation.pk)

    assert in_files(conversation) == in_table(conversation)


@pytest.mark.parametrize("happen", [add_a_voter, take_an_answer_back, erase_somebody, hand_over_to_a_newcomer])
def test_people_are_counted_before_the_files_know_them(
    conversation: Conversation, happen: Callable[[Conversation], None]
) -> None:
    happen(conversation)

    assert vote_files.count_people(conversation.pk) == len({actor for actor, *_rest in in_table(conversation)})


def test_who_is_set_aside_is_counted_neither_in_files_nor_out_of_them(conversation: Conversation) -> None:
    statement = statements_of(conversation)[0]
    for number in range(12):
        cast(statement, now=NOW + number * SECOND, network_tag="one-network")
    (candidate,) = queries.list_burst_candidates(conversation_id=conversation.pk)
    actions.set_aside_burst(
        conversation=conversation, candidate=candidate, reason="At once.", by=record.system_actor(), now=NOW
    )

    assert vote_files.count_people(conversation.pk) == 8
    read = reading.read_votes(conversation)
    assert (read.turnout.people, len(unpack(read.arrays)["actor_ids"])) == (8, 8)


def test_a_map_from_files_that_followed_is_the_map_from_the_table() -> None:
    conversation = make_voted_conversation(people=120)
    make_map(conversation)
    for _person in range(6):
        let_answer(conversation, make_device_actor())
    followed = drawn_now(conversation)

    vote_files.remove(conversation.pk)

    assert drawn_now(conversation) == followed


def drawn_now(conversation: Conversation) -> tuple[str, list[float], list[int]]:
    drawing = draw_here(reading.read_votes(conversation).arrays, listener=lambda _share: None)
    return drawing.digest, list(drawing.x), list(drawing.groups)


# --- erasure and tidying


def test_who_is_erased_leaves_the_files_without_a_map(conversation: Conversation) -> None:
    gone = device_in(conversation).pk
    erase_somebody(conversation)
    assert any(actor == gone for actor, _statement, _value in in_files(conversation))

    maps.tidy_vote_files(now=NOW + timedelta(minutes=1))

    assert not any(actor == gone for actor, _statement, _value in in_files(conversation))
    assert not Unread.objects.filter(is_gone=True).exists()
    assert not MapRun.objects.exists()


def test_files_are_left_alone_while_somebody_draws_from_them(conversation: Conversation) -> None:
    erase_somebody(conversation)
    before = in_files(conversation)
    maps.claim(conversation_id=conversation.pk, now=NOW)

    maps.tidy_vote_files(now=NOW + SECOND)

    assert in_files(conversation) == before


def test_files_of_a_wiped_conversation_are_removed(conversation: Conversation) -> None:
    wipe(conversation)

    maps.tidy_vote_files(now=NOW + timedelta(minutes=1))

    assert not vote_files.folder_of(conversation.pk).exists()


def test_files_of_no_conversation_are_removed(conversation: Conversation) -> None:
    stranger = vote_files.folder_of(10**6)
    stranger.mkdir(parents=True)

    maps.tidy_vote_files(now=NOW + timedelta(minutes=1))

    assert not stranger.exists()
    assert vote_files.folder_of(conversation.pk).exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_nobody_but_the_server_may_read_the_files(conversation: Conversation) -> None:
    assert stat.S_IMODE(vote_files.folder_of(conversation.pk).stat().st_mode) == 0o700
