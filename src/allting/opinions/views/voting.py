"""Answering: one statement at a time, stop whenever you like, see and change your own answers."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from allting.opinions import actions, limits, networks, queries, results, rules
from allting.opinions.forms import VoteForm, word_of
from allting.opinions.models import View, Vote
from allting.opinions.views.entering import about, enter_conversation, enter_statement
from allting.people import devices, parts, qr
from allting.processes import participation
from allting.processes import rules as processes
from allting.processes.models import Process
from allting.record.models import Actor
from allting.record.viewers import Request
from allting.web import htmx, paging

# Unpredictable on purpose: nobody can arrange to be shown a certain statement.
_LOT = random.SystemRandom()


@require_safe
def conversation(request: Request, conversation_id: int) -> HttpResponse:
    """Show the question with a first statement, or the statement that is this person's turn."""
    standing = enter_conversation(request, conversation_id, now=timezone.now())
    answered_id = request.GET.get("answered", "")
    done = None
    if answered_id.isdecimal() and len(answered_id) < 19:
        done = queries.get_vote(statement_id=int(answered_id), actor=request.viewer.actor)
    context = _turn(standing, done=done, is_undone=request.GET.get("undone") == "1") | _with_dates(standing)
    return render(request, "opinions/conversation.html", context)


@require_POST
def vote(request: Request, statement_id: int) -> HttpResponse:
    """Take one answer and put the next statement there."""
    now = timezone.now()
    found = enter_statement(request, statement_id, to="vote", now=now)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _say_wrong_answer(request, found, form)
    network_tag = networks.tag_of(request.META.get("REMOTE_ADDR", ""), on=timezone.localdate(now))
    actor = _actor_within_limits(request, network_tag=network_tag, now=now)
    choice = actions.answer_and_go_on(
        statement=found.statement,
        actor=actor,
        value=form.cleaned_data["answer"],
        why=form.cleaned_data["why"],
        network_tag=network_tag,
        lot=_LOT,
        now=now,
    )
    return _after_vote(request, found, choice, actor=actor, form=form)


def _actor_within_limits(request: Request, *, network_tag: str, now: datetime) -> Actor:
    if request.viewer.actor is None:
        limits.check_new_device(network_tag=network_tag, now=now)
    actor = devices.actor_for_acting(request, now)
    limits.check_answer(actor=actor, now=now)
    return actor


def _after_vote(
    request: Request,
    found: queries.StatementStanding,
    choice: queries.Choice | None,
    *,
    actor: Actor,
    form: VoteForm,
) -> HttpResponse:
    statement = found.statement
    done = Vote(statement=statement, actor=actor, value=form.cleaned_data["answer"])
    if form.cleaned_data["back"] == "mine":
        row = {"vote": done, "said": _say_what_was_answered(done.value)}
        url = f"{reverse('opinions:mine', args=[statement.conversation_id])}#statement-{statement.pk}"
        return htmx.part_or_redirect(request, "opinions/mine.html#vote_row", row, to=url)
    url = f"{reverse('opinions:conversation', args=[statement.conversation_id])}?answered={statement.pk}"
    if not htmx.wants_part(request):
        return redirect(url)
    context = _turn(found.there, actor=actor, choice=choice, is_chosen=True, done=done) | {"is_part": True}
    return render(request, "opinions/conversation.html#next_statement", context)


def _say_wrong_answer(request: Request, found: queries.StatementStanding, form: VoteForm) -> HttpResponse:
    choice = queries.Choice(statement=found.statement, why=View.Why.CHOSEN)
    said = {"form": form, "is_part": htmx.wants_part(request)}
    context = _turn(found.there, choice=choice, is_chosen=True) | _with_dates(found.there) | said
    return htmx.part_or_page(request, "opinions/conversation.html#next_statement", context, status=422)


@require_POST
def undo(request: Request, conversation_id: int) -> HttpResponse:
    """Take the last answer back; its statement is there again."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="take_part", now=now)
    actor = devices.actor_for_acting(request, now)
    actions.undo_vote(conversation=standing.conversation, actor=actor, now=now)
    url = f"{reverse('opinions:conversation', args=[conversation_id])}?undone=1"
    if not htmx.wants_part(request):
        return redirect(url)
    context = _turn(standing, actor=actor, is_undone=True) | {"is_part": True}
    return render(request, "opinions/conversation.html#next_statement", context)


@require_safe
def enough(request: Request, conversation_id: int) -> HttpResponse:
    """Thank, and offer what one may want now: to hear what comes of it, to pass it on, to say it oneself."""
    standing = enter_conversation(request, conversation_id, now=timezone.now())
    progress = queries.get_progress(conversation_id=conversation_id, actor=request.viewer.actor)
    url = settings.PUBLIC_URL + reverse("opinions:conversation", args=[conversation_id])
    # Who has answered nothing has no place to look for, and is not shown how others answered.
    whole = (
        results.read_results(conversation=standing.conversation, actor=request.viewer.actor)
        if progress.answered_count
        else None
    )
    here = reverse("opinions:enough", args=[conversation_id])
    can_pass_on = standing.process is not None and standing.process.open_to != Process.OpenTo.INVITED
    comparing = queries.get_comparing(conversation_id=conversation_id)
    context = about(standing) | {
        "is_compared": comparing is not None
        and bool(rules.may_compare(comparing, may_take_part=standing.may_take_part)),
        "progress": progress,
        "words_to_the_map": _say_way_to_the_map(progress),
        "map": whole.drawing if whole and not whole.is_too_early else None,
        "is_placed": bool(whole and whole.place),
        "has_more": bool(queries.get_standing_choice(conversation_id=conversation_id, actor=request.viewer.actor)),
        "pass_on_url": url if can_pass_on and standing.may_take_part else "",
        "pass_on_code": mark_safe(qr.draw(url)) if can_pass_on else "",  # our own drawing
        "follow": parts.follow(request.viewer, conversation_id),
        "item": standing.conversation.item,
        "about_you": participation.about_you(standing.process, request.viewer.actor, back_to=here)
        if standing.process and progress.answered_count
        else None,
    }
    return render(request, "opinions/enough.html", context)


@require_safe
def mine(request: Request, conversation_id: int) -> HttpResponse:
    """Show somebody their own statements and answers, to change while it is open."""
    standing = enter_conversation(request, conversation_id, now=timezone.now())
    actor = request.viewer.actor
    context = about(standing) | {
        "statements": queries.list_statements_by(conversation_id=conversation_id, actor=actor),
        "page": paging.page_of(request, queries.votes_by(conversation_id=conversation_id, actor=actor)),
    }
    return render(request, "opinions/mine.html", context)


def _with_dates(standing: queries.Standing) -> dict[str, Any]:
    """What a page shows that says until when, and when answers are due."""
    process = standing.process
    return about(standing) | {"answers_on": processes.timetable_of(process).answers_on if process else None}


def _turn(
    standing: queries.Standing,
    *,
    actor: Actor | None = None,
    choice: queries.Choice | None = None,
    is_chosen: bool = False,
    done: Vote | None = None,
    is_undone: bool = False,
) -> dict[str, Any]:
    """What the page of one statement shows: whose turn, how far, what was said last.

    is_chosen   the caller chose already, and `choice` None means that everything is answered
    """
    conversation_id = standing.conversation.pk
    actor = actor or standing.viewer.actor
    if not is_chosen and standing.may_take_part:
        choice = queries.get_standing_choice(conversation_id=conversation_id, actor=actor)
    progress = queries.get_progress(conversation_id=conversation_id, actor=actor)
    here = reverse("opinions:conversation", args=[conversation_id])
    return about(standing) | {
        "about_you": participation.asked_now(
            standing.process, actor, answers_count=progress.answered_count, back_to=here
        ),
        "choice": choice,
        "is_own": bool(choice and rules.is_author(choice.statement, actor)),
        "progress": progress,
        "minutes": rules.minutes_for(progress.goal),
        "done": done,
        "said": _say_what_was_answered(done.value) if done else "",
        "words_to_the_map": _say_way_to_the_map(progress),
        "is_undone": is_undone,
        "is_first": progress.answered_count == 0 and not is_undone,
    }


def _say_what_was_answered(value: int) -> str:
    return {
        "agree": _("You agreed."),
        "disagree": _("You disagreed."),
        "pass": _("You passed."),
    }[word_of(value)]


def _say_way_to_the_map(progress: queries.Progress) -> str:
    """Say how many more answers place somebody on the map."""
    if progress.left == 0:
        return _("You are on the map the next time it is drawn.")
    words = ngettext("%(count)s more and you are on the map.", "%(count)s more and you are on the map.", progress.left)
    return words % {"count": _count_in_words(progress.left)}


def _count_in_words(count: int) -> str:
    """Write small counts as a person would say them at the start of a sentence."""
    words = {
        1: _("One"),
        2: _("Two"),
        3: _("Three"),
        4: _("Four"),
        5: _("Five"),
        6: _("Six"),
        7: _("Seven"),
        8: _("Eight"),
        9: _("Nine"),
        10: _("Ten"),
        11: _("Eleven"),
        12: _("Twelve"),
        13: _("Thirteen"),
        14: _("Fourteen"),
        15: _("Fifteen"),
    }
    return words.get(count, str(count))
