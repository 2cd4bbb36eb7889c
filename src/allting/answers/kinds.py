"""What the rest of the house may ask about answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.answers import rules, telling, wording
from allting.answers.models import Answer
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.models import Process
from allting.record.kinds import Behind, Card, Deed, Kind, Words, hand_over_nothing
from allting.record.models import Actor
from allting.record.rules import YES, No
from allting.record.rules import Answer as YesOrNo
from allting.record.viewers import Viewer
from allting.web.numbers import day


def cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    """Return what people may read: what is published, and drafts for those who prepare them."""
    answers = _answers(ids)
    seen = _may(answers, viewer, "see")
    return {one.pk: _card(one) for one in answers if seen[one.pk]}


def _card(answer: Answer) -> Card:
    signature = wording.signature_of(answer)
    evidence = ""
    if signature and answer.signed_at:
        evidence = _("Signed by %(name)s on %(day)s") % {"name": signature[0], "day": day(answer.signed_at)}
    return Card(
        item_id=answer.pk,
        kind_title=gettext_lazy("Answer"),
        words=wording.headline_of(answer),
        evidence=evidence,
        address=reverse("answers:answer", args=[answer.pk]),
    )


def may(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, YesOrNo]:
    found = _may(_answers(ids), viewer, deed)
    return {pk: found.get(pk, No(_("There is no such answer."))) for pk in ids}


def _may(answers: Collection[Answer], viewer: Viewer, deed: Deed) -> dict[int, YesOrNo]:
    places = processes.processes_by_id({one.group.process_id for one in answers})
    entered = {pk: processes.has_entered(viewer, process) for pk, process in places.items()}
    return {
        one.pk: _answer(one, viewer, places[one.group.process_id], entered[one.group.process_id], deed)
        for one in answers
    }


def _answer(answer: Answer, viewer: Viewer, process: Process, entered: bool, deed: Deed) -> YesOrNo:
    match deed:
        case "moderate":
            return process_rules.may_facilitate(viewer, process)
        case "comment":
            return No(_("Answers take no comments yet."))
        case "see":
            if rules.may_prepare(viewer, process):
                return YES
            if not answer.is_published or answer.item.hidden_at is not None:
                return No(_("This answer is not published."))
            return process_rules.may_look(viewer, process, entered)


def people_behind(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who signed, or who began a draft. Who is behind what it answers is asked of those items."""
    return {
        one.pk: Behind(authors=frozenset({one.signed_by.actor_id if one.signed_by else one.item.author_id}))
        for one in _answers(ids)
    }


def forget(*, actor: Actor, words: Words, now: datetime) -> None:
    """Take the actor's words out of mails that wait. Answers stand: the signer's name goes with the person."""
    telling.pass_mails_on(actor)
    if words is Words.BLANKED:
        telling.write_anew_without(actor, now=now)


def carry(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    """Return each answer as plain data, with the ids of what it answers."""
    return [
        {
            "id": one.pk,
            "process": one.group.process_id,
            "group": one.group.title,
            "answers": list(one.group.owed.order_by("pk").values_list("pk", flat=True)),
            "decision": str(one.decision),
            "headline": one.headline,
            "reason": one.reason,
            "what_next": one.what_next,
            "signed_as": one.signed_as,
            "signed_at": one.signed_at.isoformat() if one.signed_at else None,
            "published_at": one.publication.published_at.isoformat() if one.publication else None,
        }
        for one in _answers(ids)
    ]


def _answers(ids: Collection[int]) -> list[Answer]:
    found = Answer.objects.filter(pk__in=list(ids)).select_related("item", "group", "signed_by", "publication")
    return list(found.order_by("pk"))


ANSWER = Kind(
    name="answer",
    title=gettext_lazy("Answer"),
    cards=cards,
    may=may,
    people_behind=people_behind,
    forget=forget,
    hand_over=hand_over_nothing,
    carry=carry,
    is_personal=False,
)
