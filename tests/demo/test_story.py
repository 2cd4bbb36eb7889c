"""The example is told once, however often it is started."""

from __future__ import annotations

import csv
import io
import zipfile
from importlib import resources
from pathlib import Path

import pytest
from django.utils import timezone

from allting.answers.models import Answer
from allting.choice.models import Ballot
from allting.demo import chain, city, comparing, earlier, past, relations, story
from allting.demo.progress import BOARD
from allting.opinions import exchange, maps
from allting.opinions.models import MapSnapshot, PairOrder, Statement, Vote
from allting.people.models import Organisation, Person, Role
from allting.processes import balance, participation
from allting.processes.models import Process, Relation
from allting.record.models import Event, Link, OutboxEntry
from allting.strategy.models import Priority, Promise
from tests.make import demo as make_demo


@pytest.fixture
def a_small_city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_demo.tell_of_a_small_city(monkeypatch, tmp_path / "export")


def _tell() -> list[str]:
    heard: list[str] = []
    story.tell(progress=lambda words, share: heard.append(words))
    return heard


@pytest.mark.django_db
def test_the_story_is_told_from_an_empty_house_to_the_last_answer_and_told_once(a_small_city: None) -> None:
    heard = _tell()

    running, carried = story.find(), past.find()
    assert running is not None
    assert carried is not None
    assert story.is_there()
    assert (running.state, carried.state) == ("running", "closed")
    assert all(process.is_invented and "invented" in process.invented_note for process in (running, carried))
    assert {process.attribution for process in (running, carried)} == {city.ATTRIBUTION}
    assert Organisation.objects.get().is_invented
    assert all(Person.objects.values_list("is_invented", flat=True))
    assert Statement.objects.count() == 2 * len(make_demo.STATEMENTS)
    order = PairOrder.objects.get(conversation__item__within=running.pk)
    assert order.people_count == comparing.PEOPLE
    assert order.figures["rows"]
    maps_of = MapSnapshot.objects.filter(conversation__item__within=running.pk).order_by("drawn_at")
    people_then = list(maps_of.values_list("people_count", flat=True))
    assert len(people_then) == MAPS_EACH
    assert people_then == sorted(set(people_then))
    asked = min(relations.PEOPLE, people_then[-1])
    for process in (running, carried):
        who = participation.counted(process)
        assert (who.people or 0) > asked - balance.FEWEST  # the last few are never counted
        assert Relation.END_USER in [row.relation for row in who.missing]
    assert heard[0] == "A council and its people move in."
    assert heard[-1] == "Everything is there."
    assert BOARD.read().is_told

    # Told twice, nothing is there twice.
    before = _counts()
    assert _tell() == ["Everything is there."]
    assert _counts() == before


MAPS_EACH = 1 + len(earlier.AFTER)
CHAPTERS = ("hold_round", "decide", "take_on", "sort_what_is_owed", "answer_in_time", "answer_late")


@pytest.mark.django_db
def test_a_story_that_broke_off_anywhere_says_so_and_goes_on_the_next_time(
    a_small_city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start comes one step further: the disk is full once in every step, after the step before was told."""

    def full_disk(*given: object, **named: object) -> None:
        raise OSError

    for module, step in [(city, "fill"), (maps, "claim"), *((chain, chapter) for chapter in CHAPTERS)]:
        with monkeypatch.context() as breaking:
            breaking.setattr(module, step, full_disk)
            with pytest.raises(OSError):
                _tell()
        assert BOARD.read().has_failed
        assert not story.is_there(), step

    _tell()

    broken = _counts()
    assert story.is_there()
    assert not OutboxEntry.objects.filter(done_at=None, due_at__lte=timezone.now()).exists()
    assert MapSnapshot.objects.count() == 2 * MAPS_EACH
    assert broken[: len(_EACH)] == [2, 2 * MAPS_EACH, len(make_demo.STATEMENTS) * 2]


@pytest.mark.django_db
def test_a_map_that_a_stopped_example_had_claimed_is_drawn_all_the_same(a_small_city: None) -> None:
    """The claim would stand for a quarter of an hour; nobody else draws in this data folder."""
    with pytest.MonkeyPatch.context() as stopped:
        stopped.setattr(maps, "draw_map", lambda **given: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            _tell()

    _tell()

    assert story.is_there()


_EACH = (Process, MapSnapshot, Statement)


def _counts() -> list[int]:
    tables = (*_EACH, Person, Role, Organisation, Vote, Event, Link, Ballot, Priority, Promise, Answer)
    return [table.objects.count() for table in tables]


def test_the_packaged_archive_holds_the_whole_city() -> None:
    """2,031 residents, 896 statements, 225,524 votes: counted in the files themselves, without our reader."""
    archive = resources.files("allting.demo") / "data" / "bowling-green.zip"
    with resources.as_file(archive) as file, zipfile.ZipFile(file) as packed:
        assert set(packed.namelist()) <= set(exchange.FILES)
        statements = len(_rows(packed, "comments.csv")) - 1
        header, *people = _rows(packed, "participants-votes.csv")

    columns = [place for place, name in enumerate(header) if name.isdigit()]
    votes = sum(row[place] != "" for row in people for place in columns)
    assert (len(people), statements, votes) == (2_031, 896, 225_524)


def _rows(packed: zipfile.ZipFile, name: str) -> list[list[str]]:
    with packed.open(name) as binary:
        return list(csv.reader(io.TextIOWrapper(binary, encoding="utf-8", newline="")))
