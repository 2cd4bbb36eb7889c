"""What the rest of the house may ask about strategies, priorities and promises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Process
from allting.record.actions import BLANK_TITLE
from allting.record.kinds import Behind, Card, Deed, Kind, Quotes, Words, forget_nothing, hand_over_nothing
from allting.record.models import Actor
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.strategy import queries, rules
from allting.strategy.models import Change, Priority, Promise, StrategyText
from allting.web.numbers import day, day_and_year


def _ask(viewer: Viewer, rows: Collection[Any], deed: Deed, see: Callable[[Any, Process, Answer], Answer]) -> Any:
    """Ask about each row: `see` is the kind's own rule, the rest is alike for all three kinds."""
    places = processes.processes_by_id({row.process_id for row in rows})
    looks = queries.may_look_at(viewer, places.values())
    found: dict[int, Answer] = {}
    for row in rows:
        process = places[row.process_id]
        match deed:
            case "see":
                found[row.pk] = see(row, process, looks[process.pk])
            case "moderate":
                found[row.pk] = process_rules.may_facilitate(viewer, process)
            case "comment":
                found[row.pk] = No(_("There are no comments here yet. Say it in the conversation."))
    return found


def _whole(ids: Collection[int], found: Mapping[int, Answer]) -> Mapping[int, Answer]:
    return {pk: found.get(pk, No(_("It may have been moved, or it is not open to you."))) for pk in ids}


# --- the strategy -----------------------------------------------------------------------------------------


def strategy_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    texts = queries.texts_by_id(ids)
    seen = _ask(viewer, texts, "see", _see_strategy(viewer))
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=STRATEGY.title,
            words=one.item.title,
            address=reverse("strategy:strategy", args=[one.process_id]),
        )
        for one in texts
        if seen[one.pk]
    }


def _see_strategy(viewer: Viewer) -> Callable[[StrategyText, Process, Answer], Answer]:
    def see(text: StrategyText, process: Process, look: Answer) -> Answer:
        if process_rules.looks_after(viewer, process):
            return YES
        return look if text.item.hidden_at is None else No(_("This is hidden."))

    return see


def may_with_strategies(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _whole(ids, _ask(viewer, queries.texts_by_id(ids), deed, _see_strategy(viewer)))


def people_behind_strategies(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who wrote any version."""
    authors: dict[int, set[int]] = {}
    written = StrategyText.objects.filter(pk__in=list(ids)).values_list("pk", "versions__made_by")
    for text_id, actor_id in written:
        authors.setdefault(text_id, set()).update({actor_id} - {None})
    return {text_id: Behind(authors=frozenset(found)) for text_id, found in authors.items()}


def carry_strategies(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "process": one.process_id,
            "versions": [
                {
                    "number": version.number,
                    "mission": version.mission,
                    "choices": version.choices,
                    "not_done": version.not_done,
                    "note": version.note,
                    "voices": [voice.pk for voice in version.voices.all()],
                    "made_at": version.made_at.isoformat(),
                }
                for version in one.versions.prefetch_related("voices").order_by("number")
            ],
        }
        for one in queries.texts_by_id(ids)
    ]


# --- priorities -------------------------------------------------------------------------------------------


def priority_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    found = queries.priorities_by_id(ids)
    seen = _ask(viewer, found, "see", _see_priority(viewer))
    return {one.pk: priority_card(one) for one in found if seen[one.pk]}


def priority_card(priority: Priority) -> Card:
    return Card(
        item_id=priority.pk,
        kind_title=PRIORITY.title,
        words=priority.item.title,
        evidence=_who_confirmed(priority),
        address=reverse("strategy:priority", args=[priority.pk]),
    )


def _who_confirmed(priority: Priority) -> str:
    if priority.confirmed_at is None or priority.owner is None:
        return _("Proposed, not confirmed yet")
    if priority.owner.erased_at is not None:
        return _("Confirmed on %(day)s") % {"day": day(priority.confirmed_at)}
    return _("Confirmed by %(name)s, %(day)s") % {"name": priority.owner, "day": day(priority.confirmed_at)}


def _see_priority(viewer: Viewer) -> Callable[[Priority, Process, Answer], Answer]:
    def see(priority: Priority, process: Process, look: Answer) -> Answer:
        return rules.may_see_priority(viewer, priority, process, may_look=look)

    return see


def may_with_priorities(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _whole(ids, _ask(viewer, queries.priorities_by_id(ids), deed, _see_priority(viewer)))


def people_behind_priorities(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who proposed each and who owns it."""
    return {
        one.pk: Behind(authors=frozenset({one.item.author_id, *([one.owner.actor_id] if one.owner else [])}))
        for one in queries.priorities_by_id(ids)
    }


def forget_in_priorities(*, actor: Actor, words: Words, now: datetime) -> None:
    """Leave what they were only proposed to own without owner. What they confirmed stands; the person is blanked."""
    Priority.objects.filter(owner__actor=actor, state=Priority.State.CANDIDATE).update(owner=None)


def blank_quoted_titles(quotes: Quotes) -> Collection[int]:
    """Blank what the record of changes keeps of titles that were somebody's own words. The rest is the owner's.

    A priority that was worded anew has their words in what it was called before.
    """
    of_titles = Change.objects.filter(item__in=list(quotes.words_by_item), part=Change.Part.TITLE)
    quoting = set()
    for change in of_titles:
        is_old, is_new = (quotes.holds(change.item_id, said) for said in (change.old, change.new))
        if is_old or is_new:
            change.old, change.new = BLANK_TITLE if is_old else change.old, BLANK_TITLE if is_new else change.new
            change.save(update_fields=["old", "new"])
            quoting.add(change.item_id)
    return quoting


def carry_priorities(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "process": one.process_id,
            "number": one.number,
            "title": one.item.title,
            "state": str(one.state),
            "source": one.source_id,
            "success": one.success,
            "not_done": one.not_done,
            "what_stops": one.what_stops,
            "is_own_initiative": one.is_own_initiative,
            "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
            "changes": _carry_changes(one),
        }
        for one in queries.priorities_by_id(ids)
    ]


def _carry_changes(row: Priority | Promise) -> list[Mapping[str, str]]:
    return [
        {
            "part": str(change.part),
            "old": change.old,
            "new": change.new,
            "reason": change.reason,
            "made_at": change.made_at.isoformat(),
        }
        for change in row.item.changes.order_by("pk")
    ]


# --- promises ---------------------------------------------------------------------------------------------


def promise_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    found = queries.promises_by_id(ids)
    seen = _ask(viewer, found, "see", _see_promise(viewer))
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=PROMISE.title,
            words=one.wording,
            evidence=_how_it_stands(one),
            address=reverse("strategy:promise", args=[one.pk]),
        )
        for one in found
        if seen[one.pk]
    }


def _how_it_stands(promise: Promise) -> str:
    if promise.state == Promise.State.DRAFT:
        return _("Draft, not visible to others")
    if promise.state == Promise.State.WITHDRAWN:
        return _("Taken back")
    return _("By %(day)s") % {"day": day_and_year(promise.due_on)}


def _see_promise(viewer: Viewer) -> Callable[[Promise, Process, Answer], Answer]:
    def see(promise: Promise, process: Process, look: Answer) -> Answer:
        return rules.may_see_promise(viewer, promise, process, may_look=look)

    return see


def may_with_promises(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _whole(ids, _ask(viewer, queries.promises_by_id(ids), deed, _see_promise(viewer)))


def people_behind_promises(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who wrote each and who put their name under it."""
    return {
        one.pk: Behind(
            authors=frozenset({one.item.author_id, *([one.promised_by.actor_id] if one.promised_by else [])})
        )
        for one in queries.promises_by_id(ids)
    }


def carry_promises(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "priority": one.priority_id,
            "number": one.number,
            "state": str(one.state),
            "wording": one.wording,
            "threshold": one.threshold,
            "due_on": one.due_on.isoformat() if one.due_on else None,
            "audience": one.audience,
            "today": one.today,
            "not_done": one.not_done,
            "how_checked": one.how_checked,
            "published_at": one.published_at.isoformat() if one.published_at else None,
            "changes": _carry_changes(one),
        }
        for one in queries.promises_by_id(ids)
    ]


STRATEGY = Kind(
    name="strategy",
    title=gettext_lazy("Strategy"),
    cards=strategy_cards,
    may=may_with_strategies,
    people_behind=people_behind_strategies,
    forget=forget_nothing,
    hand_over=hand_over_nothing,
    carry=carry_strategies,
    is_personal=False,
)
PRIORITY = Kind(
    name="priority",
    title=gettext_lazy("Priority"),
    cards=priority_cards,
    may=may_with_priorities,
    people_behind=people_behind_priorities,
    forget=forget_in_priorities,
    hand_over=hand_over_nothing,
    carry=carry_priorities,
    blank_quotes=blank_quoted_titles,
    is_personal=False,
)
PROMISE = Kind(
    name="promise",
    title=gettext_lazy("Promise"),
    cards=promise_cards,
    may=may_with_promises,
    people_behind=people_behind_promises,
    forget=forget_nothing,
    hand_over=hand_over_nothing,
    carry=carry_promises,
    is_personal=False,
)
