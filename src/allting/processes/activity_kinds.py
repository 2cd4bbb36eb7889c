"""What a room above offers to take part in: registered in its manifest, asked by processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from allting.record.models import Actor, Item
from allting.record.viewers import Viewer
from allting.web import rooms

type Words = str | Promise
type Part = tuple[str, Mapping[str, object]] | None

_WHAT_PEOPLE_SAID = gettext_lazy("What people said")
_SEE_THE_MAP = gettext_lazy("See the whole map")


class Create(Protocol):
    def __call__(self, *, within: Item, title: str, author: Actor, now: datetime) -> Item: ...


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something the facilitator should do now: shown on the workbench, numbered, one button each.

    is_urgent   a promise runs out (statements waiting for approval): comes before everything else
    """

    title: Words
    help: Words
    button: Words
    address: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A figure with its words. `figure` is None where fewer than five people stand behind it."""

    figure: int | None
    label: Words
    address: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that could go on from here, such as to a ballot, and why, in one sentence."""

    item_id: int
    why: Words


@dataclass(frozen=True, slots=True)
class Grouping:
    """Items that may get one answer together, and what they have in common, in a few words."""

    title: Words
    item_ids: Sequence[int]


def _no_groupings(item_id: int) -> Sequence[Grouping]:
    return ()


def _no_candidates(item_id: int) -> Sequence[Candidate]:
    return ()


def _no_part(item_id: int, viewer: Viewer) -> Part:
    return None


def _nobody_takes_part(item_id: int, actor: Actor) -> bool:
    return False


def _no_counts(item_id: int) -> Sequence[Count]:
    return ()


def _nothing_to_do(item: Item, now: datetime) -> None:
    return None


def _no_next_steps(item_id: int, now: datetime) -> Sequence[NextStep]:
    return ()


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One thing to take part in, such as a conversation.

    create      makes the room's own row within the process and returns its Item:
                create(within=process item, title=..., author=actor, now=...)
    on_close    called in the closing transaction, once: on_close(item, now)
    on_open     called in the opening transaction, once, when its day has come: on_open(item, now)
    wipe        removes everything that people contributed, after a rehearsal, and keeps what the team prepared;
                called in the order of the phases, may come twice: wipe(item, now)
    address     where a participant takes part, for the item's id
    results     where its results are read
    workbench   where the facilitator prepares and looks after it
    part        template and context of the first question on the process page:
                part(item_id, viewer) -> (template name, context), or None
    highlights  template and context of "What people say so far", or None when it is too early
    tells       the heading of the highlights once it has closed
    leads_on    the words that lead to the results
    has_part    whether an actor has done something in it: has_part(item_id, actor)
    counts      first how many people took part, then what they left; the room suppresses figures under five people
    next_steps  what the facilitator should do now, most important first
    candidates  items of it that could go on to a ballot, the most telling first, and why
    groupings   items of it that may get one answer together, each item once
    workbench_explains   what the facilitator does on the workbench, in one sentence
    explains    what one does here, in one sentence: "You answer short statements and add your own."
    yields      what comes out of it, in one sentence: "The map shows what unites and what divides."
    brings_in   where one that was held with another tool is taken in
    """

    name: str
    title: Words
    create: Create
    on_close: Callable[[Item, datetime], None]
    address: Callable[[int], str]
    results: Callable[[int], str]
    workbench: Callable[[int], str]
    wipe: Callable[[Item, datetime], None]
    on_open: Callable[[Item, datetime], None] = _nothing_to_do
    part: Callable[[int, Viewer], Part] = _no_part
    highlights: Callable[[int, Viewer], Part] = _no_part
    has_part: Callable[[int, Actor], bool] = _nobody_takes_part
    counts: Callable[[int], Sequence[Count]] = _no_counts
    next_steps: Callable[[int, datetime], Sequence[NextStep]] = _no_next_steps
    candidates: Callable[[int], Sequence[Candidate]] = _no_candidates
    groupings: Callable[[int], Sequence[Grouping]] = _no_groupings
    workbench_explains: Words = ""
    explains: Words = ""
    yields: Words = ""
    brings_in: Callable[[], str] | None = None
    tells: Words = _WHAT_PEOPLE_SAID
    leads_on: Words = _SEE_THE_MAP


@cache
def registered() -> Mapping[str, ActivityKind]:
    """All kinds of activity by name, read once from the rooms' manifests."""
    return {kind.name: kind for room in rooms.every_room() for kind in room.activity_kinds}
