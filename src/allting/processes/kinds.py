"""What other rooms may know of a process: the kind "process"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.processes import participation, queries, rules
from allting.processes.models import DecisionRight, Process
from allting.record.actions import BLANK_TITLE
from allting.record.kinds import Behind, Card, Deed, Kind, Words
from allting.record.models import Actor
from allting.record.rules import Answer, No
from allting.record.viewers import Viewer
from allting.web.numbers import day


def cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    """Return the question of each process that the viewer may read, and until when it is open."""
    visible = queries.processes_visible_to(viewer).filter(pk__in=ids)
    return {process.pk: card_of(process) for process in visible}


def card_of(process: Process) -> Card:
    return Card(
        item_id=process.pk,
        kind_title=PROCESS.title,
        words=process.item.title,
        evidence=_when(process),
        address=reverse("processes:process", args=[process.pk]),
    )


def _when(process: Process) -> str:
    if process.is_rehearsing:
        return _("Rehearsal, will be wiped")
    timetable = rules.timetable_of(process)
    match process.state:
        case Process.State.ANNOUNCED:
            return _("Opens on %(day)s") % {"day": day(timetable.opens_at)}
        case Process.State.RUNNING:
            return _("Open until %(day)s") % {"day": day(rules.timetable_now(process).closes_at)}
        case Process.State.CLOSED:
            return _("Closed on %(day)s") % {"day": day(timetable.closes_at)}
    return _("Draft, not visible to others")


def may(ids: Collection[int], viewer: Viewer, to: Deed) -> Mapping[int, Answer]:
    """Ask the rules about each process. Comments on processes come with the room of discussion."""
    readable = {process.pk: process for process in queries.processes_visible_to(viewer).filter(pk__in=ids)}
    return {pk: _answer(viewer, readable.get(pk), to) for pk in ids}


def _answer(viewer: Viewer, process: Process | None, to: Deed) -> Answer:
    if process is None:
        return No(_("It may have been moved, or it is not open to you."))
    match to:
        case "see":
            return rules.may_look(viewer, process, entered=True)
        case "moderate":
            return rules.may_facilitate(viewer, process)
        case "comment":
            return No(_("Processes take no comments. Answer or add a statement instead."))


def people_behind(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who started each process. Nobody supports a question; they answer it."""
    return {
        process.pk: Behind(authors=frozenset({process.item.author_id}))
        for process in Process.objects.filter(pk__in=ids).select_related("item")
    }


def forget(*, actor: Actor, words: Words, now: datetime) -> None:
    """Take the name of an erased sponsor off. The title that was announced stays: the promise is the office's.

    The question and what is decided belong to the organisation and stay, whatever `words` says.
    """
    sponsored = list(Process.objects.filter(sponsor__actor=actor).exclude(decider_name=""))
    for process in sponsored:
        rights = DecisionRight.objects.filter(phase__process=process, who__contains=process.decider_name)
        for right in rights:
            right.who = right.who.replace(process.decider_name, "").strip(" ,") or BLANK_TITLE
            right.save(update_fields=["who"])
    Process.objects.filter(sponsor__actor=actor).update(sponsor=None, decider_name="", changed_at=now)
    participation.forget(actor=actor)


def hand_over(*, giver: Actor, taker: Actor, now: datetime) -> None:
    """Move what was said about oneself. A device starts no process, and authors are moved by `record`."""
    participation.hand_over(giver=giver, taker=taker)


def carry(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    """Return each process as plain data, dates as ISO strings."""
    return [_plain(process) for process in queries.processes_by_id(ids).values()]


def _plain(process: Process) -> Mapping[str, Any]:
    timetable = rules.timetable_of(process)
    return {
        "id": process.pk,
        "question": process.item.title,
        "template": process.template,
        "state": str(process.state),
        "open_to": str(process.open_to),
        "audience": process.audience,
        "decider_name": process.decider_name,
        "decider_title": process.decider_title,
        "up_for_decision": process.up_for_decision,
        "not_up_for_decision": process.not_up_for_decision,
        "answer_days": process.answer_days,
        "languages": list(process.languages),
        "opens_at": timetable.opens_at.isoformat() if timetable.opens_at else None,
        "closes_at": timetable.closes_at.isoformat() if timetable.closes_at else None,
        "announced_at": process.announced_at.isoformat() if process.announced_at else None,
        "closed_at": process.closed_at.isoformat() if process.closed_at else None,
    }


def own_part(actor: Actor) -> Mapping[str, Any]:
    """Return what an actor said about themselves: what they are to the organisation, and how satisfied."""
    said = participation.said_by(actor)
    if not said:
        return {}
    return {
        "about_oneself": [
            {
                "process": one.process_id,
                "relation": one.relation,
                "satisfaction": one.satisfaction,
                "said_at": one.said_at,
            }
            for one in said
        ]
    }


PROCESS = Kind(
    name="process",
    title=gettext_lazy("Process"),
    cards=cards,
    may=may,
    people_behind=people_behind,
    forget=forget,
    hand_over=hand_over,
    carry=carry,
    own_part=own_part,
    is_personal=False,
)
