"""The invented million comes in by runs, and goes on where it was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allting.demo import crowd
from allting.demo.progress import BOARD
from allting.opinions import bulk, maps, reading, stored, vote_files
from allting.opinions.models import Participant, Statement, Vote
from allting.opinions.unpacking import unpack
from allting.processes.models import Process
from tests.make.maps import draw_here

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_small_crowd(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(crowd, "PEOPLE_A_RUN", 20)
    monkeypatch.setattr(crowd, "STATEMENTS", crowd.STATEMENTS[:30])
    monkeypatch.setattr(crowd, "_BREATH_S", 0)
    monkeypatch.setattr(maps, "draw_outside", draw_here)


def tell(people: int = 60) -> list[str]:
    heard: list[str] = []
    crowd.tell(people=people, progress=lambda words, share: heard.append(words))
    return heard


def test_so_many_people_answer_and_have_a_map() -> None:
    heard = tell()

    process = crowd.find()
    assert process is not None
    assert (process.is_invented, process.invented_note) == (True, crowd.INVENTED)
    conversation = crowd.conversation_of(process)
    snapshot = stored.latest_map(conversation.pk)
    assert snapshot is not None
    assert snapshot.people_count == Participant.objects.count() == 60
    assert snapshot.votes_count == Vote.objects.count() > 60 * 10
    assert sum(Statement.objects.values_list("views_count", flat=True)) == Vote.objects.count()
    assert heard[-1] == "Everything is there."
    assert BOARD.read().is_told


def test_every_statement_says_that_it_is_invented() -> None:
    tell()

    assert all("Invented" in text for text in Statement.objects.values_list("text", flat=True))


def test_told_twice_nothing_is_there_twice() -> None:
    tell()
    before = (Process.objects.count(), Vote.objects.count(), Participant.objects.count())

    tell()

    assert (Process.objects.count(), Vote.objects.count(), Participant.objects.count()) == before


def test_a_crowd_that_was_cut_off_comes_in_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    written = bulk.write_run

    def full_disk(**given: Any) -> Any:
        if given["run"].first == 40:
            raise OSError
        return written(**given)

    with monkeypatch.context() as breaking:
        breaking.setattr(bulk, "write_run", full_disk)
        with pytest.raises(OSError):
            tell()
    assert BOARD.read().has_failed
    assert Participant.objects.count() == 40

    tell()

    assert Participant.objects.count() == 60
    assert set(Participant.objects.values_list("number_there", flat=True)) == set(range(60))


def test_the_files_written_along_hold_what_the_table_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vote_files, "_make_anew", lambda pk: pytest.fail("The table was read."))

    tell()

    process = crowd.find()
    assert process is not None
    arrays = unpack(reading.read_votes(crowd.conversation_of(process)).arrays)
    who = arrays["actor_ids"][arrays["participants"]].tolist()
    what = arrays["statement_ids"][arrays["statements"]].tolist()
    read = set(zip(who, what, arrays["values"].tolist(), strict=True))
    assert read == set(Vote.objects.values_list("actor_id", "statement_id", "value"))


def test_the_same_people_say_the_same_whenever_they_are_made_up() -> None:
    ids = np.arange(len(crowd.STATEMENTS))

    one, other = (crowd.plant_run(crowd.plant(), first=40, count=20, statement_ids=ids) for _ in range(2))

    assert one.values.tolist() == other.values.tolist()
    assert one.statements.tolist() == other.statements.tolist()
