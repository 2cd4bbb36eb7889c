"""A conversation inside a frame on another site: no cookie, no session, no person, only the ticket of the form.

Nothing here may use `request.viewer` before `_enter` has put the ticket's device there, and nothing may render the
site's own pages: those set cookies and refuse to be framed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from allting.opinions import actions, embedding, limits, networks, queries, results, rules
from allting.opinions.errors import AlreadySaid, EnoughStatements, NotSentFromHere
from allting.opinions.forms import LeaveForm, SayForm, VoteForm, word_of
from allting.opinions.models import View, Vote
from allting.opinions.views.entering import about
from allting.people import actions as people
from allting.people import tickets
from allting.people.errors import TicketRefused
from allting.processes import participation
from allting.processes import rules as processes
from allting.processes.forms import OwnRelation
from allting.record.errors import NotFound, Refused
from allting.record.kinds import Words
from allting.record.models import Actor
from allting.record.viewers import Request
from allting.web import framing, htmx
from allting.web.problems import Problem, Unclear, WrongWay

type FramedView = Callable[[Request, int], HttpResponse]

# Unpredictable on purpose: nobody can arrange to be shown a certain statement.
_LOT = random.SystemRandom()
_AN_HOUR_S = 3_600


# --- what every framed page does --------------------------------------------------------------------


def in_frame(*methods: str) -> Callable[[FramedView], FramedView]:
    """Answer in a frame of the named sites and of no others, problems too, in the language that was asked for.

    Without Django's proof against forged forms, which needs a cookie: there is no cookie here whose rights another
    site could borrow. What it could still do is make many browsers send votes; so whatever changes something must come
    from a page of ours.
    """

    def around(view: FramedView) -> FramedView:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def answer(request: Request, conversation_id: int) -> HttpResponse:
            _speak_as_asked(request)
            origins = embedding.origins_of(conversation_id)
            try:
                if not origins:
                    raise NotFound
                if request.method not in methods:
                    raise WrongWay
                if request.method == "POST" and not framing.is_sent_from_here(request):
                    raise NotSentFromHere
                response = view(request, conversation_id)
            except Problem as problem:
                response = _say(request, problem, conversation_id)
            except SuspiciousOperation:
                response = _say(request, Unclear(), conversation_id)
            framing.let_frame(response, origins)
            return response

        return answer

    return around


def _speak_as_asked(request: Request) -> None:
    """Use the language of the address; without one, what the browser asks for, as everywhere."""
    if language := _language_asked(request):
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _language_asked(request: Request) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def _say(request: Request, problem: Problem, conversation_id: int) -> HttpResponse:
    """Show a problem inside the frame; its next step opens outside, because no other page may be framed."""
    context = {
        "problem": problem,
        "conversation_id": conversation_id,
        "is_ticket_refused": isinstance(problem, TicketRefused),
        "is_there": not isinstance(problem, NotFound),
    }
    response = _draw(request, "opinions/embed_problem.html", context, part="notice", status=problem.status)
    if htmx.wants_part(request):
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML show:top"
    return response


def _draw(
    request: Request, template: str, context: dict[str, Any], *, part: str = "embedded", status: int = 200
) -> HttpResponse:
    kept = {"language": _language_asked(request), "look": "light" if request.GET.get("look") == "light" else ""}
    query = urlencode({name: value for name, value in kept.items() if value})
    whole = context | {
        "csrf_token": "",  # asking for it would make Django set its cookie
        "query": f"?{query}" if query else "",
        "stays_light": bool(kept["look"]),
    }
    name = f"{template}#{part}" if htmx.wants_part(request) else template
    return render(request, name, whole, status=status)


@dataclass(frozen=True, slots=True)
class _Guest:
    """Somebody in a frame: the ticket that their page hands on, and what they may do."""

    ticket: tickets.Ticket
    standing: queries.Standing

    @property
    def conversation_id(self) -> int:
        return self.ticket.item_id

    @property
    def actor(self) -> Actor | None:
        return self.standing.viewer.actor


def _enter(
    request: Request, conversation_id: int, *, to: Literal["look", "take_part"] = "look", now: datetime
) -> _Guest:
    """Find out whose ticket it is. Raises TicketRefused, NotFound, Refused."""
    if request.method == "POST":
        ticket = tickets.read(request.POST.get("ticket", ""), item_id=conversation_id)
    else:
        ticket = tickets.make(item_id=conversation_id)
    request.viewer = tickets.visitor_of(ticket)
    standing = queries.get_conversation_for(request.viewer, conversation_id, to=to, now=now)
    embedding.require_may_embed(standing.process)
    return _Guest(ticket=ticket, standing=standing)


def _actor_of(request: Request, guest: _Guest, now: datetime) -> tuple[Actor, str]:
    """Return who acts and the network's tag, within the limits of every device. Raises TooOften."""
    network_tag = networks.tag_of(request.META.get("REMOTE_ADDR", ""), on=timezone.localdate(now))
    if guest.actor is None:
        limits.check_new_device(network_tag=network_tag, now=now)
    return tickets.actor_for_acting(guest.ticket, visitor=request.viewer, now=now), network_tag


# --- taking part ------------------------------------------------------------------------------------


@in_frame("GET", "HEAD", "POST")
def embedded(request: Request, conversation_id: int) -> HttpResponse:
    """Show the question and a statement: to somebody new, or (by POST) to whoever holds the ticket."""
    guest = _enter(request, conversation_id, now=timezone.now())
    return _draw(request, "opinions/embed.html", _turn(guest) | {"is_fresh": request.method != "POST"})


@in_frame("POST")
def vote(request: Request, conversation_id: int) -> HttpResponse:
    """Take one answer and put the next statement there."""
    now = timezone.now()
    guest = _enter(request, conversation_id, to="take_part", now=now)
    statement_id = request.POST.get("statement", "")
    if not statement_id.isdecimal() or len(statement_id) > 18:
        raise NotFound
    found = queries.get_statement_for(request.viewer, int(statement_id), to="vote", now=now)
    if found.statement.conversation_id != conversation_id:
        raise NotFound
    form = VoteForm(request.POST)
    if not form.is_valid():
        again = queries.Choice(statement=found.statement, why=View.Why.CHOSEN)
        return _draw(request, "opinions/embed.html", _turn(guest, choice=again) | {"form": form}, status=422)
    actor, network_tag = _actor_of(request, guest, now)
    limits.check_answer(actor=actor, now=now)
    choice = actions.answer_and_go_on(
        statement=found.statement,
        actor=actor,
        value=form.cleaned_data["answer"],
        why=form.cleaned_data["why"],
        network_tag=network_tag,
        lot=_LOT,
        now=now,
    )
    context = _turn(guest, actor=actor, choice=choice) | {"said": _say_what_was_answered(form.cleaned_data["answer"])}
    return _draw(request, "opinions/embed.html", context)


@in_frame("POST")
def undo(request: Request, conversation_id: int) -> HttpResponse:
    """Take the last answer back; its statement is there again."""
    now = timezone.now()
    guest = _enter(request, conversation_id, to="take_part", now=now)
    actor, _tag = _actor_of(request, guest, now)
    actions.undo_vote(conversation=guest.standing.conversation, actor=actor, now=now)
    return _draw(request, "opinions/embed.html", _turn(guest, actor=actor) | {"is_undone": True})


@in_frame("POST")
def say(request: Request, conversation_id: int) -> HttpResponse:
    """Take a statement of one's own. Somebody reads it first, as from every device without account."""
    now = timezone.now()
    guest = _enter(request, conversation_id, to="take_part", now=now)
    form = SayForm(request.POST)
    if not form.is_valid():
        return _draw(request, "opinions/embed.html", _turn(guest) | {"say_form": form}, status=422)
    author, _tag = _actor_of(request, guest, now)
    try:
        actions.add_statement(
            conversation=guest.standing.conversation,
            author=author,
            text=form.cleaned_data["text"],
            state=rules.state_of_new_statement(is_member=guest.standing.is_member),
            language=translation.get_language() or "",
            now=now,
        )
    except AlreadySaid as refused:
        if not rules.is_author(refused.statement, author):
            form.add_error("text", str(refused))
            # What was said already is put there, to be answered.
            choice = queries.Choice(statement=refused.statement, why=View.Why.CHOSEN)
            context = _turn(guest, actor=author, choice=choice) | {"say_form": form}
            return _draw(request, "opinions/embed.html", context, status=refused.status)
        # Their own words once more: a page loaded again sends its form again, and they are there already.
    except EnoughStatements as refused:
        form.add_error("text", str(refused))
        context = _turn(guest, actor=author) | {"say_form": form}
        return _draw(request, "opinions/embed.html", context, status=refused.status)
    return _draw(request, "opinions/embed.html", _turn(guest, actor=author) | {"has_written": True})


@in_frame("POST")
def enough(request: Request, conversation_id: int) -> HttpResponse:
    """Thank, show the map, and let go of what this device knows where somebody wants that."""
    guest = _enter(request, conversation_id, now=timezone.now())
    return _draw(request, "opinions/embed_enough.html", _thanks(guest, LeaveForm()))


@in_frame("POST")
@sensitive_post_parameters()
def say_relation(request: Request, conversation_id: int) -> HttpResponse:
    """Keep what somebody in a frame is to the organisation, and show the page again from which it was said."""
    now = timezone.now()
    guest = _enter(request, conversation_id, now=now)
    process, actor = guest.standing.process, guest.actor
    # Who has no device has taken no part; with the ticket of one, what holds on every page holds here.
    if process is None or actor is None:
        raise NotFound
    has_part = participation.has_taken_part(process, actor)
    if not (answer := processes.may_say_about_oneself(request.viewer, process, has_part=has_part, entered=False)):
        raise Refused(answer)
    form = OwnRelation(request.POST)
    is_valid = form.is_valid()
    if is_valid:
        participation.say_relation(process=process, actor=actor, relation=form.cleaned_data["relation"], now=now)
    is_thanks = request.POST.get("asked_at") == "thanks"
    context = _thanks(guest, LeaveForm()) if is_thanks else _turn(guest)
    about_you = participation.about_you(process, actor, back_to="")
    context |= {"about_you": about_you, "relation_form": form, "has_said_relation": is_valid}
    template = "opinions/embed_enough.html" if is_thanks else "opinions/embed.html"
    return _draw(request, template, context, status=200 if is_valid else 422)


@in_frame("POST")
def leave(request: Request, conversation_id: int) -> HttpResponse:
    """Let the device forget, or take back what was done with it; the page that answers is a new beginning."""
    now = timezone.now()
    guest = _enter(request, conversation_id, now=now)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _draw(request, "opinions/embed_enough.html", _thanks(guest, form), status=422)
    what = form.cleaned_data["what"]
    if what == "forget":
        people.forget_browser(device=request.viewer.device)
    elif request.viewer.device is not None:
        people.remove_device(device=request.viewer.device, words=Words(what), now=now)
    request.viewer = tickets.visitor_of(tickets.make(item_id=conversation_id))
    return _draw(request, "opinions/embed_left.html", about(guest.standing) | {"is_taken_back": what != "forget"})


@require_safe
@cache_control(public=True, max_age=_AN_HOUR_S)
def frame_script(request: Request) -> HttpResponse:
    """Hand out what a site's page loads so that the frame gets its height: the same for every conversation."""
    return HttpResponse(embedding.frame_script(), content_type="text/javascript; charset=utf-8")


def _turn(guest: _Guest, *, actor: Actor | None = None, choice: queries.Choice | None = None) -> dict[str, Any]:
    """What the page of one statement shows. `choice` puts a certain one there."""
    standing, conversation_id = guest.standing, guest.conversation_id
    actor = actor or guest.actor
    if choice is None and standing.may_take_part:
        choice = queries.get_standing_choice(conversation_id=conversation_id, actor=actor)
    progress = queries.get_progress(conversation_id=conversation_id, actor=actor)
    process = standing.process
    return about(standing) | {
        "ticket": str(guest.ticket),
        "has_acted": actor is not None,
        "about_you": participation.asked_now(process, actor, answers_count=progress.answered_count, back_to=""),
        "choice": choice,
        "is_own": bool(choice and rules.is_author(choice.statement, actor)),
        "progress": progress,
        "minutes": rules.minutes_for(progress.goal),
        "answers_on": processes.timetable_of(process).answers_on if process else None,
        "say_form": SayForm(),
    }


def _thanks(guest: _Guest, form: LeaveForm) -> dict[str, Any]:
    standing, process, actor = guest.standing, guest.standing.process, guest.actor
    progress = queries.get_progress(conversation_id=guest.conversation_id, actor=actor)
    has_part = progress.answered_count > 0
    # Who has answered nothing has no place to look for, and is not shown how others answered.
    whole = results.read_results(conversation=standing.conversation, actor=actor) if has_part else None
    is_left = queries.get_standing_choice(conversation_id=guest.conversation_id, actor=actor) is not None
    return about(standing) | {
        "ticket": str(guest.ticket),
        "has_acted": actor is not None,
        "about_you": participation.about_you(process, actor, back_to="") if process and has_part else None,
        "progress": progress,
        "map": whole.drawing if whole and not whole.is_too_early else None,
        "is_placed": bool(whole and whole.place),
        "has_more": bool(standing.may_take_part) and is_left,
        "leave_form": form,
    }


def _say_what_was_answered(value: Vote.Value) -> str:
    return {"agree": _("You agreed."), "disagree": _("You disagreed."), "pass": _("You passed.")}[word_of(value)]
