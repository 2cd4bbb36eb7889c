"""What everybody reads: an answer, the answers of a process, its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from allting.answers import queries, rules, waiting, wording
from allting.answers.models import Answer, AnswerGroup
from allting.answers.views.parts import stand_in
from allting.processes import activity_kinds, telling
from allting.processes import queries as processes
from allting.processes import rules as process_rules
from allting.processes.activity_kinds import Count
from allting.processes.models import Process
from allting.record import kinds
from allting.record.kinds import Card
from allting.record.viewers import Request, Viewer
from allting.web.paging import page_of

# The story shows so many answers; the page of answers has them all.
_IN_THE_STORY = 8


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a page shows it: its first line, what it answers as far as the viewer may see, and who signed."""

    answer: Answer
    headline: str
    spoken: list[Card]
    signature: tuple[str, str] | None


def _told(answers: list[Answer], viewer: Viewer) -> list[Told]:
    spoken = queries.cards_in([one.group for one in answers], viewer=viewer)
    return [Told(one, wording.headline_of(one), spoken.of(one.group), wording.signature_of(one)) for one in answers]


@dataclass(frozen=True, slots=True)
class Late:
    title: str
    due_on: date


def _late(groups: list[AnswerGroup], viewer: Viewer) -> Iterator[Late]:
    spoken = queries.cards_in(groups, viewer=viewer)
    for group in groups:
        words = [card.words for card in spoken.of(group)]
        yield Late(title=waiting.title_of(group, words), due_on=group.due_on)


@require_safe
def answer(request: Request, answer_id: int) -> HttpResponse:
    """Show one answer: what is decided, why, what happens next, who signed, and what it answers."""
    found = queries.get_answer_for(request.viewer, answer_id, now=timezone.now())
    stand_in(request, found.group.process)
    page = page_of(request, queries.owed_items(found.group))
    cards = kinds.cards_for(page.rows, viewer=request.viewer)
    spoken = [cards[item.pk] for item in page.rows if item.pk in cards]
    context = {
        "process": found.group.process,
        "page": page,
        "told": Told(found, wording.headline_of(found), spoken, wording.signature_of(found)),
        "may_prepare": bool(rules.may_prepare(request.viewer, found.group.process)),
    }
    return render(request, "answers/answer.html", context)


@require_safe
def answers(request: Request, process_id: int) -> HttpResponse:
    """Show all answers of a process, how many came in time, and what is late."""
    now = timezone.now()
    process = processes.get_process_for(request.viewer, process_id, to="look", now=now)
    stand_in(request, process)
    today = process_rules.local_day(now)
    page = page_of(request, queries.published_answers(process))
    late_page = page_of(request, queries.publicly_late_groups(process, today=today), name="late")
    context = {
        "process": process,
        "page": page,
        "told": _told(page.rows, request.viewer),
        "tally": queries.tally_of(process),
        "late_page": late_page,
        "late": list(_late(late_page.rows, request.viewer)),
        "punctuality": queries.punctuality_of([process.pk], today=today),
        "timetable": process_rules.timetable_of(process),
        "has_closed": process.state == Process.State.CLOSED,
        "may_prepare": bool(rules.may_prepare(request.viewer, process)),
    }
    return render(request, "answers/answers.html", context)


@require_safe
def story(request: Request, process_id: int) -> HttpResponse:
    """Tell what was asked, who took part, what unites and what became of it: without login, on screen and paper."""
    now = timezone.now()
    process = processes.get_process_for(request.viewer, process_id, to="look", now=now)
    stand_in(request, process)
    today = process_rules.local_day(now)
    counts_by_activity = [
        activity_kinds.registered()[activity.kind].counts(activity.item_id)
        for activity in process_rules.activities_of(process)
    ]
    counts = [count for found in counts_by_activity for count in found]
    chapters = _drawn_chapters(process, request)
    tally = queries.tally_of(process)
    context = {
        "process": process,
        "timetable": process_rules.timetable_of(process),
        "rights": [right for phase in process.phases.all() if (right := process_rules.right_of(phase))],
        "has_closed": process.state == Process.State.CLOSED,
        "people": _people_in(counts_by_activity),
        "counts": [count for count in counts if count.figure is not None],
        "is_too_few": not counts or any(count.figure is None for count in counts),
        "chapters": chapters,
        "is_chosen_here": "CHOSEN" in chapters,
        "tally": tally,
        "decisions": [(label, tally.by_decision.get(name, 0)) for name, label in Answer.Decision.choices],
        "told": _told(list(queries.published_answers(process)[:_IN_THE_STORY]), request.viewer),
        "late_count": queries.publicly_late_groups(process, today=today).count(),
        "punctuality": queries.punctuality_of([process.pk], today=today),
        "address": settings.PUBLIC_URL + request.path,
        "extensions": processes.extensions_of(process),
    }
    return render(request, "answers/story.html", context)


def _people_in(counts_by_activity: Iterable[Sequence[Count]]) -> Count | None:
    """Return how many took part in the first activity in which enough did to say so: its first figure."""
    return next((found[0] for found in counts_by_activity if found and found[0].figure), None)


def _drawn_chapters(process: Process, request: Request) -> dict[str, list[str]]:
    """Draw what the rooms say, by the name of its place in the story."""
    chapters = telling.chapters_of(process, viewer=request.viewer)
    return {
        place.name: [render_to_string(one.template, dict(one.context), request) for one in found]
        for place, found in chapters.items()
    }
