"""Every question about answers, with visibility built in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from allting.answers import rules
from allting.answers.models import Answer, AnswerGroup, OwedAnswer, Publication
from allting.people import queries as people
from allting.people.models import Person, RoleName
from allting.processes import activity_kinds
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Activity, Process
from allting.record import kinds
from allting.record.errors import NotFound, Refused
from allting.record.models import Actor, Event, Item
from allting.record.rules import YES, No
from allting.record.rules import Answer as YesOrNo
from allting.record.viewers import Viewer

type Deed = Literal["prepare", "sign"]

# So many statements of a suggestion are quoted, to see whether they belong together.
_QUOTED = 5


# --- what is owed -------------------------------------------------------------------------------------


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


# --- groups -------------------------------------------------------------------------------------------


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


def get_process_for(viewer: Viewer, process_id: int, *, to: Deed, now: datetime) -> Process:
    """Return a process whose answers the viewer may prepare or sign. Raises NotFound, Refused."""
    process = processes.get_process_for(viewer, process_id, to="look", now=now)
    may = rules.may_prepare(viewer, process) if to == "prepare" else may_sign(viewer, process)
    if isinstance(may, No):
        raise Refused(may)
    return process


def may_sign(viewer: Viewer, process: Process) -> YesOrNo:
    return rules.may_sign(viewer, process, has_sponsor=has_sponsor(process))


def has_sponsor(process: Process) -> bool:
    """Say whether somebody decides here: by role, or named by the process."""
    if process.sponsor_id:
        return True
    return people.people_with_role([RoleName.SPONSOR], within=[process.pk]).exists()


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


# --- who is behind ------------------------------------------------------------------------------------


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


# --- answers ------------------------------------------------------------------------------------------


def answers_to_publish(process: Process) -> QuerySet[Answer]:
    """Return what is signed and not out."""
    return (
        Answer.objects.filter(group__process=process, signed_at__isnull=False, publication=None)
        .select_related("item", "group", "signed_by")
        .order_by("signed_at", "pk")
    )


def published_answers(process: Process) -> QuerySet[Answer]:
    """Return what people can read, the latest first."""
    return (
        Answer.objects.filter(group__process=process, publication__isnull=False)
        .select_related("item", "group", "signed_by", "publication")
        .order_by("-publication__published_at", "-pk")
    )


def get_answer_for(viewer: Viewer, answer_id: int, *, now: datetime) -> Answer:
    """Return an answer that people can read, with its process. Raises NotFound; those who prepare it see drafts."""
    answer = (
        Answer.objects.select_related("item", "group__process__item", "signed_by", "publication")
        .filter(pk=answer_id)
        .first()
    )
    if answer is None:
        raise NotFound
    process = processes.get_process_for(viewer, answer.group.process_id, to="look", now=now)
    if not answer.is_published and not rules.may_prepare(viewer, process):
        raise NotFound
    answer.group.process = process
    return answer


def answers_by_item(item_ids: Collection[int]) -> dict[int, Answer]:
    """Return the published answer of each item that has one."""
    owed = OwedAnswer.objects.filter(pk__in=list(item_ids), group__answer__publication__isnull=False)
    return {one.pk: one.group.answer for one in owed.select_related("group__answer__item", "group__answer__signed_by")}


def due_by_item(item_ids: Collection[int]) -> dict[int, date]:
    """Return until when each item is owed an answer, for those that are."""
    return dict(OwedAnswer.objects.filter(pk__in=list(item_ids)).values_list("pk", "due_on"))


# --- punctuality --------------------------------------------------------------------------------------


def punctuality_of(process_ids: Collection[int], *, today: date) -> rules.Punctuality:
    """Count the items that were signed by their day, of those whose day has come.

    What was hidden or taken back before its day without an answer is owed none; afterwards it stays in the figure.
    """
    due = OwedAnswer.objects.filter(group__process__in=list(process_ids), due_on__lte=today)
    was_set_aside = Q(item__hidden_at__date__lte=F("due_on")) | Q(item__blanked_at__date__lte=F("due_on"))
    counted = due.aggregate(
        due=Count("pk"),
        none=Count("pk", filter=Q(group__answer__signed_at=None) & was_set_aside),
        on_time=Count("pk", filter=Q(group__answer__signed_at__date__lte=F("due_on"))),
    )
    return rules.Punctuality(on_time_count=counted["on_time"], due_count=counted["due"] - counted["none"])


def publicly_late_groups(process: Process, *, today: date) -> QuerySet[AnswerGroup]:
    """Return the groups whose answer has not come out 15 days after its day: everybody sees these."""
    still = Count("owed", filter=Q(owed__item__hidden_at=None, owed__item__blanked_at=None))
    late = groups_of(process).annotate(standing_count=still).filter(standing_count__gt=0)
    return late.filter(due_on__lte=today - rules.PUBLIC_AFTER, answer__publication=None)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the answers of a process stand, counted in items."""

    owed: int
    answered: int
    by_decision: Mapping[str, int]

    @property
    def waiting(self) -> int:
        return self.owed - self.answered


def tally_of(process: Process) -> Tally:
    """Count what is owed and what became of it."""
    owed = OwedAnswer.objects.filter(group__process=process)
    by_decision = dict(
        owed.filter(group__answer__publication__isnull=False)
        .values_list("group__answer__decision")
        .annotate(Count("pk"))
        .order_by("group__answer__decision")
    )
    return Tally(owed=owed.count(), answered=sum(by_decision.values()), by_decision=by_decision)


def count_waiting(process: Process) -> int:
    """Count what was said, stands, and has no published answer."""
    standing = OwedAnswer.objects.filter(group__process=process, item__hidden_at=None, item__blanked_at=None)
    return standing.filter(group__answer__publication=None).count()


def publications_to_tell() -> QuerySet[Publication]:
    """Return the publications that those behind them have not all heard of, the oldest first."""
    return Publication.objects.filter(told_at=None).order_by("published_at", "pk")


# --- reminding ----------------------------------------------------------------------------------------

# Whoever starts Allting again after a pause is not sent the mails of last spring.
_REMIND_WITHIN = timedelta(days=15)
REMINDED = "answers.reminded"


def days_to_remind_of(*, today: date) -> list[tuple[int, date]]:
    """Return each process and day by which answers were promised that has come and has unsigned ones."""
    standing = Q(owed__item__hidden_at=None, owed__item__blanked_at=None, owed__isnull=False)
    due = AnswerGroup.objects.filter(standing, due_on__lte=today, due_on__gte=today - _REMIND_WITHIN)
    return list(
        due.filter(answer__signed_at=None).order_by("due_on", "process").values_list("process", "due_on").distinct()
    )


def count_unsigned(process: Process, *, until: date) -> int:
    return unanswered_groups(process).filter(due_on__lte=until).count()


def was_reminded(process: Process, *, due_on: date) -> bool:
    return Event.objects.filter(name=REMINDED, item=process.item, data__due_on=due_on.isoformat()).exists()


def people_to_remind(process: Process) -> list[Person]:
    """Return the sponsors whom we can write to, named or by role; where nobody decides, the facilitators."""
    roles = [RoleName.SPONSOR] if has_sponsor(process) else [RoleName.FACILITATOR]
    found = {one.pk: one for one in people.people_with_role(roles, within=[process.pk]).select_related("actor")}
    if process.sponsor_id:
        found.update(Person.objects.select_related("actor").in_bulk([process.sponsor_id]))
    return [found[pk] for pk in sorted(found) if found[pk].address and found[pk].erased_at is None]


# --- my part ------------------------------------------------------------------------------------------


def own_items(actor: Actor) -> QuerySet[Item]:
    """Return what an actor wrote, the latest first."""
    return people.items_by(actor)


def supported_ids(actor: Actor) -> set[int]:
    """Ask the kinds what an actor supported."""
    return {pk for kind in kinds.registered().values() for pk in kind.supported_by(actor)}


def answered_among(item_ids: Collection[int]) -> QuerySet[Item]:
    """Return those of the items that have a published answer, the latest answer first."""
    return Item.objects.filter(pk__in=list(item_ids), owed_answer__group__answer__publication__isnull=False).order_by(
        "-owed_answer__group__answer__publication__published_at", "-pk"
    )


# --- processes ----------------------------------------------------------------------------------------


def processes_prepared_by(viewer: Viewer) -> list[Process]:
    """Return the running and closed processes whose answers the viewer may prepare."""
    if not viewer.is_signed_in:
        return []
    states = [Process.State.RUNNING, Process.State.CLOSED]
    found = processes.processes_visible_to(viewer).filter(state__in=states)
    return [process for process in found if rules.may_prepare(viewer, process)]


def may_prepare_something(viewer: Viewer) -> YesOrNo:
    """Say whether the viewer has a role that answers."""
    roles = [RoleName.SPONSOR, RoleName.FACILITATOR, RoleName.DEPUTY, RoleName.LEAD]
    if any(role in roles for role, _item in viewer.roles):
        return YES
    if viewer.person is not None and Process.objects.filter(sponsor=viewer.person).exists():
        return YES
    return No("")
