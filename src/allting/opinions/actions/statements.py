"""Statements: written, seeded, accepted, declined. Hiding one that stands is `record`'s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from allting.opinions import queries, rules, wording
from allting.opinions.actions.conversations import note_changes
from allting.opinions.errors import AlreadyDecided, AlreadySaid, CannotMerge, EnoughStatements, WrongLength
from allting.opinions.models import Conversation, Statement
from allting.record import actions as record
from allting.record.models import Actor, Link
from allting.record.rules import YES

# The column is wider than the limit, but a letter may carry any number of accents.
_COLUMN_LENGTH = 1_000


@transaction.atomic
def add_statement(
    *,
    conversation: Conversation,
    author: Actor,
    text: str,
    state: Statement.State,
    now: datetime,
    language: str = "",
) -> Statement:
    """Add somebody's own words. No vote is made for the author.

    state   shown at once or waiting for approval, as `rules.state_of_new_statement` says
    Raises  WrongLength, AlreadySaid, EnoughStatements.
    """
    words = wording.tidy(text)
    _check_length(words)
    note_changes(conversation_id=conversation.pk, now=now)
    if twin := queries.find_twin(conversation_id=conversation.pk, text=words, actor=author):
        raise AlreadySaid(twin)
    since = now - timedelta(days=1)
    written_count = queries.count_statements_by(conversation_id=conversation.pk, actor=author, since=since)
    if written_count >= rules.STATEMENTS_A_DAY:
        raise EnoughStatements
    statement = _make(conversation, author=author, text=words, state=state, language=language, now=now)
    record.emit(name="opinions.statement_added", actor=author, item=statement.item, now=now)
    return statement


@transaction.atomic
def add_seeds(
    *, conversation: Conversation, author: Actor, texts: Sequence[str], now: datetime, language: str = ""
) -> list[Statement]:
    """Add the facilitator's first statements, shown at once; what stands there already is left out.

    Raises WrongLength.
    """
    note_changes(conversation_id=conversation.pk, now=now)
    pasted = "\n".join(wording.tidy(text) for text in texts)
    standing = queries.list_standing_texts(conversation_id=conversation.pk)
    lines = wording.read_lines(pasted, standing=standing, longest=Statement.LENGTH)
    if any(line.is_too_long for line in lines):
        raise WrongLength
    statements = [
        _make(
            conversation,
            author=author,
            text=line.text,
            state=Statement.State.SHOWN,
            language=language,
            is_seed=True,
            now=now,
        )
        for line in lines
        if line.is_new
    ]
    if statements:
        record.emit(
            name="opinions.seeds_added", actor=author, item=conversation.item, data={"seeds": len(statements)}, now=now
        )
    return statements


@transaction.atomic
def accept_statement(*, statement: Statement, by: Actor, now: datetime) -> None:
    """Let others answer a statement that waited. Raises AlreadyDecided."""
    _decide(statement, state=Statement.State.SHOWN, reason="", now=now)
    record.emit(name="opinions.statement_accepted", actor=by, item=statement.item, now=now)


@transaction.atomic
def decline_statement(*, statement: Statement, by: Actor, reason: str, now: datetime) -> None:
    """Do not show a statement that waited, with the reason that its author reads. Raises AlreadyDecided."""
    _decide(statement, state=Statement.State.DECLINED, reason=reason, now=now)
    record.emit(name="opinions.statement_declined", actor=by, item=statement.item, now=now)


@transaction.atomic
def merge_statement(*, statement: Statement, into: Statement, by: Actor, now: datetime) -> None:
    """Let one of two statements that mean the same be answered from now on, and link the other one to it.

    Words and answers of the merged one stay as they are; answers are not carried over. Raises CannotMerge.
    """
    note_changes(conversation_id=statement.conversation_id, now=now)
    pair = list(Statement.objects.select_for_update().filter(pk__in=[statement.pk, into.pk]).select_related("item"))
    found = {one.pk: one for one in pair}
    both = found.get(statement.pk), found.get(into.pk)
    if both[0] is None or both[1] is None or not rules.may_merge(both[0], into=both[1], may_facilitate=YES):
        raise CannotMerge
    Statement.objects.filter(pk=statement.pk).update(state=Statement.State.MERGED, decided_at=now)
    record.link(younger=statement.item, older=into.item, relation=Link.Relation.MERGED_INTO, by=by, now=now)
    record.emit(name="opinions.statement_merged", actor=by, item=statement.item, data={"into": into.pk}, now=now)


def _decide(statement: Statement, *, state: Statement.State, reason: str, now: datetime) -> None:
    note_changes(conversation_id=statement.conversation_id, now=now)
    waiting = Statement.objects.filter(pk=statement.pk, state=Statement.State.WAITING)
    if not waiting.update(state=state, decline_reason=reason, decided_at=now):
        raise AlreadyDecided


def _check_length(words: str) -> None:
    if not words or wording.count_characters(words) > Statement.LENGTH or len(words) > _COLUMN_LENGTH:
        raise WrongLength


def _make(
    conversation: Conversation,
    *,
    author: Actor,
    text: str,
    state: Statement.State,
    language: str,
    now: datetime,
    is_seed: bool = False,
) -> Statement:
    item = record.make_item(kind="statement", title=text, author=author, within=conversation.item, now=now)
    return Statement.objects.create(
        item=item,
        conversation=conversation,
        text=text,
        language=language,
        state=state,
        is_seed=is_seed,
        submitted_at=now,
        decided_at=now if state == Statement.State.SHOWN else None,
    )
