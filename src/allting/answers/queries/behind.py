"""Who is behind what was said: asked of the kinds at that moment, and never copied."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from allting.answers import rules
from allting.answers.models import AnswerGroup, OwedAnswer
from allting.record import kinds
from allting.record.models import Item


def people_behind(items: Iterable[Item]) -> dict[int, kinds.Behind]:
    """Ask the kinds who wrote and who supported these items, now."""
    found: dict[int, kinds.Behind] = {}
    for kind, ids in kinds.by_kind(items).items():
        found.update(kind.people_behind(ids))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """How many people hear an answer; None stands for fewer than five."""

    authors: int | None
    supporters: int | None
    together: int | None


def count_heard(item_ids: Iterable[int]) -> Heard:
    """Count who is behind these items, each person once."""
    return _heard(people_behind(Item.objects.filter(pk__in=list(item_ids))).values())


def count_heard_in(groups: Collection[AnswerGroup]) -> dict[int, Heard]:
    """Count who hears the answer of each group: one question to each kind for all of them."""
    owed = list(OwedAnswer.objects.filter(group__in=groups).select_related("item").order_by("pk"))
    behind = people_behind([one.item for one in owed])
    by_group: dict[int, list[kinds.Behind]] = {}
    for one in owed:
        by_group.setdefault(one.group_id, []).append(behind.get(one.pk, kinds.Behind()))
    return {group_id: _heard(those) for group_id, those in by_group.items()}


def _heard(behind: Iterable[kinds.Behind]) -> Heard:
    those = list(behind)
    authors = {actor for one in those for actor in one.authors}
    supporters = {actor for one in those for actor in one.supporters} - authors
    return Heard(_shown(len(authors)), _shown(len(supporters)), _shown(len(authors | supporters)))


def _shown(count: int) -> int | None:
    return count if count >= rules.FEWEST_PEOPLE else None
