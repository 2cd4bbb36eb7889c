"""Every change in this room: owed, grouped, written, signed, published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import override

from allting.answers import queries
from allting.answers.errors import AlreadySigned, HasAnswer, NothingToPublish, NotSigned
from allting.answers.models import Answer, AnswerGroup, OwedAnswer, Publication
from allting.people.models import Person
from allting.processes import rules as processes
from allting.processes.models import Activity, Process
from allting.record import actions as record
from allting.record.models import Actor, Item, Link

# Rows made at once: a conversation may hold tens of thousands of statements.
_AT_ONCE = 500


@transaction.atomic
def owe_answers(*, activity: Activity, now: datetime) -> int:
    """Owe an answer for each item that a participant wrote in an activity that has closed; return how many are new.

    Each item gets a group of its own. Run again it finds what was restored or accepted since, and nothing else;
    what comes to light after the day of the answers has its days from then.
    """
    process = activity.phase.process
    assert activity.closes_at
    days = timedelta(days=process.answer_days)
    due_on = processes.local_day(activity.closes_at) + days
    if due_on < processes.local_day(now):
        due_on = processes.local_day(now) + days
    items = queries.items_to_owe(activity)
    for start in range(0, len(items), _AT_ONCE):
        batch = items[start : start + _AT_ONCE]
        groups = AnswerGroup.objects.bulk_create(
            AnswerGroup(process=process, due_on=due_on, made_at=now) for _ in batch
        )
        OwedAnswer.objects.bulk_create(
            OwedAnswer(item=item, group=group, due_on=due_on, owed_at=now)
            for item, group in zip(batch, groups, strict=True)
        )
    if items:
        data = {"count": len(items), "process": process.pk}
        record.emit(name="answers.owed", actor=record.system_actor(), item=activity.item, data=data, now=now)
    return len(items)


@transaction.atomic
def join_groups(*, groups: Collection[AnswerGroup], title: str, by: Actor, now: datetime) -> AnswerGroup:
    """Make one group of several, under a title, and return it; the one that has a draft keeps it. Raises HasAnswer."""
    locked = list(AnswerGroup.objects.select_for_update().filter(pk__in=[one.pk for one in groups]).order_by("pk"))
    drafts = list(Answer.objects.filter(group__in=locked))
    if len(drafts) > 1 or any(draft.is_signed for draft in drafts):
        raise HasAnswer
    kept = next((group for group in locked if drafts and group.pk == drafts[0].group_id), locked[0])
    emptied = [group.pk for group in locked if group.pk != kept.pk]
    OwedAnswer.objects.filter(group__in=emptied).update(group=kept)
    AnswerGroup.objects.filter(pk__in=emptied).delete()
    kept.title, kept.due_on = title, min(group.due_on for group in locked)
    kept.save(update_fields=["title", "due_on"])
    data = {"group": kept.pk, "joined": len(locked)}
    record.emit(name="answers.grouped", actor=by, item=kept.process.item, data=data, now=now)
    return kept


@transaction.atomic
def take_out(*, owed: OwedAnswer, by: Actor, now: datetime) -> AnswerGroup:
    """Give an item a group of its own again, and return it. Raises AlreadySigned.

    The last item of a group stays where it is: that is a group of its own.
    """
    group = AnswerGroup.objects.select_for_update().select_related("process__item").get(pk=owed.group_id)
    if Answer.objects.filter(group=group, signed_at__isnull=False).exists():
        raise AlreadySigned
    if group.owed.count() == 1:
        return group
    own = AnswerGroup.objects.create(process=group.process, due_on=owed.due_on, made_at=now)
    OwedAnswer.objects.filter(pk=owed.pk).update(group=own)
    record.emit(name="answers.ungrouped", actor=by, item=group.process.item, data={"group": own.pk}, now=now)
    return own


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of an answer.

    headline     the decision in one line, the first that people read; empty: said by the decision itself
    reason       why; needed for a no, a merger and what is not ours to decide
    what_next    what happens now, by whom and when
    """

    decision: Answer.Decision
    what_next: str
    headline: str = ""
    reason: str = ""


@transaction.atomic
def write_answer(*, group: AnswerGroup, draft: Draft, by: Actor, now: datetime) -> Answer:
    """Write the answer of a group, or write it anew. Raises AlreadySigned.

    A refusal or merger without a reason is refused by the database.
    """
    AnswerGroup.objects.select_for_update().get(pk=group.pk)
    process = group.process
    answer = Answer.objects.select_related("item").filter(group=group).first()
    if answer is not None and answer.is_signed:
        raise AlreadySigned
    title = draft.headline or group.title or _plain_title(draft)
    words = {
        "decision": draft.decision,
        "headline": draft.headline,
        "reason": draft.reason,
        "what_next": draft.what_next,
        "changed_at": now,
    }
    if answer is None:
        item = record.make_item(kind="answer", title=title, author=by, within=process.item, now=now)
        answer = Answer.objects.create(item=item, group=group, **words)
        record.emit(name="answers.drafted", actor=by, item=item, data={"group": group.pk}, now=now)
        return answer
    Item.objects.filter(pk=answer.pk).update(title=record.shorten_title(title))
    Answer.objects.filter(pk=answer.pk).update(**words)
    record.emit(name="answers.rewritten", actor=by, item=answer.item, data={"group": group.pk}, now=now)
    return Answer.objects.select_related("item", "group").get(pk=answer.pk)


def _plain_title(draft: Draft) -> str:
    """Name an answer by its decision: never by the words of the one it answers, which are theirs to take back."""
    with override("en"):
        return str(draft.decision.label)


@transaction.atomic
def sign(*, answer: Answer, by: Person, now: datetime) -> Answer:
    """Sign an answer by name. Raises AlreadySigned."""
    unsigned = Answer.objects.filter(pk=answer.pk, signed_at=None)
    if not unsigned.update(signed_by=by, signed_as=by.title, signed_at=now):
        raise AlreadySigned
    items_count = OwedAnswer.objects.filter(group=answer.group_id).count()
    data = {"group": answer.group_id, "items": items_count}
    record.emit(name="answers.signed", actor=by.actor, item=answer.item, data=data, now=now)
    return Answer.objects.select_related("item", "group", "signed_by").get(pk=answer.pk)


@transaction.atomic
def write_and_sign(*, group: AnswerGroup, draft: Draft, by: Person, now: datetime) -> Answer:
    """Write the last word of an answer and sign it by name. Raises AlreadySigned."""
    answer = write_answer(group=group, draft=draft, by=by.actor, now=now)
    return sign(answer=answer, by=by, now=now)


@transaction.atomic
def take_back_signature(*, answer: Answer, by: Actor, now: datetime) -> None:
    """Take a signature back so that the words can be changed, as long as nobody has read them. Raises NotSigned."""
    signed = Answer.objects.filter(pk=answer.pk, signed_at__isnull=False, publication=None)
    if not signed.update(signed_by=None, signed_as="", signed_at=None):
        raise NotSigned
    record.emit(name="answers.signature_taken_back", actor=by, item=answer.item, data={}, now=now)


@transaction.atomic
def publish(*, process: Process, by: Actor, now: datetime) -> Publication:
    """Publish all signed answers of a process together; the worker tells those behind them. Raises NothingToPublish."""
    Process.objects.select_for_update().get(pk=process.pk)
    waiting = list(queries.answers_to_publish(process).select_related("item"))
    if not waiting:
        raise NothingToPublish
    publication = Publication.objects.create(process=process, published_by=by, published_at=now)
    Answer.objects.filter(pk__in=[answer.pk for answer in waiting]).update(publication=publication)
    by_group = {answer.group_id: answer for answer in waiting}
    # A group is answered once, and an item is in one group: none of these was said before.
    answered = OwedAnswer.objects.filter(group__in=by_group).select_related("item").order_by("pk")
    arrows = [(by_group[owed.group_id].item, owed.item) for owed in answered]
    record.link_new(arrows=arrows, relation=Link.Relation.ANSWERS, by=by, now=now)
    data = {"publication": publication.pk, "answers": len(waiting)}
    record.emit(name="answers.published", actor=by, item=process.item, data=data, now=now)
    return publication
