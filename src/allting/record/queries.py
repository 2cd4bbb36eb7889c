"""Every question to the record. What a viewer may not see is never returned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from allting.record import kinds
from allting.record.errors import NotFound, Refused
from allting.record.models import Event, Item, Link, ModerationDecision, Report, Seal
from allting.record.rules import YES, Answer, No, may_read_the_record
from allting.record.viewers import Viewer

_UP: Mapping[str, str | Promise] = {
    Link.Relation.RESTS_ON: _("on which rests"),
    Link.Relation.DELIVERS: _("for which is promised"),
    Link.Relation.TESTS: _("which is tested by"),
    Link.Relation.ANSWERS: _("which is answered by"),
    Link.Relation.MERGED_INTO: _("into which went"),
    Link.Relation.CONTRADICTS: _("which is contradicted by"),
}
_DOWN: Mapping[str, str | Promise] = {
    Link.Relation.RESTS_ON: _("which rests on"),
    Link.Relation.DELIVERS: _("delivers the priority"),
    Link.Relation.TESTS: _("which tests"),
    Link.Relation.ANSWERS: _("which answers"),
    Link.Relation.MERGED_INTO: _("which went into"),
    Link.Relation.CONTRADICTS: _("which contradicts"),
}

# One question each way. UNION and not UNION ALL, so that a circle of links ends; a contradiction is
# shown but not walked. A link is returned when the walk reached the end it starts from. The cast is for
# PostgreSQL, which takes a bare number for a smaller type than the ids have.
_WALK = """
WITH RECURSIVE reached(id) AS (
    SELECT CAST(%s AS bigint)
    UNION
    SELECT link.{far}_id FROM record_link AS link JOIN reached ON link.{near}_id = reached.id
    WHERE link.relation <> 'contradicts'
)
SELECT link.{near}_id, link.{far}_id, link.relation, link.already_planned,
       (SELECT count(*) FROM record_linkconfirmation AS confirmation WHERE confirmation.link_id = link.id)
FROM record_link AS link JOIN reached ON link.{near}_id = reached.id
ORDER BY link.id
"""


@dataclass(frozen=True, slots=True)
class Branch:
    """One step of a tree, with the steps beyond it. `is_shown_above` stands for a part that was told before.

    is_word_for_word   it says what the step before it said: a statement that went on a ballot unchanged
    """

    card: kinds.Card
    relation: str | Promise
    depth: int
    confirmation_count: int = 0
    already_planned: bool | None = None
    is_shown_above: bool = False
    is_word_for_word: bool = False
    backing: kinds.Backing = field(default_factory=kinds.Backing)

    @property
    def title(self) -> str:
        """What it says; where that was read one step before, what it is."""
        if self.is_word_for_word:
            return gettext("%(kind)s, word for word") % {"kind": self.card.kind_title}
        return self.card.words


# So many steps are read on a screen or two, and so many are listed behind them; the rest is only counted.
SHOWN_AT_ONCE = 12
LISTED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Tree:
    """All steps in reading order, and how many were left out because they are not open to the viewer.

    shown           the first steps, with how people stand to each
    folded          the following, to open; `unlisted_count` more are only counted
    """

    branches: list[Branch] = field(default_factory=list)
    unseen_count: int = 0

    @property
    def shown(self) -> list[Branch]:
        return self.branches[:SHOWN_AT_ONCE]

    @property
    def folded(self) -> list[Branch]:
        return self.branches[SHOWN_AT_ONCE:LISTED_AT_MOST]

    @property
    def folded_count(self) -> int:
        return max(0, len(self.branches) - SHOWN_AT_ONCE)

    @property
    def unlisted_count(self) -> int:
        return max(0, len(self.branches) - LISTED_AT_MOST)

    @property
    def own(self) -> list[Branch]:
        """What the viewer has in it."""
        return [one for one in self.shown if one.backing.own and not one.is_shown_above]


def get_item_for(viewer: Viewer, item_id: int, *, to: kinds.Deed = "see") -> Item:
    """Load an item and authorise. Raises NotFound, or Refused where it may be seen but `to` may not be done."""
    item = Item.objects.filter(pk=item_id).first()
    if item is None or item.kind not in kinds.registered() or not kinds.may(item, viewer=viewer, to="see"):
        raise NotFound
    if to != "see":
        answer = kinds.may(item, viewer=viewer, to=to)
        if isinstance(answer, No):
            raise Refused(answer)
    return item


def card_of(item: Item, *, viewer: Viewer) -> kinds.Card:
    """Return one item's card. Raises NotFound."""
    card = kinds.cards_for([item], viewer=viewer).get(item.pk)
    if card is None:
        raise NotFound
    return card


def places_of(item: Item, *, viewer: Viewer) -> list[kinds.Card]:
    """Return the cards of what the item is part of, nearest first: a statement's conversation, then its process."""
    above: list[Item] = []
    while item.within_id is not None and len(above) < 8:
        item = Item.objects.get(pk=item.within_id)
        above.append(item)
    cards = kinds.cards_for(above, viewer=viewer)
    return [cards[place.pk] for place in above if place.pk in cards]


def why(item: Item, *, viewer: Viewer) -> Tree:
    """Walk down to what the item rests on. One recursive query, and one for each kind met."""
    return _walk(item, viewer=viewer, near="younger", far="older", words=_DOWN)


def what_came_of(item: Item, *, viewer: Viewer) -> Tree:
    """Walk up to what rests on the item."""
    return _walk(item, viewer=viewer, near="older", far="younger", words=_UP)


def _walk(item: Item, *, viewer: Viewer, near: str, far: str, words: Mapping[str, str | Promise]) -> Tree:
    with connection.cursor() as cursor:
        cursor.execute(_WALK.format(near=near, far=far), [item.pk])
        links = cursor.fetchall()
    steps: dict[int, list[tuple[int, str, bool | None, int]]] = {}
    for near_id, far_id, relation, planned, confirmed in links:
        steps.setdefault(near_id, []).append((far_id, relation, None if planned is None else bool(planned), confirmed))
    met = Item.objects.filter(pk__in={far_id for _near, far_id, *_rest in links})
    cards = kinds.cards_for(met, viewer=viewer)
    tree: list[Branch] = []
    shown = {item.pk}
    # A stack and not recursion: a chain of links may be longer than Python likes.
    waiting = [(step, 0, item.title) for step in reversed(steps.get(item.pk, []))]
    while waiting:
        (far_id, relation, planned, confirmed), depth, said = waiting.pop()
        if far_id not in cards:
            continue
        is_again = far_id in shown
        shown.add(far_id)
        card = cards[far_id]
        tree.append(Branch(card, words[relation], depth, confirmed, planned, is_again, _is_same(card.words, said)))
        if not is_again and relation != Link.Relation.CONTRADICTS:
            waiting.extend((step, depth + 1, card.words) for step in reversed(steps.get(far_id, [])))
    unseen_count = len({far_id for _near, far_id, *_rest in links} - cards.keys())
    return Tree(_with_backing(tree, met, viewer), unseen_count=unseen_count)


def _is_same(words: str, said: str) -> bool:
    """Say whether two texts differ in nothing that one hears."""
    return words.strip(" .").casefold() == said.strip(" .").casefold()


def _with_backing(branches: list[Branch], met: Iterable[Item], viewer: Viewer) -> list[Branch]:
    """Add how people stand to the first steps: figures of hundreds would take longer than the page."""
    first = {one.card.item_id for one in branches[:SHOWN_AT_ONCE]}
    backing = kinds.backing_of([item for item in met if item.pk in first], viewer=viewer)
    return [replace(one, backing=backing[one.card.item_id]) if one.card.item_id in backing else one for one in branches]


def count_links_up(item_ids: Collection[int]) -> dict[int, int]:
    """Return how many items rest directly on each id; ids with none are absent."""
    counted = Link.objects.filter(older__in=item_ids).values_list("older").annotate(Count("pk"))
    return dict(counted.order_by("older"))


def decisions_about(item_ids: Iterable[int]) -> dict[int, ModerationDecision]:
    """Return the latest moderation decision about each id: what the author is told."""
    latest = (
        ModerationDecision.objects.filter(item__in=item_ids).values("item").annotate(latest=Max("pk")).values("latest")
    )
    return {decision.item_id: decision for decision in ModerationDecision.objects.filter(pk__in=latest)}


@dataclass(frozen=True, slots=True)
class Reported:
    """An item that somebody wants looked at."""

    card: kinds.Card
    reasons: list[str]


def reported_items(viewer: Viewer) -> list[Reported]:
    """Return what waits for this viewer to decide, the longest waiting first."""
    items = list(
        Item.objects.filter(reports__settled_at=None, reports__isnull=False)
        .annotate(first_at=Min("reports__created_at"))
        .order_by("first_at", "pk")
    )
    allowed = _moderated_by(viewer, items)
    cards = kinds.cards_for(allowed, viewer=viewer)
    reasons: dict[int, list[str]] = {}
    for report in Report.objects.filter(item__in=[item.pk for item in allowed], settled_at=None).order_by("pk"):
        reasons.setdefault(report.item_id, []).append(report.reason)
    return [Reported(card=cards[item.pk], reasons=reasons.get(item.pk, [])) for item in allowed if item.pk in cards]


@dataclass(frozen=True, slots=True)
class Hidden:
    """An item that is hidden now, and why."""

    card: kinds.Card
    decision: ModerationDecision


def hidden_items(viewer: Viewer) -> list[Hidden]:
    """Return what is hidden and could be restored by this viewer, the latest first."""
    items = _moderated_by(viewer, Item.objects.filter(hidden_at__isnull=False).order_by("-hidden_at", "-pk")[:200])
    cards = kinds.cards_for(items, viewer=viewer)
    decisions = decisions_about(cards)
    return [Hidden(cards[pk], decisions[pk]) for pk in cards if pk in decisions]


def _moderated_by(viewer: Viewer, items: Iterable[Item]) -> list[Item]:
    found = list(items)
    answers: dict[int, Answer] = {}
    for kind, ids in kinds.by_kind(found).items():
        answers.update(kind.may(ids, viewer, "moderate"))
    return [item for item in found if answers.get(item.pk, No(""))]


def sealed_events(viewer: Viewer) -> QuerySet[Seal]:
    """Return the chain, newest first. Raises Refused for those who may not read it."""
    answer = may_read_the_record(viewer)
    if isinstance(answer, No):
        raise Refused(answer)
    return Seal.objects.select_related("event", "event__item").order_by("-number")


def unsealed_events(*, above: int) -> QuerySet[Event]:
    """Return committed events without a seal whose id is above a number, oldest first."""
    return Event.objects.filter(pk__gt=above, seal=None).order_by("pk")


def may_moderate_something(viewer: Viewer) -> Answer:
    """Say whether the queue is worth showing: to whoever looks after at least one process."""
    if any(role in {"facilitator", "deputy"} for role, _place in viewer.roles):
        return YES
    return No(_("Sign in with a role that looks after a process."))
