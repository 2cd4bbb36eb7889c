"""A peer that cannot be had is named with the reason, never a silent gap in a table."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from allting.engine.opinion import Votes, pack_votes
from benchmarks import opinion, opinion_peers
from benchmarks.opinion_peers import Absent, group_by_red_dwarf


@pytest.fixture
def votes() -> Votes:
    return pack_votes(
        participants=[0, 1, 2], statements=[0, 1, 1], values=[1, 0, -1], participant_count=3, statement_count=2
    )


def test_without_uv_it_is_absent(votes: Votes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinion_peers.shutil, "which", lambda name: None)

    answer = group_by_red_dwarf([votes])

    assert isinstance(answer, Absent)
    assert "uv" in answer.why


def test_what_would_not_fit_into_memory_is_not_asked(votes: Votes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinion_peers, "MOST_CELLS", 5)

    assert isinstance(group_by_red_dwarf([votes]), Absent)


def test_how_it_ended_is_the_reason(votes: Votes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinion_peers.shutil, "which", lambda name: "uv")
    ended = subprocess.CompletedProcess([], returncode=2, stdout="", stderr="resolving\nno network\n")
    monkeypatch.setattr(opinion_peers.subprocess, "run", lambda *_, **__: ended)

    assert group_by_red_dwarf([votes]) == Absent("it ended with 2: no network")


def test_it_gets_the_votes_and_its_groups_come_back(votes: Votes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script's part of the exchange, played by hand: one group for who agrees, one for who does not."""

    def play(command: Sequence[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked, answer = (Path(path) for path in command[-2:])
        with np.load(asked) as file:
            labels = np.full(int(file["participant_count"]), -1)
            labels[file["participants"]] = file["values"] > 0
        np.savez(answer, labels=labels, k=2, seconds=1.0, cpu_seconds=0.5, memory_mb=3.0)
        return subprocess.CompletedProcess(command, returncode=0, stdout="", stderr="")

    monkeypatch.setattr(opinion_peers.shutil, "which", lambda name: "uv")
    monkeypatch.setattr(opinion_peers.subprocess, "run", play)

    answer = group_by_red_dwarf([votes])

    assert not isinstance(answer, Absent)
    assert answer[0].labels.tolist() == [1, 0, 0]
    assert (answer[0].k, answer[0].cpu_seconds) == (2, 0.5)


def test_a_table_says_that_it_is_absent(capsys: pytest.CaptureFixture[str]) -> None:
    row = opinion.Reference(name="taxes", groups=2, published_groups=2, agreement=0.8, specified=None)

    opinion.print_references([row])

    assert "absent" in capsys.readouterr().out
