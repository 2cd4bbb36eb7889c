"""One statement's page, and saying it oneself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allting.opinions import actions, highlights, queries, rules, wording
from allting.opinions.errors import AlreadySaid, EnoughStatements
from allting.opinions.forms import SayForm
from allting.opinions.models import Statement, Vote
from allting.opinions.views.entering import about, enter_conversation, enter_statement
from allting.people import devices
from allting.record.viewers import Request
from allting.web import htmx

# Shorter drafts are like everything and like nothing.
_COMPARED_FROM = 8


@require_safe
def statement(request: Request, statement_id: int) -> HttpResponse:
    """Show one statement: its words, the viewer's own answer, and what it rests on."""
    found = enter_statement(request, statement_id, now=timezone.now())
    shown = found.statement
    is_told_why = found.is_author or bool(found.there.may_facilitate)
    may_vote = rules.may_vote(shown, may_take_part=found.there.may_take_part)
    vote = queries.get_vote(statement_id=shown.pk, actor=request.viewer.actor)
    # How others answered would steer somebody who is about to.
    is_shown_evidence = rules.is_standing(shown) and (vote or not may_vote)
    context = about(found.there) | {
        "statement": shown,
        "there": found.there,
        "is_author": found.is_author,
        "is_standing": rules.is_standing(shown),
        "may_vote": may_vote,
        "evidence": highlights.evidence_for(shown) if is_shown_evidence else [],
        **_answer_of(vote),
        "decision": queries.get_last_decision(statement=shown) if is_told_why and shown.item.hidden_at else None,
        "is_told_why": is_told_why,
        "merged_into": queries.get_merged_into(shown),
    }
    return render(request, "opinions/statement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def say(request: Request, conversation_id: int) -> HttpResponse:
    """Write a statement of one's own."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="take_part", now=now)
    context = about(standing) | {
        "waits": rules.state_of_new_statement(is_member=standing.is_member) == Statement.State.WAITING,
    }
    if request.method != "POST":
        return render(request, "opinions/say.html", context | {"form": SayForm()})
    form = SayForm(request.POST)
    if not form.is_valid():
        return render(request, "opinions/say.html", context | {"form": form}, status=422)
    author = devices.actor_for_acting(request, now)
    try:
        written = actions.add_statement(
            conversation=standing.conversation,
            author=author,
            text=form.cleaned_data["text"],
            state=rules.state_of_new_statement(is_member=standing.is_member),
            language=get_language() or "",
            now=now,
        )
    except (AlreadySaid, EnoughStatements) as refused:
        form.add_error("text", str(refused))
        twin = refused.statement if isinstance(refused, AlreadySaid) else None
        return render(request, "opinions/say.html", context | {"form": form, "twin": twin}, status=refused.status)
    # A waiting one says so itself, for as long as it waits.
    if written.state == Statement.State.SHOWN:
        messages.success(request, _("Thank you. It is there for others to answer."))
    return redirect("opinions:statement", written.pk)


@require_safe
def similar(request: Request, conversation_id: int) -> HttpResponse:
    """Show statements like the one being written, so that people answer instead of saying it twice."""
    standing = enter_conversation(request, conversation_id, now=timezone.now())
    text = wording.tidy(request.GET.get("text", "")[: 5 * Statement.LENGTH])
    found = []
    if len(text) >= _COMPARED_FROM:
        found = queries.find_similar(conversation_id=conversation_id, text=text, actor=request.viewer.actor)
    context = about(standing) | {"similar": found, "text": text}
    return htmx.part_or_page(request, "opinions/similar.html#list", context)


def _answer_of(vote: Vote | None) -> dict[str, object]:
    """Say which of the three buttons was pressed."""
    value = vote.value if vote else None
    return {
        "vote": vote,
        "agreed": value == Vote.Value.AGREE,
        "disagreed": value == Vote.Value.DISAGREE,
        "passed": value == Vote.Value.PASS,
    }
