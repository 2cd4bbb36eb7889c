"""Who is looking: an actor (or nobody yet) and the roles it has, for all or within one item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from allting.record.models import Actor, Item


@dataclass(frozen=True, slots=True)
class Viewer:
    """The one argument about rights that every query takes.

    actor     who acts; None is a device that has not acted yet
    person    the signed-in `people.Person`, or None (typed loosely: people lies above)
    device    the `people.Device` of this browser, or None
    roles     pairs of role and item id; None as item means the whole installation
    """

    actor: Actor | None = None
    person: Any = None
    device: Any = None
    roles: frozenset[tuple[str, int | None]] = field(default_factory=frozenset)

    @property
    def is_signed_in(self) -> bool:
        return self.person is not None

    @property
    def acting(self) -> Actor:
        """The actor, where a rule has made sure that there is one."""
        assert self.actor is not None, "Nobody acts here."
        return self.actor

    def has_role(self, names: Iterable[str], *, within: Iterable[int] = ()) -> bool:
        """Say whether one of the roles is held for the whole installation or within one of the items."""
        places = {None, *within}
        return any(name in names and place in places for name, place in self.roles)


class Request(HttpRequest):
    """What every view is given: `people.middleware` puts the viewer on it.

    current_activity   set by a view about an activity (`processes.Activity`, or None): tells the header where one is
    current_item       set by a view about an item of any kind: the header looks for the process that it is within
    """

    viewer: Viewer
    current_activity: Any
    current_item: Item


NOBODY = Viewer()
SYSTEM = Viewer(roles=frozenset({("system", None)}))
