"""Pages that only the demo has: how far it is, who to be, and the mails that were sent."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP, build_policy
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from allting.demo import crowd, past, story
from allting.demo import elsewhere as elsewhere_
from allting.demo import people as cast
from allting.demo.progress import BOARD
from allting.opinions import embedding
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
        running = story.find()
        other = running and elsewhere_.may_show(story.conversation_of(running)) and elsewhere_.origin()
        context = {
            "running": running,
            "carried": past.find(),
            "elsewhere": f"{other}{reverse('demo:elsewhere')}" if other else "",
        }
        return render(request, "demo/welcome.html", context)
    context = {"now": now, "per_cent": round(now.share * 100)}
    return htmx.part_or_page(request, "demo/progress.html#state", context)


@require_safe
def elsewhere(request: HttpRequest) -> HttpResponse:
    """Show the conversation that runs on a page of others: only at the other address, which the facilitator named."""
    process, origin = story.find(), elsewhere_.origin()
    conversation = story.conversation_of(process) if process else None
    if origin is None or conversation is None or not elsewhere_.may_show(conversation):
        raise Http404
    if request.build_absolute_uri("/") != f"{origin}/":
        return redirect(origin + reverse("demo:elsewhere"))
    pasted = embedding.lines_for(conversation.pk, title=conversation.item.title).whole
    context = {
        "origin": origin,
        "city": settings.PUBLIC_URL,
        "line": mark_safe(pasted),  # our own line, escaped where it is written
        "pasted": pasted,
        "back": settings.PUBLIC_URL + reverse("demo:progress"),
    }
    response = render(request, "demo/elsewhere.html", context)
    # What a strict site would have to let through, and no more.
    policy = {**settings.SECURE_CSP, "frame-src": [settings.PUBLIC_URL]}
    policy["script-src"] = [settings.PUBLIC_URL]
    response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    return response


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
