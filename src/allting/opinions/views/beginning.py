"""What everybody begins with, chosen by those who look after a conversation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from allting.opinions import actions, queries
from allting.opinions.views.entering import about, enter_conversation, enter_statement
from allting.record.errors import NotFound
from allting.record.viewers import Request
from allting.web import paging


@require_safe
def beginning(request: Request, conversation_id: int) -> HttpResponse:
    """Show what comes first, and what could."""
    standing = enter_conversation(request, conversation_id, to="facilitate", now=timezone.now())
    found = queries.get_beginning(conversation_id=conversation_id)
    page = paging.page_of(request, found.others, at="others")
    context = about(standing) | {
        "beginning": found,
        "page": page,
        "rows": [(it, found.agreeing.get(it.pk), found.passing.get(it.pk)) for it in page.rows],
    }
    return render(request, "opinions/beginning.html", context)


@require_POST
def put(request: Request, statement_id: int) -> HttpResponse:
    """Put a statement first, or let it go back to the others."""
    now = timezone.now()
    found = enter_statement(request, statement_id, to="place", now=now)
    by = request.viewer.actor
    if by is None:  # who facilitates is signed in
        raise NotFound
    if request.POST.get("put") == "back":
        actions.put_back(statement=found.statement, by=by, now=now)
        messages.success(request, _("It takes its turn among the others again."))
    else:
        actions.put_first(statement=found.statement, by=by, now=now)
        messages.success(request, _("Everybody begins with it from now on."))
    return redirect("opinions:beginning", found.statement.conversation_id)
