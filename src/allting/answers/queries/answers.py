"""Answers, and what of one's own has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import QuerySet

from allting.answers import rules
from allting.answers.models import Answer, OwedAnswer
from allting.people import queries as people
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record import kinds
from allting.record.errors import NotFound
from allting.record.models import Actor, Item
from allting.record.viewers import Viewer


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
