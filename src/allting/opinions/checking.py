"""Draw a published map again from the facilitators' file, and say what is equal and what is not.

The file holds the votes of single people and, in map.json, what was published about the same conversation. It is
needed and nothing else: neither this installation's database nor its secret.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from allting.opinions import exchange, figures, hiding, holding, maps, reading
from allting.opinions.errors import UnusableExport
from allting.opinions.exchange.files import MAP
from allting.opinions.figures import FEWEST_PEOPLE, Cell, Figures, Turnout
from allting.opinions.importing import Export

type Cells = Mapping[tuple[int, str], Cell]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What drawing again found.

    differences   a sentence each; none where the map is equal
    is_quick      the map started from an earlier one, so that it does not follow from these votes alone: not compared
    held_count    sets of people whose published figures are those of an earlier map, moved by fewer than five since
    """

    differences: Sequence[str]
    held_count: int
    compared_count: int
    is_quick: bool = False


def check_map(file: Path, *, draw: maps.Draw | None = None) -> Verdict:
    """Draw the map of a facilitators' file again and compare it with what was published. Raises UnusableExport."""
    published, export = _read(file)
    if not published.get("is_complete", True):
        return Verdict([], 0, 0, is_quick=True)
    arrays = _arrays(export, shown=sorted(int(number) for number in published["statements"]))
    people = len(arrays["actor_ids"])
    if (people, len(export.votes)) != (published["people"], published["votes"]):
        told = f"The map was published of {published['people']:,} people and {published['votes']:,} votes; "
        return Verdict([f"{told}the file holds {people:,} and {len(export.votes):,}."], 0, 0)
    drawing = (draw or maps.draw_outside)(arrays, listener=lambda _share: None)
    drawn = hiding.publish(drawing, Turnout(people=people, devices=0, votes=len(export.votes)), stones=[])
    return _compare(published, drawn)


def _read(file: Path) -> tuple[dict[str, Any], Export]:
    try:
        with zipfile.ZipFile(file) as packed, TemporaryDirectory() as folder:
            if MAP not in packed.namelist():
                raise UnusableExport(f"There is no {MAP} in {file.name}: it was written before there was a map.")
            published = json.loads(packed.read(MAP))
            packed.extractall(folder)
            return published, exchange.read_polis(Path(folder)).export
    except (OSError, zipfile.BadZipFile, json.JSONDecodeError) as error:
        raise UnusableExport(f"{file} cannot be read: {error}") from error


def _arrays(export: Export, *, shown: Sequence[int]) -> reading.Arrays:
    """Pack the votes as `reading.read_votes` does; who has an account is not in the file, and changes no group."""
    numbers = np.array(sorted(statement.number for statement in export.statements), dtype=np.int64)
    actors, participants = np.unique(np.asarray(export.votes.participants, dtype=np.int64), return_inverse=True)
    return {
        "participants": participants.astype(np.int32),
        "statements": np.searchsorted(numbers, np.asarray(export.votes.statements)).astype(np.int32),
        "values": np.asarray(export.votes.values, dtype=np.int8),
        "actor_ids": actors,
        "statement_ids": numbers,
        "excluded": np.flatnonzero(~np.isin(numbers, shown)).astype(np.int64),
        "is_device": np.zeros(len(actors), dtype=np.bool_),
    }


def _compare(published: Mapping[str, Any], drawn: Figures) -> Verdict:
    differences = []
    if drawn.outcome != published["outcome"]:
        differences.append(f"Published as “{published['outcome']}”, drawn again as “{drawn.outcome}”.")
    before = dict(_published_cells(published))
    after = _under_the_same_letters(dict(_drawn_cells(drawn)), before, count=len(drawn.groups))
    held_count = 0
    for statement, name in sorted(before.keys() | after.keys()):
        one, other = before.get((statement, name)), after.get((statement, name))
        if _is_same(one, other):
            continue
        if holding.tells_too_much(other, one):
            held_count += 1
        else:
            differences.append(f"Statement {statement}, {name}: published {_say(one)}, drawn again {_say(other)}.")
    return Verdict(differences, held_count, len(before))


def _published_cells(published: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str], Cell]]:
    for number, shown in published["statements"].items():
        for name, cell in {**shown["groups"], "everyone": shown["everyone"], "between": shown["between"]}.items():
            if cell is not None:
                yield (int(number), name), Cell(*cell)


def _drawn_cells(drawn: Figures) -> Iterator[tuple[tuple[int, str], Cell]]:
    for number, shown in drawn.statements.items():
        for name, cell in {**shown.groups, "everyone": shown.everyone, "between": shown.between}.items():
            if cell is not None:
                yield (number, name), cell


def _under_the_same_letters(after: Cells, before: Cells, *, count: int) -> Cells:
    """Rename the groups so that they fit best: a map drawn without its forerunner may letter them otherwise."""
    letters = figures.LETTERS[: max(count, len({name for _number, name in before if name in figures.LETTERS}))]
    best, fewest = after, -1
    for order in permutations(letters):
        named = dict(zip(letters, order, strict=True))
        renamed = {(number, named.get(name, name)): cell for (number, name), cell in after.items()}
        wrong = sum(not _is_same(before.get(key), cell) for key, cell in renamed.items())
        if fewest < 0 or wrong < fewest:
            best, fewest = renamed, wrong
    return best


def _is_same(one: Cell | None, other: Cell | None) -> bool:
    """Say whether two sets gave the same answers; a set that is hidden is equal to no other."""
    if one is None or other is None:
        return one is other
    return (one.agree, one.disagree, one.passed) == (other.agree, other.disagree, other.passed)


def _say(cell: Cell | None) -> str:
    if cell is None:
        return f"nothing (fewer than {FEWEST_PEOPLE})"
    return f"{cell.agree} agree, {cell.disagree} disagree, {cell.passed} pass"
