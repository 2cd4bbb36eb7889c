"""What somebody says about themself in a process, and the count that is made of it.

No event tells of it: what somebody is and how satisfied they are is personal. The count changes only when at least
five people, and one in a hundred of those counted, differ from what it says (ADR 0042).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, Value, When

from allting.processes import activity_kinds, balance, rules
from allting.processes.balance import FEWEST, Coverage, Level, Mood
from allting.processes.coarse import COARSE_OF, Coarse
from allting.processes.errors import RelationsLetGo
from allting.processes.models import Balance, FrameShare, Participation, Process, Relation
from allting.record import actions as record
from allting.record.models import Actor

# Somebody who has answered ten statements has stayed; asked earlier, the question would stand in the way.
ASKED_AFTER = 10
_BATCH_SHARE = 100


# --- one's own part -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AboutYou:
    """What `processes/about_you.html` shows, under the name `about_you`.

    part          what was said so far, or None when nothing was asked yet
    may_say_relation   whether it is still kept: not after a ballot of the process has closed
    first, more   relations that are offered at once, and behind "more"
    back_to       where one goes on without script
    """

    process_id: int
    part: Participation | None
    may_say_relation: bool
    first: list[Relation]
    more: list[Relation]
    back_to: str

    @property
    def asks_relation(self) -> bool:
        return self.part is None and self.may_say_relation

    @property
    def asks_satisfaction(self) -> bool:
        return self.part is None or self.part.satisfaction is None


def about_you(process: Process, actor: Actor | None, *, back_to: str) -> AboutYou:
    """Return what an actor has said about themself in a process, and what they may be asked."""
    found = _balance_of(process)
    first = balance.asked_first(process, found.asked_first)
    return AboutYou(
        process_id=process.pk,
        part=part_of(process, actor),
        may_say_relation=found.let_go_at is None,
        first=first,
        more=[relation for relation in Relation if relation not in first],
        back_to=back_to,
    )


def asked_now(process: Process | None, actor: Actor | None, *, answers_count: int, back_to: str) -> AboutYou | None:
    """Return the question about the relation if now is its moment: after the tenth answer, once. Costs nothing else."""
    if process is None or actor is None or answers_count != ASKED_AFTER:
        return None
    asked = about_you(process, actor, back_to=back_to)
    return asked if asked.asks_relation else None


def part_of(process: Process, actor: Actor | None) -> Participation | None:
    return Participation.objects.filter(process=process, actor=actor).first() if actor else None


def said_by(actor: Actor) -> list[Participation]:
    """Return what somebody said about themself, with the process, the latest first."""
    found = Participation.objects.filter(actor=actor).exclude(relation="", satisfaction=None)
    return list(found.select_related("process__item").order_by("-said_at", "-pk"))


def has_taken_part(process: Process, actor: Actor | None) -> bool:
    """Say whether an actor did something in one of the activities: only who takes part is counted."""
    if actor is None:
        return False
    kinds = activity_kinds.registered()
    return any(kinds[one.kind].has_part(one.item_id, actor) for one in rules.activities_of(process))


@transaction.atomic
def say_relation(*, process: Process, actor: Actor, relation: str, now: datetime) -> Participation:
    """Keep what an actor is to the organisation; empty: they would rather not say, and are not asked again.

    Raises RelationsLetGo.
    """
    if _lock_balance(process.pk).let_go_at is not None:
        raise RelationsLetGo
    return _say(process, actor, {"relation": relation}, now=now)


@transaction.atomic
def say_satisfaction(*, process: Process, actor: Actor, satisfaction: int | None, now: datetime) -> Participation:
    """Keep how satisfied an actor says they are, 0 to 10; None takes it back."""
    return _say(process, actor, {"satisfaction": satisfaction}, now=now)


def _say(process: Process, actor: Actor, said: Mapping[str, Any], *, now: datetime) -> Participation:
    _lock_balance(process.pk)
    part, _made = Participation.objects.update_or_create(
        process=process, actor=actor, defaults={**said, "said_at": now}
    )
    _count_if_enough(process.pk, now=now)
    return part


@transaction.atomic
def let_go_of_relations(*, process_id: int, now: datetime) -> None:
    """Forget what each person is to the organisation, and keep the count. Called when a ballot of a process closes.

    Ballots carry a kind. Beside rows that say the same of people with names, each would have fewer possible owners.
    """
    _lock_balance(process_id)
    Participation.objects.filter(process=process_id).update(relation="", counted_relation="")
    Balance.objects.filter(process=process_id, let_go_at=None).update(let_go_at=now)


@transaction.atomic
def wipe(*, process_id: int) -> None:
    """Remove what people said about themselves and the count, after a rehearsal. What the team prepared stays."""
    Participation.objects.filter(process=process_id).delete()
    Balance.objects.filter(process=process_id).update(relations={}, satisfaction={}, counted_at=None, let_go_at=None)


def forget(*, actor: Actor) -> None:
    """Delete what an actor said about themself. The count, in which nobody can be told, stays until the next one."""
    Participation.objects.filter(actor=actor).delete()


def hand_over(*, giver: Actor, taker: Actor) -> None:
    """Move what was said on a device to a person; where both said something, the latest."""
    of_taker = Participation.objects.filter(actor=taker, process=OuterRef("process"))
    later = of_taker.filter(said_at__gt=OuterRef("said_at"))
    Participation.objects.filter(Exists(later), actor=giver).delete()
    of_giver = Participation.objects.filter(actor=giver, process=OuterRef("process"))
    Participation.objects.filter(Exists(of_giver), actor=taker).delete()
    Participation.objects.filter(actor=giver).update(actor=taker)


# --- the count ----------------------------------------------------------------------------------


def _level(column: str) -> Case:
    """Return the level of a satisfaction in the database, empty where nothing was said."""
    return Case(
        When(**{f"{column}__isnull": True}, then=Value("")),
        When(**{f"{column}__lte": balance.LAST_CRITICAL}, then=Value(Level.CRITICAL.value)),
        When(**{f"{column}__lte": balance.LAST_NEUTRAL}, then=Value(Level.NEUTRAL.value)),
        default=Value(Level.SATISFIED.value),
        output_field=CharField(),
    )


def _balance_of(process: Process) -> Balance:
    return Balance.objects.filter(process=process).first() or Balance(process=process)


def _lock_balance(process_id: int) -> Balance:
    """Return the row of the count, and hold other counts of this process back until the transaction ends."""
    Balance.objects.bulk_create([Balance(process_id=process_id)], ignore_conflicts=True)
    return Balance.objects.select_for_update().get(process=process_id)


def _count_if_enough(process_id: int, *, now: datetime) -> None:
    """Count each of the two answers anew if so many people changed it that none of them can be told."""
    found = Balance.objects.get(process=process_id)
    parts = Participation.objects.filter(process=process_id).annotate(
        level=_level("satisfaction"), counted_level=_level("counted_satisfaction")
    )
    changed = parts.exclude(relation=F("counted_relation"))
    if _are_enough(changed, found.relations):
        changed.update(counted_relation=F("relation"))
        _publish(process_id, "relations", _tally(parts, "relation"), now=now)
    changed = parts.exclude(level=F("counted_level"))
    if _are_enough(changed, found.satisfaction):
        changed.update(counted_satisfaction=F("satisfaction"))
        _publish(process_id, "satisfaction", _tally(parts, "level"), now=now)


def _are_enough(changed: QuerySet[Participation], counted: Mapping[str, int]) -> bool:
    needed = max(FEWEST, sum(counted.values()) // _BATCH_SHARE)
    return changed.order_by()[:needed].count() == needed


def _tally(parts: QuerySet[Participation], column: str) -> dict[str, int]:
    rows = parts.exclude(**{column: ""}).order_by().values(column).annotate(people=Count("pk"))
    return dict(rows.values_list(column, "people"))


def _publish(process_id: int, column: str, counts: Mapping[str, int], *, now: datetime) -> None:
    Balance.objects.filter(process=process_id).update(**{column: dict(counts), "counted_at": now})


@dataclass(frozen=True, slots=True)
class Counted:
    """Who takes part, as last counted. `people`: how many said what they are; None while fewer than five did."""

    people: int | None
    coverages: list[Coverage]
    mood: Mood
    has_frame: bool
    counted_at: datetime | None

    @property
    def missing(self) -> list[Coverage]:
        """The relations that too few have, those with the smallest coverage first."""
        return sorted((row for row in self.coverages if row.is_missing), key=lambda row: row.coverage or 0)


def counted(process: Process) -> Counted:
    """Return who takes part in a process and who is missing. Everybody may see the coverages, nobody a stance."""
    found = _balance_of(process)
    frame = frame_of(process)
    people = sum(found.relations.values())
    return Counted(
        people=people if people >= FEWEST else None,
        coverages=balance.coverages(found.relations, frame, asked=balance.asked_first(process, found.asked_first)),
        mood=balance.mood_of(found.satisfaction),
        has_frame=bool(frame),
        counted_at=found.counted_at,
    )


def shown_relation_of(process: Process, actor: Actor) -> Relation | None:
    """Return what an actor is to the organisation if at least five are the same, as the count shows; else None.

    For filling in a secret ballot: one whose relation is rare must not be led to name it there.
    """
    part = part_of(process, actor)
    if part is None or not part.relation:
        return None
    shown = {row.relation for row in counted(process).coverages if row.people is not None}
    return Relation(part.relation) if part.relation in shown else None


def coarse_kinds_in(process_id: int) -> dict[int, Coarse]:
    """Return by actor what each was counted as in the last count; empty once relations are let go of.

    No page may read it (ADR 42). It is for counting answers where nobody looks, with what comes out so coarse that
    nobody can be told from it (ADR 59).
    """
    said = Participation.objects.filter(process=process_id).exclude(counted_relation="").order_by()
    rows = said.values_list("actor_id", "counted_relation").iterator(chunk_size=50_000)
    return {actor: COARSE_OF[Relation(relation)] for actor, relation in rows if relation in COARSE_OF}


def coarse_kinds_asked(process: Process) -> list[Coarse]:
    """Return whose voices a process waits for: what is offered at once, and what the frame names."""
    expected = {*asked_first_in(process), *map(Relation, frame_of(process))}
    kinds = {COARSE_OF[one] for one in expected if one in COARSE_OF}
    return [kind for kind in Coarse if kind in kinds]


# --- the frame ----------------------------------------------------------------------------------


def frame_of(process: Process) -> dict[str, int]:
    """Return how many of each relation there are, or in what proportion; empty while nobody has said."""
    return dict(FrameShare.objects.filter(process=process).values_list("relation", "people"))


def asked_first_in(process: Process) -> list[Relation]:
    return balance.asked_first(process, _balance_of(process).asked_first)


@transaction.atomic
def change_frame(
    *, process: Process, frame: Mapping[str, int], asked_first: Collection[str], by: Actor, now: datetime
) -> None:
    """Say how many of each relation are concerned, and which relations are asked for first. One event."""
    _lock_balance(process.pk)
    FrameShare.objects.filter(process=process).delete()
    FrameShare.objects.bulk_create(
        FrameShare(process=process, relation=relation, people=people) for relation, people in frame.items() if people
    )
    Balance.objects.filter(process=process).update(asked_first=[one for one in Relation if one in asked_first])
    data: record.Data = {"relations": len(frame)}
    record.emit(name="processes.frame_changed", actor=by, item=process.item, data=data, now=now)
