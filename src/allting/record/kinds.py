"""What only the owning room knows about its items, said once.

A room registers a `Kind` for each kind of item in its manifest. Each of the six functions is a batch
function over many ids, so that a page of a hundred mixed items costs one query per kind.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol

from django.utils.functional import Promise

from allting.record.models import Actor, Item
from allting.record.rules import Answer, No
from allting.record.viewers import Viewer
from allting.web import rooms
from allting.web.charts.bars import GroupBar

type Deed = Literal["see", "comment", "moderate"]


@dataclass(frozen=True, slots=True)
class Card:
    """What any page may show of an item without knowing its kind.

    words       the item in people's own words, or its title
    evidence    one short line: how many answered, or the like; empty when there is nothing to say
    address     where it lives; empty when it has no page of its own
    """

    item_id: int
    kind_title: str | Promise
    words: str
    evidence: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """Actor ids of those who wrote an item and of those who supported it."""

    authors: frozenset[int] = field(default_factory=frozenset)
    supporters: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Backing:
    """How people stand to an item, for a page that shows what something rests on.

    bars   one for each group that may be shown, as published; empty while it is too early to say
    note   how many answered, in words
    own    what the viewer has in it, in words that only they read: "You agreed on 2 March."
    """

    bars: Sequence[GroupBar] = ()
    note: str = ""
    own: str = ""


class Words(enum.StrEnum):
    """What the erased person wants done with what they wrote."""

    NAMELESS = "nameless"
    BLANKED = "blanked"


class Forget(Protocol):
    def __call__(self, *, actor: Actor, words: Words, now: datetime) -> None: ...


class HandOver(Protocol):
    def __call__(self, *, giver: Actor, taker: Actor, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Quotes:
    """Words that are to go, by the id of each item that may quote them: in its title, or in what it was called once."""

    words_by_item: Mapping[int, Collection[str]]

    def holds(self, item_id: int, title: str) -> bool:
        """Say whether a title was taken over from words that go, whole or cut off. One that was worded anew is not."""
        return any(_is_taken_from(title, words) for words in self.words_by_item.get(item_id, ()))


def _is_taken_from(title: str, words: str) -> bool:
    stems = title.removesuffix("…").strip(), words.removesuffix("…").strip()
    return all(stems) and (stems[0].startswith(stems[1]) or stems[1].startswith(stems[0]))


def _nothing(actor: Actor) -> Collection[int]:
    return ()


def _no_quotes(quotes: Quotes) -> Collection[int]:
    """Keep nothing: for a kind whose titles are its own words."""
    return ()


def _no_part(actor: Actor) -> Mapping[str, Any]:
    return {}


def _no_backing(ids: Collection[int], viewer: Viewer) -> Mapping[int, Backing]:
    return {}


def forget_nothing(*, actor: Actor, words: Words, now: datetime) -> None:
    """Change nothing: for a kind whose words are the organisation's, by an actor that names nobody."""


def hand_over_nothing(*, giver: Actor, taker: Actor, now: datetime) -> None:
    """Move nothing: for a kind of which a device has only the authorship, and `record` moves that."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item.

    cards           what to show, for the ids that the viewer may see
    may             for each id, whether the viewer may see, comment or moderate it
    people_behind   who wrote and who supported each id
    forget          remove what the actor did with items of this kind, in the erasing transaction; where
                    `words` is BLANKED also blank what the actor wrote (`record` blanks the titles)
    hand_over       move a device's part to a person, the latest vote wins
    carry           plain data of the ids, for export
    backing         how people stand to the ids, for the trees of evidence: group bars and the viewer's own part
    supported_by    ids that the actor supported, for "My part": the way back of `people_behind`
    blank_quotes    blank the room's own copies of titles that were taken over word for word, those of earlier titles
                    too, and return the ids that had some; `record` blanks the titles themselves. Not given for a
                    kind whose titles are never taken over
    own_part        plain data of what the actor answered about items of this kind, for their own download alone
    is_personal     whether the words are somebody's own; a process's question belongs to the organisation
    """

    name: str
    title: str | Promise
    cards: Callable[[Collection[int], Viewer], Mapping[int, Card]]
    may: Callable[[Collection[int], Viewer, Deed], Mapping[int, Answer]]
    people_behind: Callable[[Collection[int]], Mapping[int, Behind]]
    forget: Forget
    hand_over: HandOver
    carry: Callable[[Collection[int]], Iterable[Mapping[str, Any]]]
    supported_by: Callable[[Actor], Collection[int]] = _nothing
    own_part: Callable[[Actor], Mapping[str, Any]] = _no_part
    backing: Callable[[Collection[int], Viewer], Mapping[int, Backing]] = _no_backing
    blank_quotes: Callable[[Quotes], Collection[int]] = _no_quotes
    is_personal: bool = True

    @property
    def takes_over_titles(self) -> bool:
        """Whether a title may be that of the item it rests on."""
        return self.blank_quotes is not _no_quotes


@cache
def registered() -> Mapping[str, Kind]:
    """All kinds by name, read once from the rooms' manifests. Two of one name are a mistake."""
    kinds = [kind for room in rooms.every_room() for kind in room.kinds]
    by_name = {kind.name: kind for kind in kinds}
    if len(by_name) != len(kinds):
        raise ValueError("Two kinds have the same name.")
    return by_name


def by_kind(items: Iterable[Item]) -> Mapping[Kind, list[int]]:
    """Sort the items' ids under their kinds."""
    sorted_ids: dict[Kind, list[int]] = {}
    for item in items:
        sorted_ids.setdefault(registered()[item.kind], []).append(item.pk)
    return sorted_ids


def cards_for(items: Iterable[Item], *, viewer: Viewer) -> dict[int, Card]:
    """Return the cards of the items that the viewer may see: one call per kind."""
    found: dict[int, Card] = {}
    for kind, ids in by_kind(items).items():
        found.update(kind.cards(ids, viewer))
    return found


def backing_of(items: Iterable[Item], *, viewer: Viewer) -> dict[int, Backing]:
    """Return how people stand to the items, for those whose kind knows: one call per kind. Ask for what was seen."""
    found: dict[int, Backing] = {}
    for kind, ids in by_kind(items).items():
        found.update(kind.backing(ids, viewer))
    return found


def may(item: Item, *, viewer: Viewer, to: Deed) -> Answer:
    """Ask the item's own kind."""
    # Of an item that was wiped with its rehearsal, the room has no row any more, and nothing to say.
    return registered()[item.kind].may([item.pk], viewer, to).get(item.pk, No(""))
