"""The example is told once, however often it is started."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from importlib import resources
from pathlib import Path

import pytest

from allting.demo import story
from allting.demo.progress import BOARD
from allting.opinions import exchange, maps
from allting.opinions.models import Conversation, Statement, Vote
from allting.people.models import Organisation, Person, Role
from allting.processes.models import Process
from allting.record.models import Event
from tests.make.exports import write_export
from tests.make.maps import draw_here


@pytest.fixture
def a_tiny_city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put forty people with two opinions where the real city's archive is, and draw in this process."""
    votes = {(person, number): _answer(person, number) for person in range(40) for number in range(8)}
    export = write_export(
        tmp_path / "export",
        statements=[f"Statement number {number} of a tiny city." for number in range(8)],
        authors=range(8),
        votes=votes,
    )
    monkeypatch.setattr(story, "_unpack", lambda folder: shutil.copytree(export, folder, dirs_exist_ok=True))
    draw_map = maps.draw_map
    monkeypatch.setattr(maps, "draw_map", lambda *, run, now: draw_map(run=run, now=now, draw=draw_here))


def _answer(person: int, number: int) -> int:
    return 1 if number < 2 or person % 2 == number % 2 else -1


@pytest.mark.django_db
def test_the_story_is_told_from_an_empty_house_to_the_map(a_tiny_city: None) -> None:
    heard: list[str] = []

    story.tell(progress=lambda words, share: heard.append(words))

    process = Process.objects.get()
    assert story.is_there()
    assert process.state == "running"
    assert process.is_invented
    assert process.attribution == story.ATTRIBUTION
    assert "invented" in process.invented_note
    assert Organisation.objects.get().is_invented
    assert all(Person.objects.values_list("is_invented", flat=True))
    assert (Statement.objects.count(), Vote.objects.count()) == (8, 320)
    assert heard[0] == "A council and its people move in."
    assert heard[-1] == "Everything is there."
    assert BOARD.read().is_told


@pytest.mark.django_db
def test_told_twice_nothing_is_there_twice(a_tiny_city: None) -> None:
    story.tell(progress=lambda words, share: None)
    before = _counts()

    story.tell(progress=lambda words, share: None)

    assert _counts() == before


@pytest.mark.django_db
def test_a_story_that_broke_off_says_so_and_goes_on_the_next_time(
    a_tiny_city: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*, conversation_id: int, now: object) -> None:
        raise OSError

    with monkeypatch.context() as full_disk:
        full_disk.setattr(maps, "claim", no_room)
        with pytest.raises(OSError):
            story.tell(progress=lambda words, share: None)
    assert BOARD.read().has_failed
    assert not story.is_there()

    story.tell(progress=lambda words, share: None)

    assert story.is_there()
    assert Vote.objects.count() == 320


def _counts() -> list[int]:
    tables = (Person, Role, Organisation, Process, Conversation, Statement, Vote, Event)
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
