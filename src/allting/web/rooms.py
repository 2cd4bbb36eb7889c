"""What a room tells the rest of the house about itself: the manifest in its `room.py`.

The house is read once after Django is set up. A registry takes from each manifest what is its own
(`record` the kinds and reactions, `processes` the activity kinds, `server` the schedules,
`config` the addresses and commands), so that rooms never import each other sideways.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plain function that the worker calls again and again.

    `run` takes no argument, reads the clock itself and is harmless when it finds nothing to do.
    """

    name: str
    every_s: float
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command of `allting`: `fill` adds its arguments, `run` returns the exit code."""

    name: str
    help: str
    fill: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Room:
    """The manifest. `urls` is a module path mounted under `prefix`; the rest are registrations.

    kinds            `record.kinds.Kind`
    activity_kinds   `processes.activity_kinds.ActivityKind`
    reactions        `record.reactions.Reaction`
    checks           `Command`s under `allting check`: `allting check outcome FILE`
    takes_files      names of addresses that take large files; the server refuses large bodies anywhere else
    loaded_late      modules that a library loads at its first use: the server does so before somebody waits for it
    in_frames        prefix, below the room's own, of pages that other sites show in a frame: `web.framing`
    waiting          what waits here for somebody: waiting(viewer, now) -> `processes.telling.Waiting`s
    story            what the public story of a process says of this room:
                     story(process, viewer) -> `processes.telling.Chapter`s
    ways_on          where one goes on to from a process: ways_on(process, viewer) -> `processes.telling.WayOn`s
    answered         how far the answers that a process owes are: answered(process, today)
                     -> `processes.telling.Answered`
    """

    name: str
    title: Any
    prefix: str = ""
    urls: str = ""
    kinds: tuple[Any, ...] = ()
    activity_kinds: tuple[Any, ...] = ()
    reactions: tuple[Any, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    commands: tuple[Command, ...] = ()
    checks: tuple[Command, ...] = ()
    takes_files: tuple[str, ...] = ()
    loaded_late: tuple[str, ...] = ()
    in_frames: str = ""
    waiting: Callable[[Any, datetime], Iterable[Any]] | None = None
    story: Callable[[Any, Any], Iterable[Any]] | None = None
    ways_on: Callable[[Any, Any], Iterable[Any]] | None = None
    answered: Callable[[Any, Any], Any] | None = None


_rooms: dict[str, Room] = {}


def open_rooms() -> None:
    """Import `room.py` of every installed room, once."""
    for app in settings.INSTALLED_APPS:
        if app.startswith("allting.") and app not in _rooms and find_spec(f"{app}.room"):
            _rooms[app] = import_module(f"{app}.room").ROOM


def every_room() -> Iterator[Room]:
    """All rooms that are open, in the order of INSTALLED_APPS."""
    yield from _rooms.values()
