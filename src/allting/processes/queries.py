"""Every question about processes, with visibility built in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allting.people import queries as people
from allting.people.models import EntryLink, Invitation, LeftAddress, Person, RoleName
from allting.processes import activity_kinds, rules
from allting.processes.errors import NotOpenToYou
from allting.processes.models import Activity, Extension, Phase, Process
from allting.record import errors as record
from allting.record.models import Event, Item, Link
from allting.record.rules import Answer
from allting.record.viewers import Viewer
from allting.web.problems import NextStep

# More are found in the list, where each has its own link.
_STARTS_OFFERED = 5

type Deed = Literal["look", "facilitate", "change", "rehearse", "extend", "close"]
type Part = Literal["look", "take_part", "facilitate"]


def get_process_for(viewer: Viewer, process_id: int, *, to: Deed, now: datetime) -> Process:
    """Return the process with its item, phases, rights and activities.

    Raises record's NotFound where the viewer may not know of it, Refused with the reason otherwise.
    """
    try:
        process = _whole(Process.objects.filter(pk=process_id)).get()
    except Process.DoesNotExist:
        raise record.NotFound from None
    if not rules.is_visible(viewer, process):
        raise record.NotFound
    if not (answer := _may(viewer, process, to, now)):
        error = NotOpenToYou if to == "look" else record.Refused
        raise error(answer, next_step=_way_in(viewer))
    return process


def _may(viewer: Viewer, process: Process, to: Deed, now: datetime) -> Answer:
    match to:
        case "look":
            return rules.may_look(viewer, process, has_entered(viewer, process))
        case "facilitate":
            return rules.may_facilitate(viewer, process)
        case "change":
            return rules.may_change(viewer, process)
        case "rehearse":
            return rules.may_rehearse(viewer, process)
        case "extend":
            return rules.may_extend(viewer, process, now)
        case "close":
            return rules.may_close(viewer, process, now)


def activity_of(item_id: int) -> Activity:
    """Return the activity of an item such as a conversation, with its phase and process. Raises NotFound."""
    try:
        return Activity.objects.select_related("item", "phase__process__item").get(item_id=item_id)
    except Activity.DoesNotExist:
        raise record.NotFound from None


def activity_around(item: Item) -> Activity | None:
    """Return what goes on in the process that an item of any kind is within; None for an item of no process."""
    processes = processes_by_id(people.places_of(item))
    return next((rules.current_activity(process) for process in processes.values()), None)


def get_activity_for(viewer: Viewer, item_id: int, *, to: Part, now: datetime) -> Activity:
    """Return the activity of an item, if the viewer may do this with it. Raises NotFound, Refused."""
    activity = activity_of(item_id)
    process = activity.phase.process
    if not rules.is_visible(viewer, process):
        raise record.NotFound
    match to:
        case "look":
            answer = rules.may_look(viewer, process, has_entered(viewer, process))
        case "take_part":
            answer = may_take_part(viewer, activity, now)
        case "facilitate":
            answer = rules.may_facilitate(viewer, process)
    if not answer:
        error = NotOpenToYou if to == "look" else record.Refused
        raise error(answer, next_step=_way_on(viewer, activity, now))
    return activity


def _way_in(viewer: Viewer) -> NextStep | None:
    """Offer strangers to sign in: that may be all that is missing."""
    return None if viewer.is_signed_in else NextStep(words=_("Sign in"), url=reverse("people:sign_in"))


def _way_on(viewer: Viewer, activity: Activity, now: datetime) -> NextStep | None:
    """Offer the results of what has closed to whoever may read them."""
    process = activity.phase.process
    if rules.has_closed(activity, now) and rules.may_look(viewer, process, has_entered(viewer, process)):
        kind = activity_kinds.registered()[activity.kind]
        return NextStep(words=_("See what came of it"), url=kind.results(activity.item_id))
    return _way_in(viewer)


def may_take_part(viewer: Viewer, activity: Activity, now: datetime) -> Answer:
    """Ask the rule, knowing whether the viewer came in through the entry link."""
    return rules.may_take_part(viewer, activity, now, entered=has_entered(viewer, activity.phase.process))


def has_entered(viewer: Viewer, process: Process) -> bool:
    """Say whether the viewer came in through the process's entry link. Asked only where that matters."""
    is_by_link = process.open_to == Process.OpenTo.INVITED or process.is_rehearsing
    return is_by_link and people.may_enter(viewer, process.pk)


def public_processes() -> QuerySet[Process]:
    """Return what everybody may read: announced, open to anyone, not hidden. What is open now comes first."""
    announced = Process.objects.exclude(state=Process.State.DRAFT)
    return _in_order(announced.filter(open_to=Process.OpenTo.LINK, item__hidden_at=None))


def processes_visible_to(viewer: Viewer, *, drafts: bool = True) -> QuerySet[Process]:
    """Return what the viewer may read, drafts only where the viewer looks after or rehearses them."""
    is_announced = ~Q(state=Process.State.DRAFT) & Q(item__hidden_at=None)
    is_readable = Q(open_to=Process.OpenTo.LINK)
    if viewer.has_role(rules.EMPLOYEES):
        is_readable |= Q(open_to=Process.OpenTo.MEMBERS)
    own = {item_id for _name, item_id in viewer.roles if item_id}
    let_in = Q(pk__in=own | _items_entered(viewer))
    is_readable |= let_in
    is_rehearsed = Q(rehearsal_began_at__isnull=False, item__hidden_at=None) & let_in
    visible = is_announced & is_readable | is_rehearsed | _looked_after_by(viewer)
    found = Process.objects.filter(visible)
    return _in_order(found if drafts else found.exclude(state=Process.State.DRAFT))


def processes_to_start_from(viewer: Viewer) -> list[Process]:
    """Return the latest announced processes that the viewer looks after: a new one may begin with their choices."""
    found = processes_visible_to(viewer, drafts=False).order_by("-announced_at", "-pk")[:_STARTS_OFFERED]
    return [process for process in found if rules.may_facilitate(viewer, process)]


def earlier_of(process: Process, viewer: Viewer) -> Process | None:
    """Return the process that this one started from, if the viewer may read it."""
    older = Link.objects.filter(younger=process.pk, older__kind="process").values("older")
    return processes_visible_to(viewer).filter(pk__in=older).first()


def _items_entered(viewer: Viewer) -> set[int]:
    """Return the items whose entry link brought the viewer in: `people.queries.may_enter` for many at once."""
    tokens = getattr(viewer, "entry_tokens", ())
    ways = Q(token__in=tokens)
    if viewer.person is not None:
        ways |= Q(entries__person=viewer.person)
    elif viewer.device is not None:
        ways |= Q(entries__device=viewer.device)
    elif not tokens:
        return set()
    return set(EntryLink.objects.filter(ways, revoked_at=None).values_list("item_id", flat=True))


def _looked_after_by(viewer: Viewer) -> Q:
    caring = {*rules.FACILITATORS, *rules.SPONSORS}
    if viewer.has_role(caring):
        return Q(pk__isnull=False)
    looked_after = Q(pk__in={item_id for role, item_id in viewer.roles if role in caring and item_id})
    return looked_after | Q(sponsor=viewer.person) if viewer.person else looked_after


def _in_order(processes: QuerySet[Process]) -> QuerySet[Process]:
    """Drafts, what is open, what is coming, what has closed; the newest first in each."""
    order = ("draft", "running", "announced", "closed")
    place = Case(
        *(When(state=state, then=Value(number)) for number, state in enumerate(order)), output_field=IntegerField()
    )
    return _whole(processes).order_by(place, "-pk")


def _whole(processes: QuerySet[Process]) -> QuerySet[Process]:
    """Fetch everything that the rules read, in three queries however many there are."""
    activities = Activity.objects.select_related("item").order_by("pk")
    phases = Phase.objects.select_related("decision_right").order_by("number")
    return processes.select_related("item", "sponsor").prefetch_related(
        Prefetch("phases", queryset=phases.prefetch_related(Prefetch("activities", queryset=activities)))
    )


def processes_by_id(ids: Collection[int]) -> dict[int, Process]:
    """Return the processes of these ids, whole, whoever asks: for the kind's functions, which ask the rules."""
    return {process.pk: process for process in _whole(Process.objects.filter(pk__in=ids))}


def extensions_of(process: Process) -> list[Extension]:
    """Return how often a closing day was moved, the latest first."""
    return list(process.extensions.select_related("activity").order_by("-made_at", "-pk"))


def was_rehearsed(process: Process) -> bool:
    """Say whether a rehearsal of it was wiped."""
    return Event.objects.filter(item=process.pk, name="processes.rehearsal_wiped").exists()


def path_for_passing_on(process: Process) -> str:
    """Return the path behind the code on the wall; empty where only the invited take part and no code was made."""
    if process.open_to != Process.OpenTo.INVITED and not process.is_rehearsing:
        return reverse("processes:process", args=[process.pk])
    link = people.entry_link_of(process.item)
    return reverse("people:enter", args=[link.token]) if link else ""


def has_undated_addresses() -> Q:
    """Choose activities for which, or for whose process, somebody left an address that has no last day."""
    items = LeftAddress.objects.filter(forget_on=None).values("item")
    return Q(item__in=items) | Q(phase__process__in=items)


def team_of(process: Process, *, now: datetime) -> rules.Team:
    """Return who looks after the process, and how many deputies are invited and have not answered."""
    within = [process.pk]
    invited = Invitation.objects.filter(
        Q(item=None) | Q(item=process.pk),
        role=RoleName.DEPUTY,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=now,
    )
    return rules.Team(
        facilitator_ids=_ids(people.people_with_role([RoleName.FACILITATOR], within=within)),
        deputy_ids=_ids(people.people_with_role([RoleName.DEPUTY], within=within)),
        invited_deputies_count=invited.count(),
    )


def _ids(persons: Iterable[Person]) -> frozenset[int]:
    return frozenset(person.pk for person in persons)
