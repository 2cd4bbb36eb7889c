"""A process of its own: heard, stopped at will, ended in time, without secrets, and never outliving the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from allting.web import children

MODULE = "child_of_a_test"
BEGIN = "import json, os, sys, time\nfrom allting.web import children\nfolder = children.begin()\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to ask and answer in, which is also where the child's module is found."""
    found = [str(tmp_path), *(os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, found)))
    return tmp_path


def write(folder: Path, program: str) -> None:
    (folder / f"{MODULE}.py").write_text(BEGIN + program, encoding="utf-8")


def test_it_finds_what_is_asked_and_leaves_what_it_found_and_says_how_far_it_is(folder: Path) -> None:
    write(
        folder,
        "asked = json.loads((folder / 'in.json').read_text())\n"
        "for done in range(3):\n    children.tell(done, 2)\n"
        "(folder / 'out.json').write_text(json.dumps(sum(asked)))\n",
    )
    (folder / "in.json").write_text("[1, 2, 3]", encoding="utf-8")
    heard: list[float] = []

    children.run_child(MODULE, folder=folder, longest_s=60, listener=heard.append)

    assert json.loads((folder / "out.json").read_text(encoding="utf-8")) == 6
    assert heard == [0.0, 0.5, 1.0]


def test_one_that_breaks_says_what_it_said_last(folder: Path) -> None:
    write(folder, "print('\\n'.join(map(str, range(900, 1_000))), file=sys.stderr)\nraise ValueError('No such group.')")

    with pytest.raises(children.ChildFailed, match=r"No such group\.") as failed:
        children.run_child(MODULE, folder=folder, longest_s=60)

    assert failed.value.exit_code == 1
    assert "900" not in failed.value.said


def test_one_that_takes_too_long_is_ended(folder: Path) -> None:
    write(folder, "time.sleep(60)")
    before = time.monotonic()

    with pytest.raises(children.ChildFailed, match=r"It was ended after 1 s\."):
        children.run_child(MODULE, folder=folder, longest_s=1)

    assert time.monotonic() - before < 30


def test_whoever_listens_may_have_no_more_of_it(folder: Path) -> None:
    write(folder, "(folder / 'pid').write_text(str(os.getpid()))\nchildren.tell(0, 1)\ntime.sleep(60)")

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        children.run_child(MODULE, folder=folder, longest_s=60, listener=stop)

    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes of this kind")
@pytest.mark.parametrize("module", ["allting.opinions.analysis", "allting.opinions.comparing.analysis"])
def test_every_child_ends_with_the_server_and_with_nothing_less(module: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.npz")  # nobody writes into it: the process waits for its votes for ever
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(tmp_path)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=children.environment_of_child(),
    )
    assert process.stdin
    os.open(tmp_path / "in.npz", os.O_WRONLY)  # comes back when the process asks for them
    process.terminate()  # what a service manager sends to all processes of a service
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)

    process.stdin.close()

    assert process.wait(timeout=5) == 3


def test_it_gets_no_secrets_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALLTING_SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        monkeypatch.setenv(name, "secret")

    told = children.environment_of_child()

    assert "secret" not in told.values()
    assert told["OMP_NUM_THREADS"] == "1"
    assert told["PATH"] == os.environ["PATH"]
