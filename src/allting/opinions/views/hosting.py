"""Naming the sites of others that may show a conversation, and the line that their pages need."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allting.opinions import actions, embedding, queries
from allting.opinions.errors import TooManySites, UnusableSite
from allting.opinions.forms import HostSiteForm
from allting.opinions.views.entering import about, enter_conversation
from allting.record.viewers import Request


@require_http_methods(["GET", "HEAD", "POST"])
def hosts(request: Request, conversation_id: int) -> HttpResponse:
    """Show which sites may show the conversation and what to paste there; name one more."""
    now = timezone.now()
    standing = enter_conversation(request, conversation_id, to="facilitate", now=now)
    if request.method != "POST":
        return render(request, "opinions/hosts.html", _hosts(standing, HostSiteForm()))
    embedding.require_may_embed(standing.process)
    form = HostSiteForm(request.POST)
    if not form.is_valid():
        return render(request, "opinions/hosts.html", _hosts(standing, form), status=422)
    try:
        site = actions.name_host_site(
            conversation=standing.conversation,
            origin=embedding.origin_of(form.cleaned_data["address"]),
            by=request.viewer.acting,
            now=now,
        )
    except (UnusableSite, TooManySites) as refused:
        form.add_error("address", str(refused))
        return render(request, "opinions/hosts.html", _hosts(standing, form), status=refused.status)
    messages.success(request, _("%(site)s may show it now. Paste the line there.") % {"site": site.origin})
    return redirect("opinions:hosts", conversation_id)


@require_POST
def remove(request: Request, site_id: int) -> HttpResponse:
    """Let a site no longer show the conversation."""
    now = timezone.now()
    site = embedding.get_host_site_for(request.viewer, site_id, now=now)
    actions.remove_host_site(site=site, by=request.viewer.acting, now=now)
    messages.success(request, _("%(site)s can no longer show it.") % {"site": site.origin})
    return redirect("opinions:hosts", site.conversation_id)


def _hosts(standing: queries.Standing, form: HostSiteForm) -> dict[str, Any]:
    conversation = standing.conversation
    return about(standing) | {
        "form": form,
        "may_embed": embedding.may_embed(standing.process),
        "sites": embedding.list_host_sites(conversation_id=conversation.pk),
        "lines": embedding.lines_for(conversation.pk, title=conversation.item.title),
    }
