"""Every question about strategies, priorities and promises, with visibility built in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allting.people import queries as people
from allting.people.models import Person, RoleName
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Activity, Process
from allting.record import queries as record
from allting.record.errors import NotFound, Refused
from allting.record.kinds import Card, cards_for
from allting.record.models import Item, Link
from allting.record.rules import Answer
from allting.record.viewers import Viewer
from allting.strategy import rules
from allting.strategy.models import Change, Priority, Promise, StrategyText, StrategyVersion
from allting.web.numbers import day_and_year
from allting.web.problems import NextStep

type PriorityDeed = Literal["see", "edit", "name_owner", "end", "promise"]
type PromiseDeed = Literal["see", "edit", "publish"]

_DAYS = frozenset({Change.Part.DUE_ON})


# --- processes --------------------------------------------------------------------------------------------


def get_process_for(viewer: Viewer, process_id: int, *, to: Literal["see", "write"], now: datetime) -> Process:
    """Return the process whose strategy the viewer may read or write. Raises NotFound, Refused."""
    process = processes.get_process_for(viewer, process_id, to="look", now=now)
    if to == "write" and not (answer := rules.may_write(viewer, process)):
        raise Refused(answer, next_step=_way_in(viewer))
    return process


def activity_to_show(process: Process, *, now: datetime) -> Activity | None:
    """Return the activity that the header belongs to: the latest that has opened, otherwise the first."""
    activities = list(process_rules.activities_of(process))
    opened = [one for one in activities if one.opens_at and one.opens_at <= now]
    return (opened or activities)[-1] if activities else None


def may_look_at(viewer: Viewer, found: Collection[Process]) -> dict[int, Answer]:
    """Return for each process whether the viewer may read what is public in it."""
    return {
        process.pk: process_rules.may_look(viewer, process, processes.has_entered(viewer, process)) for process in found
    }


def _way_in(viewer: Viewer) -> NextStep | None:
    """Offer strangers to sign in: that may be all that is missing."""
    return None if viewer.is_signed_in else NextStep(words=_("Sign in"), url=reverse("people:sign_in"))


# --- the strategy -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the text, with the cards of what people said that it rests on."""

    version: StrategyVersion
    voices: list[Card]


def versions_of(process: Process, *, viewer: Viewer) -> list[Version]:
    """Return the versions of the text, the latest first; none when nothing was written or it is hidden."""
    written = StrategyVersion.objects.filter(text__process=process)
    if not process_rules.looks_after(viewer, process):
        written = written.filter(text__item__hidden_at=None)
    found = list(written.prefetch_related("voices").order_by("-number"))
    cards = cards_for({voice for version in found for voice in version.voices.all()}, viewer=viewer)
    return [
        Version(version, [cards[voice.pk] for voice in version.voices.all() if voice.pk in cards]) for version in found
    ]


def texts_by_id(ids: Collection[int]) -> list[StrategyText]:
    return list(StrategyText.objects.filter(pk__in=list(ids)).select_related("item").order_by("pk"))


# --- priorities -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """A priority or a promise as this viewer meets it."""

    process: Process
    priority: Priority
    promise: Promise | None = None


def is_decided_on(process: Process) -> bool:
    """Say whether the sponsor has decided here: what they decided on was drafted as priorities."""
    return Priority.objects.filter(process=process, source__isnull=False).exists()


def priorities_in(process: Process, *, viewer: Viewer) -> list[Priority]:
    """Return the priorities that the viewer may see, in their order, with owner and how many promises are public."""
    found = (
        _priorities()
        .filter(process=process)
        .annotate(promises_count=Count("promises", filter=Q(promises__state=Promise.State.PUBLISHED)))
        .order_by("number")
    )
    look = may_look_at(viewer, [process])[process.pk]
    return [one for one in found if rules.may_see_priority(viewer, one, process, may_look=look)]


def get_priority_for(viewer: Viewer, priority_id: int, *, to: PriorityDeed) -> Seen:
    """Return a priority that the viewer may do this with. Raises NotFound, Refused with the reason."""
    priority = _priorities().filter(pk=priority_id).first()
    if priority is None:
        raise NotFound
    process = processes.processes_by_id([priority.process_id])[priority.process_id]
    look = may_look_at(viewer, [process])[process.pk]
    _let_see(rules.may_see_priority(viewer, priority, process, may_look=look), viewer, process, look)
    answer: Answer
    match to:
        case "see":
            return Seen(process, priority)
        case "edit":
            answer = rules.may_edit_priority(viewer, priority, process)
        case "name_owner":
            answer = rules.may_name_owner(viewer, priority, process)
        case "end":
            answer = rules.may_end(viewer, priority, process)
        case "promise":
            answer = rules.may_draft_promise(viewer, priority, process)
    if not answer:
        raise Refused(answer, next_step=_way_in(viewer))
    return Seen(process, priority)


def _let_see(answer: Answer, viewer: Viewer, process: Process, look: Answer) -> None:
    """Raise as the page of the process would: not there, or there and not open to this viewer."""
    if answer:
        return
    if not look and process_rules.is_visible(viewer, process):
        raise Refused(look, next_step=_way_in(viewer))
    raise NotFound


def priorities_by_id(ids: Collection[int]) -> list[Priority]:
    return list(_priorities().filter(pk__in=list(ids)).order_by("pk"))


def _priorities() -> QuerySet[Priority]:
    return Priority.objects.select_related("item", "owner", "invitation", "process__item")


def has_evidence(priority: Priority) -> bool:
    """Say whether the priority rests on anything."""
    return Link.objects.filter(younger=priority.item, relation=Link.Relation.RESTS_ON).exists()


def count_active(process: Process) -> int:
    return Priority.objects.filter(process=process, state=Priority.State.ACTIVE).count()


@dataclass(frozen=True, slots=True)
class Owned:
    """A priority with its first draft of a promise, and whether something is promised in public."""

    priority: Priority
    draft: Promise | None
    has_promise: bool


def priorities_owned_by(person: Person) -> list[Owned]:
    """Return what a person answers for and is not over, in the order of its process."""
    alive = [Priority.State.CANDIDATE, Priority.State.ACTIVE]
    found = _priorities().filter(owner=person, item__hidden_at=None, state__in=alive)
    promises = Prefetch("promises", Promise.objects.exclude(state=Promise.State.WITHDRAWN).order_by("pk"))
    return [_owned(one) for one in found.prefetch_related(promises).order_by("process", "number")]


def _owned(priority: Priority) -> Owned:
    promises = list(priority.promises.all())
    draft = next((one for one in promises if one.state == Promise.State.DRAFT), None)
    return Owned(priority, draft, any(one.state == Promise.State.PUBLISHED for one in promises))


def count_without_owner() -> dict[int, int]:
    """Count the proposals that nobody owns and nobody is invited to own, by process."""
    lonely = Priority.objects.filter(state=Priority.State.CANDIDATE, owner=None, invitation=None, item__hidden_at=None)
    return dict(lonely.values_list("process").annotate(Count("pk")).order_by("process"))


def possible_owners(process: Process) -> list[Person]:
    """Return who has a role here or everywhere and can be asked without an invitation."""
    found = people.people_with_role(RoleName, within=[process.pk])
    return sorted(found, key=lambda person: (person.name.casefold(), person.pk))


# --- promises ---------------------------------------------------------------------------------------------


def promises_in(process: Process, *, viewer: Viewer, priority: Priority | None = None) -> list[Promise]:
    """Return the promises that the viewer may see, those published first in their order, then drafts."""
    found = _promises().filter(process=process).annotate(changes_count=Count("item__changes__made_at", distinct=True))
    if priority is not None:
        found = found.filter(priority=priority)
    look = may_look_at(viewer, [process])[process.pk]
    seen = [one for one in found.order_by("pk") if rules.may_see_promise(viewer, one, process, may_look=look)]
    return sorted(seen, key=lambda one: (one.number is None, one.number or one.pk))


def get_promise_for(viewer: Viewer, promise_id: int, *, to: PromiseDeed) -> Seen:
    """Return a promise that the viewer may do this with. Raises NotFound, Refused with the reason."""
    promise = _promises().filter(pk=promise_id).first()
    if promise is None:
        raise NotFound
    process = processes.processes_by_id([promise.process_id])[promise.process_id]
    look = may_look_at(viewer, [process])[process.pk]
    _let_see(rules.may_see_promise(viewer, promise, process, may_look=look), viewer, process, look)
    answer: Answer
    match to:
        case "see":
            return Seen(process, promise.priority, promise)
        case "edit":
            answer = rules.may_draft_promise(viewer, promise.priority, process)
        case "publish":
            answer = rules.may_publish(viewer, promise.priority, process)
    if not answer:
        raise Refused(answer, next_step=_way_in(viewer))
    return Seen(process, promise.priority, promise)


def promises_by_id(ids: Collection[int]) -> list[Promise]:
    return list(_promises().filter(pk__in=list(ids)).order_by("pk"))


def _promises() -> QuerySet[Promise]:
    return Promise.objects.select_related("item", "promised_by", "priority__item", "priority__owner", "process__item")


# --- changes and evidence ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a change in the reader's words."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Alteration:
    """What somebody changed at one time and for one reason, with every part that it touched."""

    reason: str
    made_at: datetime
    parts: list[Part]


def changes_of(item: Item) -> list[Alteration]:
    """Return what was changed in public, the latest first; what was changed together is one change."""
    rows = Change.objects.filter(item=item).order_by("-made_at", "pk")
    together = groupby(rows, key=lambda change: (change.made_at, change.reason))
    return [Alteration(reason, made_at, [_part_of(one) for one in found]) for (made_at, reason), found in together]


def _part_of(change: Change) -> Part:
    return Part(change.get_part_display(), _read(change, change.old), _read(change, change.new))


def _read(change: Change, words: str) -> str:
    """Read back days and states, which are kept in the form of every language."""
    if words and change.part in _DAYS:
        return day_and_year(date.fromisoformat(words))
    if change.part == Change.Part.STATE:
        names = {**dict(Priority.State.choices), **dict(Promise.State.choices)}
        return str(names.get(words, words))
    return words


def items_at(addresses: Sequence[str], *, viewer: Viewer) -> tuple[list[Item], list[str]]:
    """Return the items whose pages have these addresses, and the addresses where the viewer can see none.

    Works for every kind without knowing it: the number in the address is tried, and its card has to live there.
    """
    ids = {address: _numbers_in(address) for address in addresses}
    items = {item.pk: item for item in Item.objects.filter(pk__in={pk for found in ids.values() for pk in found})}
    cards = cards_for(items.values(), viewer=viewer)
    found, unknown = [], []
    for address in addresses:
        there = [items[pk] for pk in ids[address] if pk in cards and cards[pk].address == _path_of(address)]
        found.extend(there)
        if not there:
            unknown.append(address)
    return found, unknown


def _numbers_in(address: str) -> list[int]:
    parts = _path_of(address).split("/")
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 18]


def _path_of(address: str) -> str:
    """Cut the host and what comes behind the path off: people paste what stands in their browser."""
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address.lstrip("/")
    return "/" + path.partition("?")[0].partition("#")[0]


def why(item: Item, *, viewer: Viewer) -> record.Tree:
    """Return what the item rests on, down to people's own words."""
    return record.why(item, viewer=viewer)


def count_what_came_of(item: Item) -> int:
    return record.count_links_up([item.pk]).get(item.pk, 0)
