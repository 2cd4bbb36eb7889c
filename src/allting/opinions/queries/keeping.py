"""What those who look after a conversation see: how much there is, what waits, what goes into an export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from allting.opinions.models import Conversation, GroupName, MapSnapshot, Statement
from allting.processes.models import Activity

WAITING_TOO_LONG = timedelta(hours=24)


def waiting_statements(conversation_id: int) -> QuerySet[Statement]:
    """Statements that wait for approval, the longest waiting first."""
    return (
        Statement.objects.filter(
            conversation=conversation_id, state=Statement.State.WAITING, item__blanked_at=None, item__hidden_at=None
        )
        .select_related("item")
        .order_by("submitted_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for those who look after it. People under five are not told apart from none.

    statements   to answer      written   these, those that wait and those that were declined
    """

    statements: int
    written: int
    waiting: int
    seeds: int
    votes: int | None
    people: int | None


def count_for_workbench(*, conversation_id: int) -> Counts:
    """Count a conversation; people and votes are None while fewer than five have answered."""
    counted = Statement.objects.filter(conversation=conversation_id, item__blanked_at=None).aggregate(
        shown=Count("pk", filter=Q(state=Statement.State.SHOWN, item__hidden_at=None)),
        written=Count("pk"),
        waiting=Count("pk", filter=Q(state=Statement.State.WAITING, item__hidden_at=None)),
        seeds=Count("pk", filter=Q(is_seed=True)),
    )
    latest = get_latest_map(conversation_id=conversation_id)
    return Counts(
        statements=counted["shown"],
        written=counted["written"],
        waiting=counted["waiting"],
        seeds=counted["seeds"],
        votes=latest.votes_count if latest else None,
        people=latest.people_count if latest else None,
    )


@dataclass(frozen=True, slots=True)
class Overdue:
    """A conversation with statements that nobody has decided on for a day."""

    conversation: Conversation
    process_id: int
    count: int
    oldest_at: datetime


def list_overdue(*, now: datetime) -> list[Overdue]:
    """Find the conversations whose statements have waited longer than was promised."""
    late: dict[int, list[datetime]] = {}
    rows = Statement.objects.filter(
        state=Statement.State.WAITING,
        submitted_at__lte=now - WAITING_TOO_LONG,
        item__blanked_at=None,
        item__hidden_at=None,
    ).values_list("conversation", "submitted_at")
    for conversation_id, submitted_at in rows:
        late.setdefault(conversation_id, []).append(submitted_at)
    processes_by_conversation = dict(Activity.objects.filter(item__in=list(late)).values_list("item", "phase__process"))
    conversations = Conversation.objects.filter(pk__in=list(processes_by_conversation)).select_related("item")
    return [
        Overdue(
            conversation=one,
            process_id=processes_by_conversation[one.pk],
            count=len(late[one.pk]),
            oldest_at=min(late[one.pk]),
        )
        for one in conversations.order_by("pk")
    ]


def list_statements_for_export(*, conversation_id: int) -> list[Statement]:
    """Return every statement that still has its words, with its item, in the order they came."""
    found = Statement.objects.filter(conversation=conversation_id, item__blanked_at=None)
    return list(found.select_related("item").order_by("pk"))


def number_statements(*, conversation_id: int) -> dict[int, int]:
    """Number the statements: as in the import they came from, otherwise in the order they came."""
    rows = Statement.objects.filter(conversation=conversation_id).order_by("pk").values_list("pk", "number_there")
    numbers: dict[int, int] = {}
    next_number = max((there for _pk, there in rows if there is not None), default=-1) + 1
    for pk, there in rows:
        if there is None:
            there, next_number = next_number, next_number + 1
        numbers[pk] = there
    return numbers


def get_latest_map(*, conversation_id: int) -> MapSnapshot | None:
    """Return the published map without its figures: what may be said about how many took part."""
    return (
        MapSnapshot.objects.filter(conversation=conversation_id).defer("figures").order_by("-drawn_at", "-pk").first()
    )


def list_group_names(*, conversation_id: int) -> dict[str, str]:
    """The facilitator's names of the groups, by letter."""
    return dict(GroupName.objects.filter(conversation=conversation_id).values_list("letter", "name"))


def list_group_letters(*, conversation_id: int) -> list[str]:
    """Return the letters of the groups on the published map; none while there is no map or no groups hold up."""
    latest = MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()
    if latest is None or latest.outcome != MapSnapshot.Outcome.GROUPS:
        return []
    return [group["letter"] for group in latest.figures.get("groups", ())]
