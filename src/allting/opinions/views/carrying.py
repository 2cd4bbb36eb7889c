"""From a frame to the whole site: asked on a page of its own, so that nobody is handed the answers of somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from allting.opinions import queries
from allting.opinions.errors import NotSentFromHere
from allting.opinions.views.entering import about, enter_conversation
from allting.people import actions as people
from allting.people import devices, tickets
from allting.record.viewers import Request
from allting.web import framing


# A frame has no cookie to prove its form by. This changes nothing; the page that it opens asks, with the usual proof.
@require_POST
@csrf_exempt
@never_cache
def carry_on(request: Request, conversation_id: int) -> HttpResponse:
    """Show how many answers somebody brings from a frame, and ask whether to go on with them here."""
    if not framing.is_sent_from_here(request):
        raise NotSentFromHere
    standing = enter_conversation(request, conversation_id, now=timezone.now())
    ticket = tickets.read(request.POST.get("ticket", ""), item_id=conversation_id)
    count = _count_answers(ticket)
    if not count:
        return redirect("opinions:conversation", conversation_id)
    return render(request, "opinions/carry_on.html", about(standing) | {"ticket": str(ticket), "answers_count": count})


@require_POST
@never_cache
def bring_here(request: Request, conversation_id: int) -> HttpResponse:
    """Give what was answered in a frame to this device, or to whoever is signed in."""
    now = timezone.now()
    enter_conversation(request, conversation_id, now=now)
    ticket = tickets.read(request.POST.get("ticket", ""), item_id=conversation_id)
    count, device = _count_answers(ticket), tickets.visitor_of(ticket).device
    if count and device is not None:
        people.bring_here(device=device, taker=devices.actor_for_acting(request, now), now=now)
        words = ngettext("%(count)d answer is here now.", "%(count)d answers are here now.", count)
        messages.success(request, words % {"count": count})
    return redirect("opinions:conversation", conversation_id)


def _count_answers(ticket: tickets.Ticket) -> int:
    giver = tickets.visitor_of(ticket).actor
    return queries.get_progress(conversation_id=ticket.item_id, actor=giver).answered_count
