"""What is owed an answer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from allting.answers.models import OwedAnswer
from allting.answers.queries.behind import people_behind
from allting.people import queries as people
from allting.people.models import RoleName
from allting.processes.models import Activity, Process
from allting.record import kinds
from allting.record.models import Actor, Event, Item
from allting.record.viewers import Viewer


def items_to_owe(activity: Activity) -> list[Item]:
    """Return what participants wrote in an activity and nothing is owed for yet.

    Who wrote it is asked of the kinds: not what has no author to answer, such as a seed, and not what the house
    itself or those who look after the process wrote. Only what a participant can read: the author of what was
    declined or hidden was told why, and what still waits for approval is owed an answer when it is accepted.
    """
    personal = [kind.name for kind in kinds.registered().values() if kind.is_personal]
    found: list[Item] = []
    above = [activity.item_id]
    while above:
        parts = list(Item.objects.filter(within__in=above).order_by("pk"))
        found += [item for item in parts if item.kind in personal]
        above = [item.pk for item in parts]
    known = set(OwedAnswer.objects.filter(group__process=activity.phase.process).values_list("pk", flat=True))
    readable = kinds.cards_for(found, viewer=participant_in(activity.phase.process.pk))
    standing = [one for one in found if one.pk in readable and one.pk not in known and one.hidden_at is None]
    authors = {pk: behind.authors for pk, behind in people_behind(standing).items()}
    house = _actors_of_the_house(activity.phase.process)
    return [item for item in standing if authors.get(item.pk, frozenset()) - house]


def participant_in(process_id: int) -> Viewer:
    """Return the eyes of somebody who takes part and has no other right: what they read may be quoted to others."""
    return Viewer(roles=frozenset({(RoleName.MEMBER.value, process_id)}))


def _actors_of_the_house(process: Process) -> set[int]:
    team = people.people_with_role([RoleName.FACILITATOR, RoleName.DEPUTY], within=[process.pk])
    system = Actor.objects.filter(kind=Actor.Kind.SYSTEM).values_list("pk", flat=True)
    return {process.item.author_id, *team.values_list("actor", flat=True), *system}


def activities_closed_since(moment: datetime) -> QuerySet[Activity]:
    """Return activities that closed here after a moment: what is restored in them later is owed an answer, too.

    A process that was held elsewhere and written down closed no activity, and owes nothing.
    """
    closed = Event.objects.filter(name="processes.activity_closed", item=OuterRef("item"))
    return (
        Activity.objects.filter(Exists(closed), closed_at__gte=moment)
        .select_related("item", "phase__process__item")
        .order_by("pk")
    )
