"""Before mails go out: how many, to whom, and how they read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allting.answers import actions, queries, rules, telling, wording
from allting.answers.models import Answer, OwedAnswer
from allting.answers.telling import Contribution
from allting.answers.views.parts import stand_in
from allting.people import post
from allting.people.letters import Letter
from allting.processes.models import Process
from allting.record.viewers import Request


@dataclass(frozen=True, slots=True)
class Preview:
    """How one mail reads, in one language, to one kind of reader."""

    language: str
    language_name: str
    to_author: bool
    letter: Letter


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def publish(request: Request, process_id: int) -> HttpResponse:
    """Show what goes to how many and how it reads; then let it go."""
    now = timezone.now()
    process = queries.get_process_for(request.viewer, process_id, to="prepare", now=now)
    stand_in(request, process)
    if request.method != "POST":
        return _publish_page(request, process)
    actions.publish(process=process, by=request.viewer.acting, now=now)
    messages.success(request, _("Published. Everybody behind these answers is told now, each once."))
    return redirect("answers:answers", process.pk)


def _publish_page(request: Request, process: Process) -> HttpResponse:
    answers = list(queries.answers_to_publish(process))
    alike = queries.count_same_text(process)
    contributions = telling.contributions_to(answers, process_id=process.pk)
    item_ids = OwedAnswer.objects.filter(group__in=[one.group_id for one in answers]).values_list("pk", flat=True)
    mails_count = len(telling.readers_of(process, contributions))
    context = {
        "process": process,
        "answers": [
            {
                "answer": one,
                "headline": wording.headline_of(one),
                "signature": wording.signature_of(one),
                "same_text_count": alike[one.pk] if alike[one.pk] > rules.SAME_TEXT_AT_MOST else 0,
            }
            for one in answers
        ],
        "heard": queries.count_heard(item_ids),
        "mails_count": mails_count if mails_count >= rules.FEWEST_PEOPLE else None,
        "has_mails": mails_count > 0,
        "is_mail_set_up": post.is_mail_set_up(),
        "previews": _previews(process, answers),
    }
    return render(request, "answers/publish.html", context)


def _previews(process: Process, answers: Collection[Answer]) -> list[Preview]:
    """Write the letter about the first answer in each language: to its author, and to somebody who agreed."""
    owed = OwedAnswer.objects.filter(group__in=[one.group_id for one in answers]).select_related("item").order_by("pk")
    first = owed.first()
    if first is None:
        return []
    answer = next(one for one in answers if one.group_id == first.group_id)
    words = telling.words_of([first.item], process_id=process.pk).get(first.pk, "")
    previews = []
    for code, name in settings.LANGUAGES:
        for is_author in (True, False):
            with translation.override(code):
                letter = telling.letter_for([Contribution(first.item, words, answer, is_author)], left=None)
            previews.append(Preview(code, name, is_author, letter))
    return previews
