"""Pages that only the demo has: how far it is, who to be, and the mails that were sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from allting.demo import crowd, past, story
from allting.demo import people as cast
from allting.demo.progress import BOARD
from allting.people import sign_in
from allting.people.models import QueuedMail
from allting.web import htmx, paging


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show how far the example is, and when it is there, the ways into it."""
    now = BOARD.read()
    if now.is_told and htmx.wants_part(request):
        return HttpResponse(headers={"HX-Redirect": reverse("demo:progress")})
    if now.is_crowd:
        context = {"now": now, "per_cent": round(now.share * 100), "running": crowd.find() if now.is_told else None}
        return htmx.part_or_page(request, "demo/crowd.html#state", context)
    if now.is_told:
        return render(request, "demo/welcome.html", {"running": story.find(), "carried": past.find()})
    context = {"now": now, "per_cent": round(now.share * 100)}
    return htmx.part_or_page(request, "demo/progress.html#state", context)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Offer to be each of the invented people."""
    now = timezone.now()
    persons = cast.move_in(now=now)
    doors = [(role, sign_in.make_link(persons[role.label], now=now)) for role in cast.CAST]
    return render(request, "demo/people.html", {"doors": doors})


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails that would have been sent: nothing leaves this machine."""
    page = paging.page_of(request, QueuedMail.objects.order_by("-queued_at", "-pk"))
    return render(request, "demo/mails.html", {"page": page})


@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Show one mail as text."""
    return render(request, "demo/mail.html", {"mail": get_object_or_404(QueuedMail, pk=mail_id)})
