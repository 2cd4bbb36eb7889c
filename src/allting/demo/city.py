"""The real city: its conversation as it was exported, brought into a conversation here, and its map."""

from __future__ import annotations

import tempfile
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path

import numpy as np
from django.utils import timezone

from allting.opinions import actions as opinions
from allting.opinions import claiming, exchange, figures, importing, maps, reading, stored, unpacking
from allting.opinions.figures import Drawing
from allting.opinions.models import Conversation, MapRun, MapSnapshot, Statement
from allting.people.models import Person
from allting.web.children import Listener

CASE_STUDY = "https://compdemocracy.org/case-studies/2018-kentucky"
ATTRIBUTION = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 with "
    "Attribution to The Computational Democracy Project. The data and more information about how the data was "
    f"collected can be found at {CASE_STUDY}"
)

# What a group must say to bear the name that a facilitator gave it; another map leaves the letters alone.
GROUP_NAMES = {
    "Walk and care": "The arts are an important component of K-12 education.",
    "Basics first": "Homelessness is for the nonprofit sector to deal with, not government.",
}

# What everybody begins with: short, mild, and about what one meets every day. Among the first statements that came were
# harsh ones, and whoever opens the example should not be met by those.
BEGINNING = (
    "More bike trails and walking trails would be a great addition.",
    "The arts enrich our city.",
    "We need a real bus system.",
)

_LOOK_AGAIN_AFTER_S = 0.5


def read_export() -> importing.Export:
    """Read what 2,031 residents said in 2018."""
    with tempfile.TemporaryDirectory() as folder:
        unpack(Path(folder))
        return exchange.read_polis(Path(folder), attribution=ATTRIBUTION).export


def unpack(folder: Path) -> None:
    archive = resources.files("allting.demo") / "data" / "bowling-green.zip"
    with resources.as_file(archive) as file, zipfile.ZipFile(file) as packed:
        packed.extractall(folder)


class Pencil:
    """Draws the map of the same votes once: the second conversation holds the same ones, by other actors' ids.

    Where anything else differs, because a visitor has voted meanwhile or the example was stopped in between, it draws.
    """

    def __init__(self) -> None:
        self._drawn: list[tuple[reading.Arrays, Drawing]] = []

    def __call__(self, arrays: reading.Arrays, *, listener: Listener) -> Drawing:
        votes = unpacking.unpack(arrays)
        for there, drawing in self._drawn:
            if _are_the_same(there, votes):
                return replace(
                    drawing,
                    actors=_renamed(drawing.actors, there["actor_ids"], votes["actor_ids"]),
                    statements=_renamed(drawing.statements, there["statement_ids"], votes["statement_ids"]),
                )
        drawing = maps.draw_outside(arrays, listener=listener)
        self._drawn.append((votes, drawing))
        return drawing


def _are_the_same(one: reading.Arrays, other: reading.Arrays) -> bool:
    """Compare everything but the ids: who they are called here has no part in where they stand."""
    one, other = _nameless(one), _nameless(other)
    # Where nobody has a place yet, and where a statement has none, nothing is the same as nothing.
    return one.keys() == other.keys() and all(
        np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one
    )


def _nameless(arrays: reading.Arrays) -> dict[str, np.ndarray]:
    """Leave ids out; whoever has said what they are is known by their place among the others."""
    ids = {"actor_ids", "statement_ids", "columns", "changed", "placed"}
    nameless = {name: column for name, column in arrays.items() if name not in ids}
    if "camp_actors" in nameless:
        nameless["camp_actors"] = np.searchsorted(arrays["actor_ids"], nameless["camp_actors"])
    return nameless


def _renamed(ids: object, before: np.ndarray, after: np.ndarray) -> list[int]:
    places = np.searchsorted(before, np.asarray(ids, dtype=np.int64))
    found: list[int] = after[places].tolist()
    return found


def draw(conversation: Conversation, *, number: int, pencil: maps.Draw, now: datetime) -> None:
    """Draw map `number`, from 0, unless it is there; wait where somebody else draws it. `now` is its day."""
    while MapSnapshot.objects.filter(conversation=conversation).count() <= number:
        if run := maps.claim(conversation_id=conversation.pk, now=timezone.now()):
            maps.draw_map(run=run, now=now, draw=pencil)
            return
        time.sleep(_LOOK_AGAIN_AFTER_S)


def give_claims_back() -> None:
    """Give back what a start before this one claimed to draw: one data folder has one process, so nobody draws now."""
    for run in MapRun.objects.all():
        maps.release(claiming.Run(conversation_id=run.conversation_id, claimed_at=run.started_at))


def name_groups(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Give the groups the names that a facilitator would, if they still say what the names say."""
    snapshot = stored.latest_map(conversation.pk)
    if snapshot is None or conversation.group_names.exists():
        return
    texts = dict(Statement.objects.filter(conversation=conversation).values_list("pk", "text"))
    said_by = {
        letter: {texts[ranked.statement] for ranked in ranking if ranked.side == figures.AGREE}
        for letter, ranking in figures.from_data(snapshot.figures).distinctive.items()
    }
    names = {letter: name for name, words in GROUP_NAMES.items() for letter, said in said_by.items() if words in said}
    if names:
        opinions.name_groups(conversation=conversation, names=names, by=by.actor, now=now)


def put_beginning_first(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Let everybody begin with what a facilitator would choose; where one has chosen, that stays."""
    if conversation.statements.exclude(place_at_start=None).exists():
        return
    by_text = {it.text.strip(): it for it in conversation.statements.filter(text__in=BEGINNING).select_related("item")}
    for text in BEGINNING:
        if text in by_text:
            opinions.put_first(statement=by_text[text], by=by.actor, now=now)


def fill(conversation: Conversation, *, export: importing.Export, by: Person, now: datetime) -> None:
    """Bring the city's statements and votes into a conversation; what is there stays."""
    importing.import_conversation(export=export, by=by.actor, now=now, conversation=conversation)
