from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from allting.web import colours, problems
from allting.web import kit as kit_page
from allting.web import styles as stylesheets

_A_YEAR_S = 60 * 60 * 24 * 365


@require_GET
@cache_control(public=True, immutable=True, max_age=_A_YEAR_S)
def styles(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the stylesheet. An old digest gets the present one, because an old page is better dressed than naked."""
    return HttpResponse(stylesheets.bundle().text, content_type="text/css")


@require_GET
@cache_control(public=True, immutable=True, max_age=_A_YEAR_S)
def colour_css(request: HttpRequest, colour: str) -> HttpResponse:
    """Serve an organisation's own colour, worked out for light and dark."""
    return HttpResponse(stylesheets.colour_stylesheet(colours.tones_of(colour)), content_type="text/css")


@require_GET
def kit(request: HttpRequest) -> HttpResponse:
    """Show every component, for those who build pages. Only where the demo runs."""
    if not getattr(settings, "IS_DEMO", False):
        raise problems.Missing
    return render(request, "web/kit.html", kit_page.example())
