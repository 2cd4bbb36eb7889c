"""What each room tells the others' readers: what waits for somebody, and its chapter in the story of a process.

A room registers both in its manifest (`web.rooms.Room`). Whoever shows them knows no room: it asks here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from allting.processes.models import Process
from allting.record.viewers import Viewer
from allting.web import rooms

type Words = str | Promise


class Deed(enum.Enum):
    """What is asked of somebody, in the order in which a page shows it."""

    DECIDE = enum.auto()
    SIGN = enum.auto()
    CONFIRM = enum.auto()
    PROMISE = enum.auto()
    PUBLISH = enum.auto()
    PREPARE = enum.auto()


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a viewer, with one button.

    process_id  where it belongs
    help        what to do there, in a sentence
    facts       small facts, such as how many people it is about
    due_on      until when; None where nothing was promised
    late        how late it is, in words: comes before everything else
    list_address   where the whole list is, for a page that shows only the first few
    """

    deed: Deed
    title: Words
    button: Words
    address: str
    process_id: int
    help: Words = ""
    facts: tuple[Words, ...] = ()
    due_on: date | None = None
    late: Words = ""
    list_address: str = ""


class Place(enum.Enum):
    """Where in the story a chapter stands: in this order."""

    WHO = enum.auto()
    UNITES = enum.auto()
    CHOSEN = enum.auto()
    PROMISED = enum.auto()
    REST = enum.auto()


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one room says at one place of the story, also that something has not happened yet: without a heading."""

    place: Place
    template: str
    context: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WayOn:
    """A page of a room that people go on to from a process.

    is_work   for those who look after the process: on the workbench and not on its page
    """

    title: Words
    explains: Words
    address: str
    is_work: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """How far the answers that a process owes are.

    answered_count, waiting_count   things that were said, and have a published answer or none yet
    late_count                      answers that nobody has signed by their day
    address                         where the published answers are read; empty before the first
    """

    answered_count: int = 0
    waiting_count: int = 0
    late_count: int = 0
    address: str = ""

    @property
    def is_complete(self) -> bool:
        return self.answered_count > 0 and not self.waiting_count


def waiting_for(viewer: Viewer, *, now: datetime) -> list[Waiting]:
    """Return what waits for the viewer in all rooms, in the order of the rooms."""
    return _waiting_in(rooms.every_room(), viewer, now)


def chapters_of(process: Process, *, viewer: Viewer) -> dict[Place, list[Chapter]]:
    """Return what the rooms have to say about a process, by place. A place where no room says anything is absent."""
    found: dict[Place, list[Chapter]] = {}
    for room in rooms.every_room():
        for chapter in room.story(process, viewer) if room.story else ():
            found.setdefault(chapter.place, []).append(chapter)
    return found


def ways_on_from(process: Process, *, viewer: Viewer) -> list[WayOn]:
    """Return where the viewer goes on to from a process, in the order of the rooms."""
    return [one for room in rooms.every_room() if room.ways_on for one in room.ways_on(process, viewer)]


def waiting_elsewhere(process: Process, *, viewer: Viewer, now: datetime) -> list[Waiting]:
    """Return what waits for the viewer in a process, without the next steps that its own workbench knows."""
    others = (room for room in rooms.every_room() if room.name != "processes")
    return [one for one in _waiting_in(others, viewer, now) if one.process_id == process.pk]


def _waiting_in(those: Iterable[rooms.Room], viewer: Viewer, now: datetime) -> list[Waiting]:
    return [one for room in those if room.waiting for one in room.waiting(viewer, now)]


def answered_in(process: Process, *, today: date) -> Answered:
    """Return how far the owed answers are; nothing is answered where no room answers."""
    for room in rooms.every_room():
        if room.answered:
            found: Answered = room.answered(process, today)
            return found
    return Answered()
