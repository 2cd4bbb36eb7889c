"""Looking after a conversation: first statements, the waiting queue, group names, bursts, the votes' export."""

from __future__ import annotations

import tempfile
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.opinions import actions, exchange, guidance, needing, queries, results, wording
from allting.opinions.errors import BurstChanged
from allting.opinions.forms import BurstForm, DecideForm, GroupNamesForm, SeedForm, say_too_long
from allting.opinions.models import Statement
from allting.opinions.views.entering import about, enter_conversation, enter_statement
from allting.record.errors import NotFound
from allting.record.models import Actor
from allting.record.viewers import Request
from allting.web import htmx, paging


@require_safe
def workbench(request: Request, conversation_id: int) -> HttpResponse:
    """Show what waits, and what else there is to do."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    return render(request, "opinions/workbench.html", _queue(request, standing, now=now))


def _queue(request: Request, standing: queries.Standing, *, now: datetime) -> dict[str, Any]:
    conversation_id = standing.conversation.pk
    return about(standing) | {
        "counts": queries.count_for_workbench(conversation_id=conversation_id),
        "page": paging.page_of(request, queries.waiting_statements(conversation_id)),
        "late_before": now - queries.WAITING_TOO_LONG,
        "candidates_count": len(queries.list_burst_candidates(conversation_id=conversation_id)),
        "group_letters": queries.list_group_letters(conversation_id=conversation_id),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def seed(request: Request, conversation_id: int) -> HttpResponse:
    """Paste the first statements: looked at line by line, then added in one go."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    context = about(standing)
    form = SeedForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "opinions/seed.html", context | {"form": form}, status=status)
    lines = wording.read_lines(
        form.cleaned_data["text"],
        standing=queries.list_standing_texts(conversation_id=conversation_id),
        longest=Statement.LENGTH,
    )
    for line in lines:
        if line.is_too_long:
            sentence = _("Line %(number)d: %(what)s")
            what = say_too_long(wording.count_characters(line.text))
            form.add_error("text", sentence % {"number": line.number, "what": what})
    new_count = sum(line.is_new for line in lines)
    context |= {"form": form, "lines": lines, "new_count": new_count}
    if form.errors:
        return render(request, "opinions/seed.html", context, status=422)
    if form.cleaned_data["step"] != "add" or not new_count:
        return render(request, "opinions/seed.html", context)
    added = actions.add_seeds(
        conversation=standing.conversation,
        author=_by(request),
        texts=[line.text for line in lines if line.is_new],
        language=get_language() or "",
        now=now,
    )
    words = ngettext("%(count)d statement is there now.", "%(count)d statements are there now.", len(added))
    messages.success(request, words % {"count": len(added)})
    return redirect("opinions:workbench", conversation_id)


@require_POST
def decide(request: Request, statement_id: int) -> HttpResponse:
    """Accept a waiting statement, or decline it with the reason that its author reads."""
    now = timezone.now()
    found = enter_statement(request, statement_id, to="decide", now=now)
    form = DecideForm(request.POST)
    standing = found.there
    if not form.is_valid():
        context = _queue(request, standing, now=now) | {"form": form, "form_statement_id": statement_id}
        return htmx.part_or_page(request, "opinions/workbench.html#queue", context, status=422)
    if form.cleaned_data["verdict"] == "accept":
        actions.accept_statement(statement=found.statement, by=_by(request), now=now)
        said = _("Accepted. Others can answer it now.")
    else:
        reason = form.cleaned_data["reason"]
        actions.decline_statement(statement=found.statement, by=_by(request), reason=reason, now=now)
        said = _("Declined. Its author reads why.")
    if not htmx.wants_part(request):
        messages.success(request, said)
        return redirect("opinions:workbench", standing.conversation.pk)
    context = _queue(request, standing, now=now) | {"said": said, "is_part": True}
    return render(request, "opinions/workbench.html#queue", context)


@require_http_methods(["GET", "HEAD", "POST"])
def name_groups(request: Request, conversation_id: int) -> HttpResponse:
    """Give the groups of the map names that they would accept themselves."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    letters = queries.list_group_letters(conversation_id=conversation_id)
    names = queries.list_group_names(conversation_id=conversation_id)
    form = GroupNamesForm(request.POST or None, letters=letters, initial=names)
    if request.method == "POST" and letters and form.is_valid():
        actions.name_groups(
            conversation=standing.conversation,
            names={letter: form.cleaned_data[letter] for letter in letters},
            by=_by(request),
            now=now,
        )
        messages.success(request, _("The names are on the map now."))
        return redirect("opinions:workbench", conversation_id)
    context = about(standing) | {"form": form, "letters": letters}
    status = 422 if request.method == "POST" else 200
    return render(request, "opinions/name_groups.html", context, status=status)


@require_safe
def needs(request: Request, conversation_id: int) -> HttpResponse:
    """Show where more answers would tell the most, and which statements read alike."""
    standing = enter_conversation(request, conversation_id, to="facilitate", now=timezone.now())
    whole = results.read_results(conversation=standing.conversation, actor=None)
    found = needing.needs_of(whole) if whole else []
    page = paging.page_of(request, found or (needing.least_known(whole) if whole else []))
    statements = queries.list_standing_statements(conversation_id=conversation_id)
    alike = guidance.find_alike([one.text for one in statements])
    context = about(standing) | {
        "results": whole,
        "page": page,
        "by_group": needing.missing_as_table(whole, found) if whole and found else None,
        "which": needing.needs_as_table(whole, page.rows) if whole and page.rows else None,
        "hundred_more": needing.hundred_more(whole, found) if whole else [],
        "pairs": [(statements[pair.one], statements[pair.other]) for pair in alike],
    }
    return render(request, "opinions/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, statement_id: int) -> HttpResponse:
    """Ask once more, then let one of two statements go into the other."""
    now = timezone.now()
    wanted = (request.POST if request.method == "POST" else request.GET).get("into", "")
    found, into = queries.get_merge_for(request.viewer, statement_id, into=wanted, now=now)
    request.current_activity = found.there.activity
    if request.method == "POST":
        actions.merge_statement(statement=found.statement, into=into, by=_by(request), now=now)
        messages.success(request, _("Merged. Both keep their words; one is answered from now on."))
        return redirect("opinions:needs", found.there.conversation.pk)
    context = about(found.there) | {"statement": found.statement, "into": into}
    return render(request, "opinions/merge.html", context)


@require_safe
def bursts(request: Request, conversation_id: int) -> HttpResponse:
    """Show where many new devices of one network began at once, and what was set aside."""
    standing = enter_conversation(request, conversation_id, to="facilitate", now=timezone.now())
    return render(request, "opinions/bursts.html", _bursts(standing))


def _bursts(standing: queries.Standing) -> dict[str, Any]:
    conversation_id = standing.conversation.pk
    return about(standing) | {
        "candidates": queries.list_burst_candidates(conversation_id=conversation_id),
        "bursts": queries.list_bursts(conversation_id=conversation_id),
    }


@require_POST
def set_aside(request: Request, conversation_id: int) -> HttpResponse:
    """Leave a burst out of the map, for a reason that everybody reads."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    form = BurstForm(request.POST)
    if not form.is_valid():
        context = _bursts(standing) | {"form": form, "form_handle": form.data.get("handle", "")}
        return render(request, "opinions/bursts.html", context, status=422)
    candidates = queries.list_burst_candidates(conversation_id=conversation_id)
    candidate = next((one for one in candidates if one.handle == form.cleaned_data["handle"]), None)
    if candidate is None:
        raise BurstChanged
    actions.set_aside_burst(
        conversation=standing.conversation,
        candidate=candidate,
        reason=form.cleaned_data["reason"],
        by=_by(request),
        now=now,
    )
    messages.success(request, _("Set aside. The results say so, with your reason."))
    return redirect("opinions:bursts", conversation_id)


@require_POST
def restore_burst(request: Request, burst_id: int) -> HttpResponse:
    """Count a burst that was set aside again."""
    now = timezone.now()
    burst = queries.get_burst_for(request.viewer, burst_id, now=now)
    actions.restore_burst(burst=burst, by=_by(request), now=now)
    messages.success(request, _("Restored. The map counts them again the next time it is drawn."))
    return redirect("opinions:bursts", burst.conversation_id)


@require_POST
def download_polis(request: Request, conversation_id: int) -> FileResponse:
    """Hand out the votes of single people, as Polis exports them: facilitators only, and written down."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    actions.log_votes_export(conversation=standing.conversation, by=_by(request), now=now)
    address = request.build_absolute_uri(reverse("opinions:conversation", args=[conversation_id]))
    packed = tempfile.TemporaryFile()  # noqa: SIM115, the response closes it
    exchange.write_polis(standing.conversation, into=packed, address=address)
    packed.seek(0)
    response = FileResponse(packed, as_attachment=True, filename=f"conversation-{conversation_id}-polis.zip")
    response["Cache-Control"] = "no-store"
    return response


def _by(request: Request) -> Actor:
    """Who facilitates is signed in, so has an actor."""
    actor = request.viewer.actor
    if actor is None:
        raise NotFound
    return actor
