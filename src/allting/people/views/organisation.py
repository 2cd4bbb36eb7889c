"""Who runs this installation, what they say about data, and the pages that everybody may read."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from allting.people import actions, forms, queries
from allting.people.guards import for_facilitators
from allting.people.models import Organisation
from allting.people.visitors import Request
from allting.record.errors import NotFound

PAGE = require_http_methods(["GET", "HEAD", "POST"])
_A_YEAR_S = 60 * 60 * 24 * 365


@PAGE
@for_facilitators
def organisation(request: Request) -> HttpResponse:
    """Change how the organisation presents itself."""
    standing = queries.get_organisation()
    form = forms.OrganisationForm(request.POST or None, request.FILES or None, instance=standing or Organisation(pk=1))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "people/organisation.html", {"form": form}, status=status)
    said, now, actor = form.cleaned_data, timezone.now(), request.viewer.actor
    assert actor is not None
    picture, is_to_go = said.pop("logo"), said.pop("remove_logo", False)
    changed = actions.change_organisation(
        **said, is_invented=standing.is_invented if standing else False, by=actor, now=now
    )
    if picture or is_to_go:
        actions.change_logo(organisation=changed, picture=picture, by=actor, now=now)
    messages.success(request, _("Saved. Every page shows it from now on."))
    return redirect("people:organisation")


@require_safe
@cache_control(public=True, immutable=True, max_age=_A_YEAR_S)
def logo(request: Request) -> HttpResponseBase:
    """Serve the picture that we drew ourselves; its address carries its random name."""
    found = queries.get_organisation()
    if found is None or not found.logo:
        raise NotFound
    try:
        drawn = found.logo.open("rb")
    except FileNotFoundError:
        raise NotFound from None
    return FileResponse(drawn, content_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


@require_safe
def privacy(request: Request) -> HttpResponse:
    return render(request, "people/privacy.html", {"organisation": queries.get_organisation()})


@require_safe
def imprint(request: Request) -> HttpResponse:
    return render(request, "people/imprint.html", {"organisation": queries.get_organisation()})


@require_safe
def accessibility(request: Request) -> HttpResponse:
    return render(request, "people/accessibility.html")
