"""Build strategies through their actions, so that no impossible one can be built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from allting.opinions.models import Statement
from allting.people.models import Person, RoleName
from allting.processes.models import Process
from allting.record.models import Item, Link
from allting.strategy import actions
from allting.strategy.actions.texts import StrategyWords
from allting.strategy.models import Priority, Promise, StrategyVersion
from allting.strategy.rules import PriorityWords, PromiseWords
from tests.make import opinions, processes
from tests.make.people import make_person
from tests.make.processes import NOW

WORDS = PriorityWords(
    title="Get traffic flowing, Scottsville Road first",
    success="At rush hour nobody waits at more than one red light.",
    not_done="No new lanes, no wider road.",
)
PROMISE = PromiseWords(
    wording="By 30 June 2028, nine of ten drives along Scottsville Road meet at most one red light.",
    threshold="nine of ten drives at rush hour",
    due_on=date(2028, 6, 30),
    audience="Everyone who drives, rides or takes the bus there.",
    today="Six of ten drives (160 measured in October)",
    not_done="No new lanes, no wider road.",
    how_checked="Each October, by 160 measured drives.",
)
TEXT = StrategyWords(
    mission="A town where one gets about.",
    choices="Roads that flow before new ones.",
    not_done="No new ring road.",
)


def statement_in(process: Process, *, now: datetime = NOW) -> Statement:
    """Return what somebody said in the process's conversation."""
    conversation = opinions.conversation_in(process, statements=0, now=now)
    number = conversation.statements.count() + 1
    return opinions.make_statement(
        conversation, text=f"Traffic flow needs to be improved at crossing {number}.", now=now
    )


def make_lead(process: Process, *, name: str = "Marcus Oyelaran", now: datetime = NOW) -> Person:
    return make_person(name=name, role=RoleName.LEAD, within=process.item, now=now)


def make_candidate(process: Process | None = None, *, owner: Person | None = None, now: datetime = NOW) -> Priority:
    """Make a proposed priority that rests on a statement."""
    process = process or processes.make_process(now=now)
    by = process.item.author
    (priority,) = actions.draft_priorities(
        process=process, options=[statement_in(process, now=now).item], by=by, now=now
    )
    if owner is not None:
        actions.name_owner(priority=priority, owner=owner, by=by, now=now)
    return priority


def make_priority(
    process: Process | None = None, *, owner: Person | None = None, now: datetime = NOW, **words: Any
) -> Priority:
    """Make a priority that its owner has confirmed."""
    process = process or processes.make_process(now=now)
    owner = owner or make_lead(process, now=now)
    priority = make_candidate(process, owner=owner, now=now)
    return actions.confirm_priority(priority=priority, words=replace(WORDS, **words), by=owner.actor, now=now)


def make_draft(priority: Priority | None = None, *, now: datetime = NOW, **words: Any) -> Promise:
    priority = priority or make_priority(now=now)
    assert priority.owner is not None
    return actions.draft_promise(priority=priority, words=replace(PROMISE, **words), by=priority.owner.actor, now=now)


def make_promise(priority: Priority | None = None, *, now: datetime = NOW, **words: Any) -> Promise:
    """Make a promise that the owner of its priority has published."""
    promise = make_draft(priority, now=now, **words)
    owner = promise.priority.owner
    assert owner is not None
    return actions.publish_promise(promise=promise, words=replace(PROMISE, **words), by=owner, now=now)


def make_text(process: Process, *, voices: Sequence[Item] = (), now: datetime = NOW) -> StrategyVersion:
    return actions.write_strategy(
        process=process,
        words=TEXT,
        note="The first version, after the round.",
        voices=voices,
        after=0,
        by=process.item.author,
        now=now,
    )


def rests_on(item: Item) -> list[int]:
    return list(Link.objects.filter(younger=item).order_by("pk").values_list("older", flat=True))
