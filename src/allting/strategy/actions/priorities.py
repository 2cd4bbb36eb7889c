"""Drafting, owning, confirming and ending priorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from allting.people import actions as people
from allting.people.models import Invitation, Person, RoleName
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor, Item, Link
from allting.strategy import counts
from allting.strategy.actions.changes import Said, keep_changes
from allting.strategy.errors import AlreadyConfirmed, NothingChanged, NotReady, NotUnderWay
from allting.strategy.models import Change, Priority
from allting.strategy.rules import PriorityWords, missing_in_priority


@transaction.atomic
def draft_priorities(*, process: Process, options: Sequence[Item], by: Actor, now: datetime) -> list[Priority]:
    """Draft one priority for each option that was decided on, in their order; return the new ones.

    Run twice, it finds them there: an option is drafted once.
    """
    _lock(process)
    drafted = set(Priority.objects.filter(process=process).values_list("source", flat=True))
    made = []
    for option in options:
        if option.pk not in drafted:
            made.append(_make(process=process, title=option.title, source=option, by=by, now=now))
            drafted.add(option.pk)
    if made:
        data = {"priorities": [priority.pk for priority in made]}
        record.emit(name="strategy.priorities_drafted", actor=by, item=process.item, data=data, now=now)
    return made


@transaction.atomic
def add_priority(
    *, process: Process, words: PriorityWords, evidence: Sequence[Item] = (), by: Actor, now: datetime
) -> Priority:
    """Propose a priority that no round chose, with what it rests on."""
    _lock(process)
    priority = _make(process=process, title=words.title, source=None, by=by, now=now)
    _write(priority, words)
    _rest_on(priority, evidence, by=by, now=now)
    record.emit(name="strategy.priority_proposed", actor=by, item=priority.item, data={}, now=now)
    return priority


def _make(*, process: Process, title: str, source: Item | None, by: Actor, now: datetime) -> Priority:
    item = record.make_item(kind="priority", title=title, author=by, within=process.item, now=now)
    last = Priority.objects.filter(process=process).aggregate(last=Max("number"))["last"] or 0
    priority = Priority.objects.create(item=item, process=process, number=last + 1, source=source)
    if source is not None:
        record.link(younger=item, older=source, relation=Link.Relation.RESTS_ON, by=by, now=now)
    return priority


def _rest_on(priority: Priority, evidence: Sequence[Item], *, by: Actor, now: datetime) -> None:
    """Link what people said that the priority rests on. Said twice it is the same link."""
    for item in evidence:
        record.link(younger=priority.item, older=item, relation=Link.Relation.RESTS_ON, by=by, now=now)


@transaction.atomic
def name_owner(*, priority: Priority, owner: Person, by: Actor, now: datetime) -> Priority:
    """Let somebody answer for it, as a lead of the process. An invitation to own it is taken back."""
    _take_back(priority.invitation, by=by, now=now)
    _own(priority, owner, by=by, now=now)
    return priority


def _own(priority: Priority, owner: Person, *, by: Actor, now: datetime) -> None:
    priority.owner, priority.invitation = owner, None
    priority.save(update_fields=["owner", "invitation"])
    people.give_role(person=owner, role=RoleName.LEAD, item=priority.process.item, by=by, now=now)
    data: record.Data = {"owner": owner.actor_id}
    record.emit(name="strategy.owner_named", actor=by, item=priority.item, data=data, now=now)


@transaction.atomic
def invite_owner(*, priority: Priority, address: str, by: Actor, inviter_name: str = "", now: datetime) -> Invitation:
    """Ask somebody by mail to own it. They own it when they accept."""
    invited = people.invite(
        address=address,
        role=RoleName.LEAD,
        item=priority.process.item,
        by=by,
        inviter_name=inviter_name,
        now=now,
    )
    # An address that was asked to own another one before has one open invitation for both.
    replaced = Invitation.objects.filter(
        address=invited.invitation.address, role=RoleName.LEAD, item=priority.process.item, revoked_at=now
    )
    Priority.objects.filter(invitation__in=replaced).update(invitation=invited.invitation)
    priority.invitation = invited.invitation
    priority.save(update_fields=["invitation"])
    data: record.Data = {"invitation": invited.invitation.pk}
    record.emit(name="strategy.owner_invited", actor=by, item=priority.item, data=data, now=now)
    return invited.invitation


def _take_back(invitation: Invitation | None, *, by: Actor, now: datetime) -> None:
    """Revoke an invitation that nobody has opened, unless it stands for other priorities, too."""
    if invitation is None or invitation.accepted_at or invitation.revoked_at:
        return
    if Priority.objects.filter(invitation=invitation).count() == 1:
        people.revoke_invitation(invitation=invitation, by=by, now=now)


@transaction.atomic
def take_over_invited(*, invitation_id: int, person: Person, now: datetime) -> list[Priority]:
    """Give whoever accepted an invitation the priorities they were invited to own. Run twice, it finds none."""
    waiting = Priority.objects.filter(invitation=invitation_id).select_related("item", "process__item")
    taken = list(waiting.order_by("number"))
    for priority in taken:
        _own(priority, person, by=person.actor, now=now)
    return taken


@transaction.atomic
def edit_priority(
    *, priority: Priority, words: PriorityWords, evidence: Sequence[Item] = (), by: Actor, now: datetime
) -> Priority:
    """Change the words of what is only proposed, and add what it rests on. Raises AlreadyConfirmed."""
    if priority.state != Priority.State.CANDIDATE:
        raise AlreadyConfirmed
    _write(priority, words)
    _rest_on(priority, evidence, by=by, now=now)
    record.emit(name="strategy.priority_edited", actor=by, item=priority.item, data={}, now=now)
    return priority


@transaction.atomic
def confirm_priority(
    *, priority: Priority, words: PriorityWords, evidence: Sequence[Item] = (), by: Actor, now: datetime
) -> Priority:
    """Take it on in public with these words. Raises NotReady with what is missing, AlreadyConfirmed.

    The caller asked `rules.may_confirm`: `by` is its owner.
    """
    _lock(priority.process)
    _rest_on(priority, evidence, by=by, now=now)
    missing = missing_in_priority(
        words,
        has_owner=priority.owner_id is not None,
        has_evidence=Link.objects.filter(younger=priority.item, relation=Link.Relation.RESTS_ON).exists(),
        active_count=Priority.objects.filter(process=priority.process_id, state=Priority.State.ACTIVE).count(),
    )
    if missing:
        raise NotReady(missing)
    _write(priority, words)
    confirmed = Priority.objects.filter(pk=priority.pk, state=Priority.State.CANDIDATE)
    if not confirmed.update(state=Priority.State.ACTIVE, confirmed_at=now):
        raise AlreadyConfirmed
    priority.state, priority.confirmed_at = Priority.State.ACTIVE, now
    record.emit(name="strategy.priority_confirmed", actor=by, item=priority.item, data={}, now=now)
    counts.forget(priority.process_id)
    return priority


@transaction.atomic
def change_priority(*, priority: Priority, words: PriorityWords, reason: str, by: Actor, now: datetime) -> list[Change]:
    """Change what is under way, with old and new in public. Raises NotUnderWay, NotReady, NothingChanged."""
    if priority.state != Priority.State.ACTIVE:
        raise NotUnderWay
    missing = missing_in_priority(words, has_owner=True, has_evidence=True, active_count=0)
    if missing:
        raise NotReady(missing)
    kept = keep_changes(
        item=priority.item, old=_parts_of(words_of(priority)), new=_parts_of(words), reason=reason, by=by, now=now
    )
    if not kept:
        raise NothingChanged
    _write(priority, replace(words, is_own_initiative=priority.is_own_initiative))
    data = {"changes": [change.pk for change in kept]}
    record.emit(name="strategy.priority_changed", actor=by, item=priority.item, data=data, now=now)
    return kept


@transaction.atomic
def end_priority(*, priority: Priority, state: Priority.State, reason: str, by: Actor, now: datetime) -> Priority:
    """Say that it is delivered, or give it up, with the reason in public. Raises NotUnderWay."""
    before = priority.state
    if not Priority.objects.filter(pk=priority.pk, state=Priority.State.ACTIVE).update(state=state):
        raise NotUnderWay
    keep_changes(item=priority.item, old={"state": before}, new={"state": state}, reason=reason, by=by, now=now)
    priority.state = state
    past = {"delivered": "strategy.priority_delivered", "retired": "strategy.priority_retired"}[state]
    record.emit(name=past, actor=by, item=priority.item, data={}, now=now)
    return priority


def words_of(priority: Priority) -> PriorityWords:
    return PriorityWords(
        title=priority.item.title,
        success=priority.success,
        not_done=priority.not_done,
        what_stops=priority.what_stops,
        is_own_initiative=priority.is_own_initiative,
    )


def _parts_of(words: PriorityWords) -> dict[str, Said]:
    return {
        "title": words.title,
        "success": words.success,
        "not_done": words.not_done,
        "what_stops": words.what_stops,
    }


def _write(priority: Priority, words: PriorityWords) -> None:
    priority.item.title = record.shorten_title(words.title)
    priority.item.save(update_fields=["title"])
    priority.success = words.success
    priority.not_done = words.not_done
    priority.what_stops = words.what_stops
    priority.is_own_initiative = words.is_own_initiative
    priority.save(update_fields=["success", "not_done", "what_stops", "is_own_initiative"])


def _lock(process: Process) -> None:
    """Let those who number and count in one process come one after another."""
    Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
