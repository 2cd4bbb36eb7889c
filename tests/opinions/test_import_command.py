from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from allting.opinions import commands, maps, tasks
from allting.opinions.errors import UnusableExport
from allting.opinions.models import Conversation, MapRun, MapSnapshot, Vote
from tests.make.exports import VOTES, write_export
from tests.make.maps import draw_here, make_voted_conversation
from tests.opinions.test_exchange import append

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "draw_outside", draw_here)


def run(folder: Path, *flags: str) -> int:
    parser = argparse.ArgumentParser()
    (command,) = [command for command in commands.COMMANDS if command.name == "import"]
    command.fill(parser)
    return command.run(parser.parse_args(["polis", str(folder), *flags]))


def report_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_report_has_the_keys_that_scripts_rely_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_export(tmp_path, moderated=(1, -1, 1)), "--json") == 0

    report = report_of(capsys)
    keys = ("participants", "statements", "commenters", "votes", "rejected")
    assert {key: report[key] for key in keys} == dict(zip(keys, (3, 3, 3, len(VOTES), 1), strict=True))
    assert report["conversation"] == Conversation.objects.get().pk


def test_the_same_folder_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(write_export(tmp_path), "--json")
    assert report_of(capsys)["changed"] > 0

    run(tmp_path, "--json")

    assert report_of(capsys)["changed"] == 0
    assert Vote.objects.count() == len(VOTES)


def test_a_dry_run_writes_nothing_and_names_each_bad_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    append(write_export(tmp_path) / "votes.csv", "1770292800000,,0,0,7")

    run(tmp_path, "--dry-run")

    said = capsys.readouterr().out
    assert "votes.csv, line 7: The vote is “7”; a vote is 1, -1 or 0." in said
    assert "Nothing was written" in said
    assert not Conversation.objects.exists()


def test_a_question_and_an_attribution_can_be_given(tmp_path: Path) -> None:
    run(write_export(tmp_path), "--title", "What about the buses?", "--attribution", "CC BY 4.0, by somebody.")

    conversation = Conversation.objects.select_related("item").get()
    assert conversation.item.title == "What about the buses?"
    assert conversation.attribution == "CC BY 4.0, by somebody."


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnusableExport, match="There is no folder"):
        run(tmp_path / "nowhere")


def test_the_map_is_drawn_at_the_end_unless_it_is_left_to_the_server(tmp_path: Path) -> None:
    votes = {(person, statement): 1 for person in range(6) for statement in range(3)}

    run(write_export(tmp_path, votes=votes), "--no-map")
    assert not MapSnapshot.objects.exists()
    run(tmp_path)

    assert MapSnapshot.objects.get().people_count == 6
    assert not MapRun.objects.exists()


def test_the_schedule_hands_a_due_map_to_the_worker_once(run_tasks: Any) -> None:
    conversation = make_voted_conversation(people=12, now=timezone.now())

    tasks.redraw_due()
    tasks.redraw_due()

    assert run_tasks() == 1
    assert MapSnapshot.objects.get().conversation == conversation
    tasks.redraw_due()
    assert run_tasks() == 0
