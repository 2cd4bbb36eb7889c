"""A published map comes out of the facilitators' file again, and a changed one does not."""

from __future__ import annotations

import argparse
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from allting.opinions import checking, commands, exchange
from allting.opinions.errors import UnusableExport
from allting.opinions.models import Conversation
from tests.make.maps import draw_here, make_map, make_voted_conversation
from tests.make.opinions import cast, make_conversation, statements_of
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db


def send_out(conversation: Conversation, folder: Path) -> Path:
    file = folder / "votes.zip"
    with file.open("wb") as into:
        exchange.write_polis(conversation, into=into)
    return file


def change(file: Path, do: Callable[[dict[str, Any]], None]) -> Path:
    """Write the file again with another map.json."""
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "map.json":
                published = json.loads(content)
                do(published)
                content = json.dumps(published).encode()
            new.writestr(name, content)
    return changed


@pytest.fixture(scope="module")
def kept_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("votes")


@pytest.fixture
def file(tmp_path: Path, kept_folder: Path) -> Path:
    """The votes of two camps; written once, because drawing takes a while."""
    kept = kept_folder / "votes.zip"
    if not kept.exists():
        conversation = make_voted_conversation(people=80)
        make_map(conversation)
        send_out(conversation, kept_folder)
    return Path(shutil.copy(kept, tmp_path))


def test_the_map_comes_out_of_its_votes_again(file: Path) -> None:
    verdict = checking.check_map(file, draw=draw_here)

    assert verdict.differences == []
    assert verdict.compared_count == 10 * 3


def test_a_changed_figure_is_named(file: Path) -> None:
    def add_seven(published: dict[str, Any]) -> None:
        published["statements"]["2"]["groups"]["A"][1] += 7

    (difference,) = checking.check_map(change(file, add_seven), draw=draw_here).differences

    assert difference.startswith("Statement 2, A: published")


def test_what_was_held_back_is_counted_and_no_difference(file: Path) -> None:
    def hold(published: dict[str, Any]) -> None:
        published["statements"]["2"]["groups"]["A"][1] -= 2

    verdict = checking.check_map(change(file, hold), draw=draw_here)

    assert (verdict.differences, verdict.held_count) == ([], 1)


def test_groups_are_compared_whatever_their_letters(file: Path) -> None:
    def swap(published: dict[str, Any]) -> None:
        for shown in published["statements"].values():
            shown["groups"] = {"A": shown["groups"]["B"], "B": shown["groups"]["A"]}

    assert checking.check_map(change(file, swap), draw=draw_here).differences == []


def test_votes_since_the_map_are_said(tmp_path: Path) -> None:
    conversation = make_voted_conversation(people=12)
    make_map(conversation, now=NOW)
    cast(statements_of(conversation)[0], now=NOW + timedelta(hours=1))

    (difference,) = checking.check_map(send_out(conversation, tmp_path), draw=draw_here).differences

    assert "of 12 people and 120 votes; the file holds 13 and 121" in difference


def test_without_a_map_there_is_nothing_to_check(tmp_path: Path) -> None:
    file = send_out(make_conversation(), tmp_path)

    with pytest.raises(UnusableExport, match=r"no map\.json"):
        checking.check_map(file)


def test_the_command_says_equal_or_what_is_not(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allting.opinions.maps.draw_outside", draw_here)

    assert commands._run_check(argparse.Namespace(file=file)) == 0
    assert "Equal: the" in capsys.readouterr().out
    wrong = change(file, lambda published: published.update(outcome="no_groups"))
    assert commands._run_check(argparse.Namespace(file=wrong)) == 1
    assert "Not equal." in capsys.readouterr().out


def test_a_quick_map_is_not_compared_and_said_to_be_quick(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick = change(file, lambda published: published.update(is_complete=False))

    exit_code = commands._run_check(argparse.Namespace(file=quick))

    assert exit_code == 2
    assert "quick map" in capsys.readouterr().out
