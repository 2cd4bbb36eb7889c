"""A small part of the real city: the story's own code tells it in seconds."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Collection
from importlib import resources
from pathlib import Path
from typing import Any

from allting.choice import analysis, counting
from allting.demo import city, comparing, council
from allting.opinions import maps
from allting.opinions.comparing import fitting
from tests.make.comparing import fit_here
from tests.make.maps import draw_here

# What one theme or another answers, and the one that fits none: 1 and 5 are of the police, 121 fits nothing.
OTHERS = (1, 5, 12, 20, 22, 24, 25, 30, 32, 45, 56, 64, 69, 83, 87, 89, 96, 121, 212, 387)
STATEMENTS = frozenset({*council.SHORTLIST, *OTHERS})
# Among every seventh of those who answered enough, the outcome is one that the mayor departs from, too.
ENOUGH_ANSWERS = 10
EVERY = 7
# Its map is the same each time, so it is drawn once for all tests.
_PENCIL = city.Pencil()


def make_small_city(folder: Path) -> Path:
    """Write an export with fifty statements of the packaged one and some of the residents who answered them."""
    folder.mkdir()
    archive = resources.files("allting.demo") / "data" / "bowling-green.zip"
    with resources.as_file(archive) as file, zipfile.ZipFile(file) as packed:
        comments = _rows(packed, "comments.csv")
        number = comments[0].index("comment-id")
        _write(folder / "comments.csv", [comments[0], *(row for row in comments if row[number] in _names(STATEMENTS))])
        _write(folder / "participants-votes.csv", _some_people(_rows(packed, "participants-votes.csv")))
    (folder / "summary.csv").write_text("topic,A small part of Bowling Green\n")
    return folder


def _some_people(rows: list[list[str]]) -> list[list[str]]:
    header = rows[0]
    wanted = _names(STATEMENTS)
    columns = [place for place, name in enumerate(header) if not name.isdigit() or name in wanted]
    answers = [place for place, name in enumerate(header) if name in wanted]
    active = [row for row in rows[1:] if sum(row[place] != "" for place in answers) >= ENOUGH_ANSWERS]
    return [[row[place] for place in columns] for row in (header, *active[::EVERY])]


def _names(numbers: Collection[int]) -> set[str]:
    return {str(number) for number in numbers}


def _rows(packed: zipfile.ZipFile, name: str) -> list[list[str]]:
    with packed.open(name) as binary:
        return list(csv.reader(io.TextIOWrapper(binary, encoding="utf-8", newline="")))


def _write(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)


def tell_of_a_small_city(monkeypatch: Any, folder: Path) -> None:
    """Let the story read the small city, and draw and count in this process."""
    export = make_small_city(folder)
    monkeypatch.setattr(city, "unpack", lambda to: shutil.copytree(export, to, dirs_exist_ok=True))
    monkeypatch.setattr(maps, "draw_outside", draw_here)
    monkeypatch.setattr(city, "Pencil", lambda: _PENCIL)
    monkeypatch.setattr(counting, "count_outside", analysis.count)
    monkeypatch.setattr(fitting, "fit_outside", fit_here)
    monkeypatch.setattr(comparing, "STATEMENTS", 5)
