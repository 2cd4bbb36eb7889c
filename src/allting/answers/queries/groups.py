"""Groups of items that get one answer together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from allting.answers.models import Answer, AnswerGroup, OwedAnswer
from allting.answers.queries.rights import Deed, get_process_for
from allting.processes import activity_kinds
from allting.processes import rules as process_rules
from allting.processes.models import Process
from allting.record import kinds
from allting.record.errors import NotFound
from allting.record.models import Item
from allting.record.viewers import Viewer

# So many statements of a suggestion are quoted, to see whether they belong together.
_QUOTED = 5


def groups_of(process: Process) -> QuerySet[AnswerGroup]:
    """Return the groups of a process with their answers and `items_count`: what is due first comes first."""
    return (
        AnswerGroup.objects.filter(process=process)
        .annotate(items_count=Count("owed"))
        .select_related("answer__signed_by", "answer__item", "process__item")
        .order_by("due_on", "pk")
    )


def unanswered_groups(process: Process) -> QuerySet[AnswerGroup]:
    """Return the groups whose answer nobody has signed, without those whose every item was hidden or taken back."""
    standing = Count("owed", filter=Q(owed__item__hidden_at=None, owed__item__blanked_at=None))
    return groups_of(process).annotate(standing_count=standing).filter(standing_count__gt=0, answer__signed_at=None)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Groups of one item each, without a draft, that may get one answer; and what was said in the first of them."""

    title: str
    group_ids: list[int]
    cards: list[kinds.Card]

    @property
    def more_count(self) -> int:
        return len(self.group_ids) - len(self.cards)


def suggestions_for(process: Process, *, viewer: Viewer) -> list[Suggestion]:
    """Return what the activities suggest to put together, of what is still alone; a suggestion of one is none."""
    alone = dict(unanswered_groups(process).filter(answer=None, title="").order_by("pk").values_list("owed", "pk"))
    found: list[tuple[str, list[int]]] = []
    for activity in process_rules.activities_of(process):
        for grouping in activity_kinds.registered()[activity.kind].groupings(activity.item_id):
            item_ids = [pk for pk in grouping.item_ids if pk in alone]
            if len(item_ids) > 1:
                found.append((str(grouping.title), item_ids))
    first = [pk for _title, item_ids in found for pk in item_ids[:_QUOTED]]
    cards = kinds.cards_for(Item.objects.filter(pk__in=first), viewer=viewer)
    return [
        Suggestion(title, [alone[pk] for pk in ids], [cards[pk] for pk in ids[:_QUOTED] if pk in cards])
        for title, ids in found
    ]


def answer_in(group: AnswerGroup) -> Answer | None:
    try:
        return group.answer
    except Answer.DoesNotExist:
        return None


def get_group_for(viewer: Viewer, group_id: int, *, to: Deed, now: datetime) -> AnswerGroup:
    """Return a group with its process, if the viewer may do this with it. Raises NotFound, Refused."""
    process_id = AnswerGroup.objects.filter(pk=group_id).values_list("process", flat=True).first()
    if process_id is None:
        raise NotFound
    process = get_process_for(viewer, process_id, to=to, now=now)
    group = groups_of(process).get(pk=group_id)
    group.process = process
    return group


def get_owed(*, group: AnswerGroup, item_id: int) -> OwedAnswer:
    """Return an item of a group. Raises NotFound."""
    owed = group.owed.select_related("item").filter(pk=item_id).first()
    if owed is None:
        raise NotFound
    return owed


def owed_items(group: AnswerGroup) -> QuerySet[Item]:
    """Return what a group answers, what was said first first."""
    return Item.objects.filter(owed_answer__group=group).order_by("pk")


@dataclass(frozen=True, slots=True)
class Spoken:
    """Items with their cards, one list per group."""

    cards_by_group: Mapping[int, list[kinds.Card]]

    def of(self, group: AnswerGroup) -> list[kinds.Card]:
        return self.cards_by_group.get(group.pk, [])


def cards_in(groups: Collection[AnswerGroup], *, viewer: Viewer) -> Spoken:
    """Return what was said in each group, as far as the viewer may see it: one query, and one per kind."""
    owed = list(OwedAnswer.objects.filter(group__in=groups).select_related("item").order_by("pk"))
    cards = kinds.cards_for([one.item for one in owed], viewer=viewer)
    found: dict[int, list[kinds.Card]] = {}
    for one in owed:
        if one.pk in cards:
            found.setdefault(one.group_id, []).append(cards[one.pk])
    return Spoken(found)


def count_same_text(process: Process) -> dict[int, int]:
    """Count for each answer of a process, by its id, how many groups get the same words."""
    answers = list(Answer.objects.filter(group__process=process).values_list("pk", "reason", "what_next"))
    groups_by_words = Counter((reason, what_next) for _pk, reason, what_next in answers)
    return {pk: groups_by_words[(reason, what_next)] for pk, reason, what_next in answers}
