"""A process carried through to the end, by the rooms' own actions: said, chosen, decided, promised, answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allting.answers import actions as answers
from allting.choice import actions as choice
from allting.choice.actions import Wording
from allting.choice.models import Outcome
from allting.opinions.models import Conversation, Statement
from allting.people.models import Person
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.strategy import actions as strategy
from allting.strategy.models import Priority, Promise
from tests.make import answers as make_answers
from tests.make import choice as make_choice
from tests.make import maps, opinions
from tests.make import processes as make_processes
from tests.make import strategy as make_strategy
from tests.make.processes import NOW


@dataclass(frozen=True)
class Told:
    """What there is. `statements` were voted on; `written` are two more, by people who have a right to an answer."""

    process: Process
    conversation: Conversation
    statements: list[Statement]
    written: list[Statement]
    outcome: Outcome
    sponsor: Person
    lead: Person


def make_chosen(*, now: datetime = NOW, people: int = 60) -> Told:
    """Make a strategy round whose conversation has a map and whose round is counted; nobody has decided."""
    process = make_choice.make_process(now=now)
    by = process.item.author
    conversation = Conversation.objects.select_related("item").get(item__within=process.item)
    export = maps.make_export(people=people)
    maps.add_votes(conversation, export, now=now - timedelta(days=20))
    maps.make_map(conversation, now=now - timedelta(days=20))
    statements = opinions.statements_of(conversation)
    written = [opinions.make_statement(conversation, text=text) for text in ("Open the library.", "Mend the road.")]
    round_ = make_choice.round_in(process)
    choice.change_round(round_=round_, seats=3, approvals_limit=12, by=by, now=now)
    for statement in statements[:6]:
        wording = Wording(title=statement.text[:120], text=statement.text)
        choice.take_in(round_=round_, source=statement.item, wording=wording, by=by, now=now)
    choice.open_round(round_=round_, by=by, now=now, seed=make_choice.SEED)
    make_choice.cast(round_, [[0, 1], [0, 1], [0, 1, 2], [0, 2], [0, 2], [1, 3], [4], [4], [4, 5]])
    make_choice.close(round_, now=now)
    outcome = make_choice.count(round_, now=now)
    sponsor = make_processes.make_sponsor(now=now)
    process = processes.processes_by_id([process.pk])[process.pk]
    lead = make_strategy.make_lead(process, now=now)
    return Told(process, conversation, statements, written, outcome, sponsor, lead)


def decide(told: Told, *, now: datetime = NOW, reason: str = "") -> list[Priority]:
    """Let the sponsor confirm the outcome, or with a reason take the last option instead of the last chosen one."""
    chosen = list(told.outcome.figures["chosen"])
    if reason:
        other = next(one.pk for one in make_choice.options_of(told.outcome.round) if one.pk not in chosen)
        options = [*chosen[:-1], other]
        choice.depart_from_outcome(
            outcome=told.outcome,
            options=options,
            reason=reason,
            left_with_nothing_count=7,
            by=told.sponsor.actor,
            now=now,
        )
    else:
        options = chosen
        choice.confirm_outcome(outcome=told.outcome, by=told.sponsor.actor, now=now)
    by_id = {one.pk: one.item for one in make_choice.options_of(told.outcome.round)}
    return strategy.draft_priorities(
        process=told.process, options=[by_id[pk] for pk in options], by=told.sponsor.actor, now=now
    )


def promise(told: Told, priority: Priority, *, now: datetime = NOW) -> Promise:
    """Let the lead own and confirm a priority, and promise something for it."""
    strategy.name_owner(priority=priority, owner=told.lead, by=told.sponsor.actor, now=now)
    words = make_strategy.PriorityWords(
        title=priority.item.title, success="People see it.", not_done="Nothing else is built."
    )
    confirmed = strategy.confirm_priority(priority=priority, words=words, by=told.lead.actor, now=now)
    return make_strategy.make_promise(confirmed, now=now)


def owe(told: Told, *, now: datetime = NOW) -> None:
    """Owe an answer to each statement, as the worker does when the conversation has closed."""
    answers.owe_answers(activity=processes.activity_of(told.conversation.pk), now=now)


def make_whole(*, now: datetime = NOW, reason: str = "It costs more than the others together.") -> Told:
    """Carry a process through to the end; one promise, one answer published, the others owed."""
    told = make_chosen(now=now)
    first, *_rest = decide(told, now=now, reason=reason)
    promise(told, first, now=now)
    owe(told, now=now)
    group = make_answers.group_of(told.written[0])
    make_answers.make_signed(group, by=told.sponsor, now=now)
    answers.publish(process=told.process, by=told.sponsor.actor, now=now)
    return told
