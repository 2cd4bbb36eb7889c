"""Both conversations come in, day by day, and get their maps: the city's votes twice, its drawings once.

A map is drawn in a process of its own, which is most of the work. Meanwhile this one writes down what is drawn next.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.demo import city, earlier, relations
from allting.demo.earlier import Part
from allting.opinions import maps, reading
from allting.opinions.figures import Drawing
from allting.opinions.models import Conversation, MapSnapshot
from allting.people.models import Person
from allting.web.children import Listener

type Say = Callable[[str | Promise, float], None]
type Chore = Callable[[], None]

# How far the whole example is while this happens.
_BEGINS_AT, _ENDS_AT = 0.06, 0.8
_WRITING = _("Writing down 225,524 votes on 896 statements, twice: one round runs, the other has ended.")
_DRAWING = _("Drawing the map, and drawing it again five times to see whether it holds up.")
_DRAWING_EARLIER = _("Drawing the maps of the first days, to look back on.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation to fill, when it began, and the day of its last map."""

    conversation: Conversation
    began_at: datetime
    ends_at: datetime

    def at(self, part: Part) -> datetime:
        return self.ends_at if part.after is None else self.began_at + part.after

    def count_maps(self) -> int:
        return MapSnapshot.objects.filter(conversation=self.conversation).count()


def is_filled(*kept: Kept) -> bool:
    """Say whether every map is there; the last one is drawn when everything is written down."""
    return all(one.count_maps() > len(earlier.AFTER) for one in kept)


def fill(running: Kept, carried: Kept, *, by: Person, say: Say) -> None:
    """Bring both in, and draw their maps. What an earlier start has done stays, and is not done again."""
    say(_("Reading what 2,031 residents said."), _BEGINS_AT)
    parts = earlier.parts_of(city.read_export())
    pencil = city.Pencil()
    say(_WRITING, _BEGINS_AT)
    _write(running, parts[0], by=by)
    for number, part in enumerate(parts):
        say(_DRAWING if part.after is None else _DRAWING_EARLIER, _share_at(number / len(parts)))
        chores: list[Chore] = [partial(_write, carried, part, by=by)]
        if part is not parts[-1]:
            chores.append(partial(_write, running, parts[number + 1], by=by))
        beside = _Beside(pencil, chores)
        city.draw(running.conversation, number=number, pencil=beside, now=running.at(part))
        beside.finish()
        city.draw(carried.conversation, number=number, pencil=pencil, now=carried.at(part))


class _Beside:
    """Draws with a pencil, and does the chores while it draws. None of them is done twice."""

    def __init__(self, pencil: maps.Draw, chores: list[Chore]) -> None:
        self._pencil, self._chores = pencil, chores

    def __call__(self, arrays: reading.Arrays, *, listener: Listener) -> Drawing:
        # How far it is would be noted in the database, which is busy with the chores.
        with ThreadPoolExecutor(max_workers=1) as beside:
            drawing = beside.submit(self._pencil, arrays, listener=lambda share: None)
            self.finish()
            return drawing.result()

    def finish(self) -> None:
        while self._chores:
            self._chores.pop(0)()


def _write(kept: Kept, part: Part, *, by: Person) -> None:
    city.fill(kept.conversation, export=part.export, by=by, now=kept.at(part))
    if part.after is None:
        # Before the last map, which says what residents and employees both support.
        relations.say_some(kept.conversation, began_at=kept.began_at, by=by)


def _share_at(done: float) -> float:
    return _BEGINS_AT + (_ENDS_AT - _BEGINS_AT) * done
