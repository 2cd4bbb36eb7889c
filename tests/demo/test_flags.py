"""`allting demo --world … --people …`: which world, how large, and in which folder."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from allting.config import commands, flags
from allting.demo import crowd, story


@pytest.fixture(autouse=True)
def same_environment_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = {name: value for name, value in os.environ.items() if not name.startswith("ALLTING_")}
    monkeypatch.setattr(os, "environ", named)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Which world a start tells, without telling it or serving."""
    found: list[tuple[str, Any]] = []
    monkeypatch.setattr(crowd, "tell", lambda *, people, progress: found.append(("million", people)))
    monkeypatch.setattr(story, "tell", lambda *, progress: found.append(("city", None)))
    monkeypatch.setattr(commands, "_start_house", lambda start, *, greeting, job: job())
    return found


def run(*arguments: str) -> None:
    chosen = commands._make_parser(flags.Start()).parse_args(["demo", *arguments])
    assert chosen.run(chosen) == 0


def test_without_a_flag_it_is_the_city(told: list[tuple[str, Any]]) -> None:
    run()

    assert told == [("city", None)]


def test_the_million_is_a_million_or_as_many_as_one_says(told: list[tuple[str, Any]]) -> None:
    run("--world", "million")
    run("--world", "million", "--people", "5000")

    assert told == [("million", 1_000_000), ("million", 5_000)]


@pytest.mark.parametrize("people", ["99", "-100", "many", ""])
def test_a_world_is_of_a_hundred_people_or_more(people: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    flags.add_world(parser)

    with pytest.raises(SystemExit):
        parser.parse_args([f"--people={people}"])

    assert "no number of people from 100" in capsys.readouterr().err


def test_the_city_has_the_people_it_has(tmp_path: Path) -> None:
    with pytest.raises(flags.WrongFlag, match="--world million"):
        flags.apply(["demo", "--port", "0", "--people", "500"])

    assert not list(tmp_path.iterdir())


def test_there_are_two_worlds() -> None:
    parser = ArgumentParser()
    flags.add_world(parser)

    assert parser.parse_args(["--world", "million"]).world == "million"
    with pytest.raises(SystemExit):
        parser.parse_args(["--world", "billion"])


@pytest.mark.parametrize(
    ("world", "folder"), [(["--world", "million"], "data/demo-million"), (["--world", "city"], "data/demo")]
)
def test_each_world_has_a_folder_of_its_own(world: list[str], folder: str, tmp_path: Path) -> None:
    start = flags.apply(["demo", "--port", "0", *world])

    for each in start.sockets:
        each.close()
    assert os.environ["ALLTING_DATA_DIR"] == str(tmp_path / folder)
    assert (tmp_path / folder).is_dir()
