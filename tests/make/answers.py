"""Closed processes with owed, written and published answers, made by the rooms' own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from allting.answers import actions, queries, telling
from allting.answers.actions import Draft
from allting.answers.models import Answer, AnswerGroup, OwedAnswer, Publication
from allting.opinions.models import Conversation, Statement
from allting.people.models import LeftAddress, Person
from allting.processes import actions as processes
from allting.processes import queries as process_queries
from allting.processes.models import Process
from allting.record import tasks as record
from allting.record.models import Actor, Item, OutboxEntry
from tests.make import opinions
from tests.make import processes as making
from tests.make.processes import NOW

# The processes of tests.make close on 12 March 2027; the worker notices a few seconds after midnight.
CLOSED = datetime(2027, 3, 12, 23, 0, 10, tzinfo=NOW.tzinfo)
# The answers are due on 11 April.
IN_TIME = datetime(2027, 4, 2, 9, 0, tzinfo=NOW.tzinfo)
LATE = datetime(2027, 4, 14, 9, 0, tzinfo=NOW.tzinfo)
PUBLICLY_LATE = datetime(2027, 4, 27, 9, 0, tzinfo=NOW.tzinfo)

YES = Draft(
    decision=Answer.Decision.YES,
    headline="Yes, we will. By June 2028.",
    reason="Most of you wanted the traffic to flow.",
    what_next="We retime every light on Scottsville Road. Marcus Oyelaran answers for it.",
)
NO = Draft(decision=Answer.Decision.NO, reason="It costs more than it gives.", what_next="Nothing happens.")


def make_statements(*texts: str, authors: Sequence[Actor] = ()) -> list[Statement]:
    """Make an open process in which participants wrote these statements."""
    conversation = opinions.make_conversation(statements=2)
    return [
        opinions.make_statement(conversation, text=text, author=authors[number] if number < len(authors) else None)
        for number, text in enumerate(texts)
    ]


def process_of(conversation: Conversation) -> Process:
    pk = conversation.item.within_id
    assert pk is not None
    return process_queries.processes_by_id([pk])[pk]


def close(statement: Statement, *, now: datetime = CLOSED) -> Process:
    """Close the process of a statement and let the worker react: its answers are owed."""
    processes.close_due(now=now)
    for entry_id in OutboxEntry.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True):
        assert record.deliver(entry_id, now=now)
    return process_of(statement.conversation)


def make_owed(*texts: str, authors: Sequence[Actor] = ()) -> Process:
    """Make a closed process that owes an answer to each of these statements."""
    return close(make_statements(*texts, authors=authors)[0])


def group_of(item: Item | Statement) -> AnswerGroup:
    owed = OwedAnswer.objects.get(pk=item.pk)
    return queries.groups_of(process_queries.processes_by_id([owed.group.process_id])[owed.group.process_id]).get(
        pk=owed.group_id
    )


def groups_in(process: Process) -> list[AnswerGroup]:
    return list(queries.groups_of(process))


def make_signed(group: AnswerGroup, *, by: Person | None = None, draft: Draft = YES, now: datetime = IN_TIME) -> Answer:
    return actions.write_and_sign(group=group, draft=draft, by=by or making.make_sponsor(), now=now)


def make_published(
    process: Process, *, by: Person | None = None, draft: Draft = YES, now: datetime = IN_TIME
) -> Publication:
    """Sign every answer that is owed in a process, the same way, and publish them together."""
    signer = by or making.make_sponsor()
    for group in queries.unanswered_groups(process):
        make_signed(group, by=signer, draft=draft, now=now)
    return actions.publish(process=process, by=signer.actor, now=now)


def tell(publication: Publication, *, now: datetime = IN_TIME) -> None:
    """Queue every mail about a publication, as the worker does."""
    while telling.tell_some(publication_id=publication.pk, now=now):
        pass


def leave_address(actor: Actor, item: Item, *, address: str, language: str = "en") -> LeftAddress:
    """Leave an address as it stands once its code was confirmed."""
    return LeftAddress.objects.create(
        actor=actor,
        item=item,
        address=address,
        language=language,
        removal_key=f"key-{actor.pk}-{item.pk}",
        confirmed_at=NOW + timedelta(hours=1),
    )
