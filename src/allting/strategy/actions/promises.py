"""Drafting, publishing, changing and taking back promises."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from allting.people.models import Person
from allting.processes.models import Process
from allting.processes.rules import local_day
from allting.record import actions as record
from allting.record.models import Actor, Link
from allting.strategy import counts
from allting.strategy.actions.changes import keep_changes
from allting.strategy.errors import AlreadyPublished, NothingChanged, NotPublished, NotReady, NotUnderWay
from allting.strategy.models import Change, Priority, Promise
from allting.strategy.rules import PromiseWords, missing_in_promise


@transaction.atomic
def draft_promise(*, priority: Priority, words: PromiseWords, by: Actor, now: datetime) -> Promise:
    """Write a promise that delivers a priority; nobody else sees it yet. Raises NotUnderWay."""
    if priority.state != Priority.State.ACTIVE:
        raise NotUnderWay
    item = record.make_item(kind="promise", title=words.wording, author=by, within=priority.process.item, now=now)
    promise = Promise(item=item, process=priority.process, priority=priority)
    _put(promise, words)
    promise.save(force_insert=True)
    record.link(younger=item, older=priority.item, relation=Link.Relation.DELIVERS, by=by, now=now)
    record.emit(name="strategy.promise_drafted", actor=by, item=item, data={"priority": priority.pk}, now=now)
    return promise


@transaction.atomic
def edit_promise(*, promise: Promise, words: PromiseWords, by: Actor, now: datetime) -> Promise:
    """Change a draft. Raises AlreadyPublished."""
    if promise.state != Promise.State.DRAFT:
        raise AlreadyPublished
    _write(promise, words)
    record.emit(name="strategy.promise_edited", actor=by, item=promise.item, data={}, now=now)
    return promise


@transaction.atomic
def publish_promise(*, promise: Promise, words: PromiseWords, by: Person, now: datetime) -> Promise:
    """Promise it in public, with a name under it. Raises NotReady with what is missing, AlreadyPublished."""
    # Promises of one process are published one after another: each takes the next number.
    Process.objects.select_for_update(of=("self",)).get(pk=promise.process_id)
    if missing := missing_in_promise(words, today=local_day(now)):
        raise NotReady(missing)
    promise.refresh_from_db(fields=["state"])
    if promise.state != Promise.State.DRAFT:
        raise AlreadyPublished
    last = Promise.objects.filter(process=promise.process_id).aggregate(last=Max("number"))["last"] or 0
    promise.state, promise.number = Promise.State.PUBLISHED, last + 1
    promise.promised_by, promise.published_at = by, now
    _write(promise, words)
    data: record.Data = {"number": promise.number}
    record.emit(name="strategy.promise_published", actor=by.actor, item=promise.item, data=data, now=now)
    counts.forget(promise.process_id)
    return promise


@transaction.atomic
def change_promise(*, promise: Promise, words: PromiseWords, reason: str, by: Actor, now: datetime) -> list[Change]:
    """Change what was promised, with old, new and the reason in public. Raises NotPublished, NotReady, NothingChanged.

    A day that has passed may stay as it was promised; only a new one must lie ahead.
    """
    if promise.state != Promise.State.PUBLISHED:
        raise NotPublished
    missing = dict(missing_in_promise(words, today=local_day(now)))
    if words.due_on == promise.due_on:
        missing.pop("due_on", None)
    if missing:
        raise NotReady(missing)
    kept = keep_changes(
        item=promise.item, old=asdict(words_of(promise)), new=asdict(words), reason=reason, by=by, now=now
    )
    if not kept:
        raise NothingChanged
    _write(promise, words)
    data = {"changes": [change.pk for change in kept]}
    record.emit(name="strategy.promise_changed", actor=by, item=promise.item, data=data, now=now)
    return kept


@transaction.atomic
def withdraw_promise(*, promise: Promise, reason: str, by: Actor, now: datetime) -> Promise:
    """Take a promise back. It stays in public, with the reason. Raises NotPublished."""
    withdrawn = Promise.State.WITHDRAWN
    if not Promise.objects.filter(pk=promise.pk, state=Promise.State.PUBLISHED).update(state=withdrawn):
        raise NotPublished
    keep_changes(
        item=promise.item, old={"state": promise.state}, new={"state": withdrawn}, reason=reason, by=by, now=now
    )
    promise.state = withdrawn
    record.emit(name="strategy.promise_withdrawn", actor=by, item=promise.item, data={}, now=now)
    return promise


def words_of(promise: Promise) -> PromiseWords:
    return PromiseWords(
        wording=promise.wording,
        threshold=promise.threshold,
        due_on=promise.due_on,
        audience=promise.audience,
        today=promise.today,
        not_done=promise.not_done,
        how_checked=promise.how_checked,
    )


def _put(promise: Promise, words: PromiseWords) -> None:
    for part, said in asdict(words).items():
        setattr(promise, part, said)


def _write(promise: Promise, words: PromiseWords) -> None:
    _put(promise, words)
    promise.save()
    promise.item.title = record.shorten_title(words.wording)
    promise.item.save(update_fields=["title"])
