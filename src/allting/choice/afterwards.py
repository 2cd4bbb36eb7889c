"""What became of a proposal after the round: an answer about it, or what the sponsor decided with a reason.

Answers belong to another room. They are found by their links alone, to the proposal or to what it rests on, and told
by what their kind says of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from allting.choice.models import Decision, Option
from allting.record import kinds
from allting.record.models import Item, Link
from allting.record.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What became of one proposal.

    cards     answers that the viewer may read      reasons   theirs, by the answer's id, where they give one
    sponsors_reason   why the sponsor left it out, or took it in; empty if the outcome was taken as it is
    """

    cards: Sequence[kinds.Card] = ()
    reasons: Mapping[int, str] | None = None
    sponsors_reason: str = ""

    @property
    def answers(self) -> list[tuple[kinds.Card, str]]:
        """Each answer with its reason."""
        return [(card, (self.reasons or {}).get(card.item_id, "")) for card in self.cards]


def find_afterwards(
    options: Collection[Option], *, viewer: Viewer, chosen: Collection[int], decision: Decision | None
) -> dict[int, Afterwards]:
    """Return what became of each option, by its id. Three queries and those of the kinds met, however many options."""
    places = _places_of(options)
    links = Link.objects.filter(older__in=places, relation=Link.Relation.ANSWERS).select_related("younger")
    items = {link.younger_id: link.younger for link in links}
    cards = kinds.cards_for(items.values(), viewer=viewer)
    reasons = _reasons_of([items[pk] for pk in cards])
    by_option: dict[int, list[kinds.Card]] = {}
    for link in links:
        for pk in places[link.older_id]:
            if link.younger_id in cards and cards[link.younger_id] not in by_option.setdefault(pk, []):
                by_option[pk].append(cards[link.younger_id])
    return {
        one.pk: Afterwards(
            cards=by_option.get(one.pk, ()), reasons=reasons, sponsors_reason=_sponsors_reason(one, chosen, decision)
        )
        for one in options
    }


def _places_of(options: Collection[Option]) -> dict[int, list[int]]:
    """Return the items that an answer could be about, each with the options that it is about.

    The option itself, what it was taken from, and what that was taken from: a shortlist lies between.
    """
    places: dict[int, list[int]] = {}
    sources = {one.pk: one.source_id for one in options}
    below = dict(Option.objects.filter(pk__in=[pk for pk in sources.values() if pk]).values_list("pk", "source_id"))
    for pk, source in sources.items():
        for place in (pk, source, below.get(source) if source else None):
            if place is not None:
                places.setdefault(place, []).append(pk)
    return places


def _reasons_of(items: Collection[Item]) -> dict[int, str]:
    """Return the reasons that kinds carry with their items. Asked only of items whose card the viewer may see."""
    return {
        int(row["id"]): str(row.get("reason") or "")
        for kind, ids in kinds.by_kind(items).items()
        for row in kind.carry(ids)
    }


def _sponsors_reason(option: Option, chosen: Collection[int], decision: Decision | None) -> str:
    if decision is None or decision.verdict == Decision.Verdict.CONFIRM:
        return ""
    has_changed = (option.pk in chosen) != (option.pk in decision.options)
    return decision.reason if has_changed else ""
