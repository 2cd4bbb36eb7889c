"""A draft: the seven choices, from a template or an earlier process, until it is announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from allting.people.models import Person
from allting.processes import activity_kinds, queries, rules
from allting.processes.actions.holding import fresh, lock
from allting.processes.actions.rehearsing import wipe_contributions
from allting.processes.blueprints import BY_NAME
from allting.processes.errors import AlreadyAnnounced, NotReady
from allting.processes.models import Activity, DecisionRight, Phase, Process
from allting.record import actions as record
from allting.record.models import Actor, Item, Link


@dataclass(frozen=True, slots=True)
class Choices:
    """The seven choices that start a process. Only the question is needed for a draft.

    question             1, becomes the headline
    open_to, audience    2, who may take part, and the same in the organisation's own words
    starts_on, weeks     3, the first day, and how many weeks it is open
    weeks_after          the same for each later step; where it is not said, as in the template
    decider_*, up_for_decision   4, who decides and signs, and what
    not_up_for_decision  5
    answer_days          6, from the closing day until everyone has an answer
    languages            7, codes of the languages that the page is offered in
    """

    question: str
    open_to: Process.OpenTo = Process.OpenTo.LINK
    audience: str = ""
    starts_on: date | None = None
    weeks: int | None = None
    decider_name: str = ""
    decider_title: str = ""
    up_for_decision: str = ""
    not_up_for_decision: str = ""
    answer_days: int = 30
    languages: tuple[str, ...] = ("en",)
    sponsor: Person | None = None
    weeks_after: tuple[int | None, ...] = ()

    @property
    def decider(self) -> str:
        return ", ".join(part for part in (self.decider_name, self.decider_title) if part)

    @property
    def last_day(self) -> date | None:
        """Five weeks from 5 February are open until 12 March, that day included."""
        return self.starts_on + timedelta(weeks=self.weeks) if self.starts_on and self.weeks else None

    @property
    def answers_on(self) -> date | None:
        return self.last_day + timedelta(days=self.answer_days) if self.last_day else None


@dataclass(frozen=True, slots=True)
class Labels:
    """What is said on every page of a process whose organisation or data are not what they seem."""

    is_invented: bool = False
    invented_note: str = ""
    attribution: str = ""


NO_LABELS = Labels()


@dataclass(frozen=True, slots=True)
class Right:
    """Who decides what in one phase."""

    who: str
    what: str


@transaction.atomic
def start_process(
    *,
    template: str,
    choices: Choices,
    by: Actor,
    now: datetime,
    labels: Labels = NO_LABELS,
    earlier: Process | None = None,
) -> Process:
    """Make a draft with its phases and activities from a template of `blueprints`.

    earlier   the process that it starts from: who decides what in each step is taken over, and the new one rests on
              it in the record. Nothing that people contributed there is copied.
    """
    blueprint = BY_NAME[template]
    item = record.make_item(kind="process", title=choices.question, author=by, within=None, now=now)
    process = Process.objects.create(
        item=item,
        template=template,
        is_invented=labels.is_invented,
        invented_note=labels.invented_note,
        attribution=labels.attribution,
        changed_at=now,
        **_columns(choices),
    )
    for number, plan in enumerate(blueprint.phases, start=1):
        phase = Phase.objects.create(process=process, kind=plan.kind, number=number)
        if plan.activity_kind:
            kind = activity_kinds.registered()[plan.activity_kind]
            made = kind.create(within=item, title=choices.question, author=by, now=now)
            Activity.objects.create(phase=phase, kind=kind.name, item=made)
    _set_dates(process, choices)
    _prefill_rights(process, choices)
    if earlier is not None:
        _take_over_rights(process, choices, earlier)
        record.link(younger=item, older=earlier.item, relation=Link.Relation.RESTS_ON, by=by, now=now)
    record.emit(name="processes.drafted", actor=by, item=item, data={}, now=now)
    return process


@transaction.atomic
def change_process(*, process: Process, choices: Choices, by: Actor, now: datetime) -> Process:
    """Change the seven choices of a draft. Raises AlreadyAnnounced."""
    before = _prefilled_right(process.decider, process.up_for_decision)
    columns = {**_columns(choices), "changed_at": now}
    if not Process.objects.filter(pk=process.pk, state=Process.State.DRAFT).update(**columns):
        raise AlreadyAnnounced
    title = record.shorten_title(choices.question)
    Item.objects.filter(pk=process.pk).update(title=title)
    Item.objects.filter(activity__phase__process=process.pk).update(title=title)
    _set_dates(process, choices)
    _prefill_rights(process, choices, before=before)
    record.emit(name="processes.changed", actor=by, item=process.item, data={}, now=now)
    return fresh(process)


def _columns(choices: Choices) -> dict[str, object]:
    return {
        "open_to": choices.open_to,
        "audience": choices.audience,
        "decider_name": choices.decider_name,
        "decider_title": choices.decider_title,
        "up_for_decision": choices.up_for_decision,
        "not_up_for_decision": choices.not_up_for_decision,
        "answer_days": choices.answer_days,
        "languages": list(choices.languages),
        "sponsor": choices.sponsor,
    }


def _set_dates(process: Process, choices: Choices) -> None:
    first_day, last_day = choices.starts_on, choices.last_day
    for number, plan in enumerate(BY_NAME[process.template].phases, start=1):
        if number > 1:
            first_day = last_day + timedelta(days=1) if last_day else None
            weeks = plan.weeks and (_weeks_chosen(choices, number) or plan.weeks)
            last_day = first_day + timedelta(weeks=weeks) if first_day and weeks else None
        opens_at = rules.start_of(first_day) if first_day else None
        closes_at = rules.end_of(last_day) if last_day else None
        phases = Phase.objects.filter(process=process.pk, number=number)
        phases.update(starts_at=opens_at, ends_at=closes_at)
        Activity.objects.filter(phase__in=phases).update(opens_at=opens_at, closes_at=closes_at)


def _weeks_chosen(choices: Choices, number: int) -> int | None:
    """Return how long a later step was chosen to be; the second one is the first of `weeks_after`."""
    return choices.weeks_after[number - 2] if number - 2 < len(choices.weeks_after) else None


def _prefill_rights(process: Process, choices: Choices, *, before: Right | None = None) -> None:
    """Say who decides what in each step from the fourth choice, where nobody said it more exactly.

    before   what was prefilled from the choices as they were: it follows them
    """
    right = _prefilled_right(choices.decider, choices.up_for_decision)
    if right is None:
        return
    said = {one.phase_id: Right(who=one.who, what=one.what) for one in _rights_of(process)}
    phases = Phase.objects.filter(process=process.pk)
    _set_rights(process, {phase.pk: right for phase in phases if said.get(phase.pk) in (None, before)})


def _prefilled_right(decider: str, up_for_decision: str) -> Right | None:
    if not decider or not up_for_decision:
        return None
    return Right(who=decider, what=up_for_decision[: DecisionRight.WHAT_LENGTH])


def _take_over_rights(process: Process, choices: Choices, earlier: Process) -> None:
    """Say for each step what was said for it in the earlier process; a new decider takes the former one's place."""
    said = {right.phase.number: right for right in _rights_of(earlier)}
    rights = {}
    for phase in Phase.objects.filter(process=process.pk):
        if (right := said.get(phase.number)) and right.phase.kind == phase.kind and _is_said_exactly(right, earlier):
            who = choices.decider or right.who if right.who == earlier.decider else right.who
            rights[phase.pk] = Right(who=who, what=right.what)
    _set_rights(process, rights)


def _is_said_exactly(right: DecisionRight, process: Process) -> bool:
    """Say whether somebody said it for this step; otherwise the new choices say it."""
    return Right(who=right.who, what=right.what) != _prefilled_right(process.decider, process.up_for_decision)


def _rights_of(process: Process) -> QuerySet[DecisionRight]:
    return DecisionRight.objects.filter(phase__process=process.pk).select_related("phase")


def _set_rights(process: Process, rights: Mapping[int, Right]) -> None:
    for phase in Phase.objects.filter(process=process.pk, pk__in=rights):
        right = rights[phase.pk]
        DecisionRight.objects.update_or_create(phase=phase, defaults={"who": right.who, "what": right.what})


@transaction.atomic
def announce(*, process: Process, rights: Mapping[int, Right] | None = None, by: Actor, now: datetime) -> Process:
    """Make a draft visible and its promises binding. `rights` by phase id replace those of the draft.

    Raises AlreadyAnnounced, NotReady with everything that is missing (and then changes nothing).
    """
    lock(process)
    _set_rights(process, rights or {})
    draft = fresh(process)
    if draft.state != Process.State.DRAFT:
        raise AlreadyAnnounced
    if missing := rules.missing_before_announcing(draft, queries.team_of(draft, now=now), now):
        raise NotReady(missing)
    if queries.was_rehearsed(draft):
        wipe_contributions(process=draft, now=now)
    draft.state, draft.announced_at, draft.changed_at = Process.State.ANNOUNCED, now, now
    draft.save(update_fields=["state", "announced_at", "changed_at"])
    record.emit(name="processes.announced", actor=by, item=draft.item, data={"answer_days": draft.answer_days}, now=now)
    return draft


@transaction.atomic
def record_past_process(
    *,
    template: str,
    choices: Choices,
    opened_at: datetime,
    closed_at: datetime,
    by: Actor,
    now: datetime,
    labels: Labels = NO_LABELS,
) -> Process:
    """Write down a process that was held elsewhere and is over: closed from the start, with the dates it had.

    Nothing is owed because of it, so no activity is closed here and nobody is told.
    """
    process = start_process(template=template, choices=choices, by=by, now=now, labels=labels)
    Phase.objects.filter(process=process.pk).update(starts_at=opened_at, ends_at=closed_at)
    Activity.objects.filter(phase__process=process.pk).update(
        opens_at=opened_at, closes_at=closed_at, closed_at=closed_at
    )
    Process.objects.filter(pk=process.pk).update(
        state=Process.State.CLOSED, announced_at=opened_at, closed_at=closed_at
    )
    record.emit(name="processes.recorded", actor=by, item=process.item, data={}, now=now)
    return fresh(process)
