"""What waits for whom, and what somebody has in it themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allting.answers import queries, rules, wording
from allting.answers import waiting as things
from allting.answers.models import Answer
from allting.processes import participation
from allting.processes import rules as processes
from allting.record import kinds
from allting.record.models import Item
from allting.record.viewers import Request, Viewer
from allting.web.paging import page_of

_NOON, _EVENING = 11, 18


@require_safe
@never_cache
def waiting(request: Request) -> HttpResponse:
    """Show what waits for the viewer, in all rooms; for whom nothing does, it is their own part."""
    viewer = request.viewer
    now = timezone.now()
    sections = things.sections_for(viewer, now=now)
    if not sections and not queries.may_prepare_something(viewer):
        return redirect("answers:mine")
    prepared = queries.processes_prepared_by(viewer)
    count = things.count_things(sections)
    today = processes.local_day(now)
    context = {
        "now": now,
        "greeting": _greeting(viewer, now),
        "sections": sections,
        "things_count": count,
        "minutes": rules.minutes_for(count) if count <= rules.MOST_IN_A_SITTING else None,
        "is_something_late": any(thing.late for section in sections for thing in section.things),
        "punctuality": queries.punctuality_of([process.pk for process in prepared], today=today),
        "processes": prepared,
    }
    return render(request, "answers/waiting.html", context)


def _greeting(viewer: Viewer, now: datetime) -> str:
    name = viewer.person.name.split()[0] if viewer.person and viewer.person.name else ""
    hour = timezone.localtime(now).hour
    if not name:
        return ""
    if hour < _NOON:
        return _("Good morning, %(name)s.") % {"name": name}
    if hour < _EVENING:
        return _("Hello, %(name)s.") % {"name": name}
    return _("Good evening, %(name)s.") % {"name": name}


@dataclass(frozen=True, slots=True)
class Own:
    """Something of the viewer's, and what came of it or until when they are owed that."""

    card: kinds.Card
    answer: Answer | None
    headline: str
    due_on: date | None
    is_late: bool


@require_safe
@never_cache
def mine(request: Request) -> HttpResponse:
    """Show what the viewer wrote and agreed with, and what came of it: for an account, or for this device."""
    actor = request.viewer.actor
    if actor is None:
        return render(request, "answers/mine.html", {"is_empty": True})
    today = processes.local_day(timezone.now())
    wrote = page_of(request, queries.own_items(actor))
    agreed = page_of(request, queries.answered_among(queries.supported_ids(actor)), name="agreed")
    context: dict[str, Any] = {
        "wrote_page": wrote,
        "wrote": _own(wrote.rows, viewer=request.viewer, today=today),
        "agreed_page": agreed,
        "agreed": _own(agreed.rows, viewer=request.viewer, today=today),
        "about_you": (about_you := participation.said_by(actor)),
        "is_empty": not wrote.row_count and not agreed.row_count and not about_you,
        "answers_count": queries.answered_among(set(queries.own_items(actor).values_list("pk", flat=True))).count(),
    }
    return render(request, "answers/mine.html", context)


def _own(items: Collection[Item], *, viewer: Viewer, today: date) -> list[Own]:
    ids = [item.pk for item in items]
    cards = kinds.cards_for(items, viewer=viewer)
    answers, due = queries.answers_by_item(ids), queries.due_by_item(ids)
    return [_one(cards[pk], answers.get(pk), due.get(pk), today) for pk in ids if pk in cards]


def _one(card: kinds.Card, answer: Answer | None, due_on: date | None, today: date) -> Own:
    return Own(
        card=card,
        answer=answer,
        headline=wording.headline_of(answer) if answer else "",
        due_on=due_on,
        is_late=answer is None and due_on is not None and rules.is_late(due_on=due_on, today=today),
    )
