"""Grouping, writing and signing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from allting.answers import actions, forms, queries, rules, waiting, wording
from allting.answers.models import AnswerGroup
from allting.answers.views.parts import person_of, stand_in
from allting.processes.models import Process
from allting.record import kinds
from allting.record.errors import Refused
from allting.record.rules import No
from allting.record.viewers import Request
from allting.web.paging import page_of

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@never_cache
def prepare(request: Request, process_id: int) -> HttpResponse:
    """List what is owed, and put together what gets one answer."""
    process = queries.get_process_for(request.viewer, process_id, to="prepare", now=timezone.now())
    stand_in(request, process)
    known = list(queries.unanswered_groups(process).values_list("pk", flat=True))
    if request.method != "POST":
        return _prepare_page(request, process, forms.Joining(known=known))
    form = forms.Joining(request.POST, known=known)
    if not form.is_valid():
        return _prepare_page(request, process, form, status=422)
    chosen = list(AnswerGroup.objects.filter(process=process, pk__in=form.cleaned_data["groups"]))
    title = form.cleaned_data["title"]
    group = actions.join_groups(groups=chosen, title=title, by=request.viewer.acting, now=timezone.now())
    return redirect("answers:write", group.pk)


def _prepare_page(request: Request, process: Process, form: forms.Joining, *, status: int = 200) -> HttpResponse:
    page = page_of(request, queries.unanswered_groups(process))
    spoken = queries.cards_in(page.rows, viewer=request.viewer)
    chosen = set(request.POST.getlist("groups"))
    rows = [
        {
            "group": group,
            "title": waiting.title_of(group, [card.words for card in spoken.of(group)]),
            "has_draft": queries.answer_in(group) is not None,
            "is_chosen": str(group.pk) in chosen,
        }
        for group in page.rows
    ]
    context = {
        "process": process,
        "page": page,
        "rows": rows,
        "form": form,
        "suggestions": queries.suggestions_for(process, viewer=request.viewer) if page.number == 1 else [],
        "tally": queries.tally_of(process),
        "to_publish_count": queries.answers_to_publish(process).count(),
    }
    return render(request, "answers/prepare.html", context, status=status)


@PAGE
@never_cache
def write(request: Request, group_id: int) -> HttpResponse:
    """Read what was said, write what is done about it, and sign."""
    now = timezone.now()
    group = queries.get_group_for(request.viewer, group_id, to="prepare", now=now)
    stand_in(request, group.process)
    answer = queries.answer_in(group)
    if request.method != "POST":
        return _write_page(request, group, forms.AnswerWords(initial=forms.words_of(answer)))
    may = rules.may_change(request.viewer, group.process, answer)
    if isinstance(may, No):
        raise Refused(may)
    is_signing = "sign" in request.POST
    may_sign = queries.may_sign(request.viewer, group.process)
    if is_signing and isinstance(may_sign, No):
        raise Refused(may_sign)
    form = forms.AnswerWords(request.POST)
    if not form.is_valid():
        return _write_page(request, group, form, status=422)
    if is_signing:
        actions.write_and_sign(group=group, draft=form.draft(), by=person_of(request), now=now)
        messages.success(request, _("Signed. It goes out when it is published."))
        return redirect("answers:waiting")
    actions.write_answer(group=group, draft=form.draft(), by=request.viewer.acting, now=now)
    messages.success(request, _("Saved as a draft. Nobody outside sees it."))
    return redirect("answers:write", group.pk)


def _write_page(request: Request, group: AnswerGroup, form: forms.AnswerWords, *, status: int = 200) -> HttpResponse:
    process = group.process
    page = page_of(request, queries.owed_items(group))
    cards = kinds.cards_for(page.rows, viewer=request.viewer)
    spoken = [cards[item.pk] for item in page.rows if item.pk in cards]
    answer = queries.answer_in(group)
    same_text_count = queries.count_same_text(process)[answer.pk] if answer else 0
    context = {
        "process": process,
        "group": group,
        "title": waiting.title_of(group, [card.words for card in spoken]),
        "page": page,
        "spoken": spoken,
        "heard": queries.count_heard_in([group])[group.pk],
        "answer": answer,
        "headline": wording.headline_of(answer) if answer else "",
        "signature": wording.signature_of(answer) if answer else None,
        "form": form,
        "may_sign": queries.may_sign(request.viewer, process),
        "signs_as": request.viewer.person,
        "same_text_count": same_text_count if same_text_count > rules.SAME_TEXT_AT_MOST else 0,
    }
    return render(request, "answers/write.html", context, status=status)


@require_POST
def take_out(request: Request, group_id: int, item_id: int) -> HttpResponse:
    """Give one item an answer of its own again."""
    now = timezone.now()
    group = queries.get_group_for(request.viewer, group_id, to="prepare", now=now)
    owed = queries.get_owed(group=group, item_id=item_id)
    actions.take_out(owed=owed, by=request.viewer.acting, now=now)
    messages.success(request, _("It gets an answer of its own."))
    return redirect("answers:write", group.pk)


@require_POST
def take_back(request: Request, answer_id: int) -> HttpResponse:
    """Take a signature back before anybody has read the answer."""
    now = timezone.now()
    answer = queries.get_answer_for(request.viewer, answer_id, now=now)
    group = queries.get_group_for(request.viewer, answer.group_id, to="sign", now=now)
    actions.take_back_signature(answer=answer, by=request.viewer.acting, now=now)
    messages.success(request, _("The signature is taken back. You can change the words."))
    return redirect("answers:write", group.pk)
