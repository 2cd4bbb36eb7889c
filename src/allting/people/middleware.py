"""Give every request its viewer, and every person their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from allting.people import cookies, devices, visitors
from allting.people.models import Person
from allting.record.viewers import Viewer


class ViewerMiddleware:
    """Set `request.viewer`, looked up when first asked: a page that asks nobody costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_asked = False

        def look_up() -> visitors.Visitor:
            nonlocal was_asked
            was_asked = True
            return visitors.visitor_of(request)

        viewed = cast(visitors.Request, request)
        viewed.viewer = cast(Viewer, SimpleLazyObject(look_up))
        _speak_their_language(request)
        response = self.get_response(request)
        if key := devices.new_key_of(request):
            cookies.write_device_key(response, key)
        if was_asked:  # a stylesheet or a logo is the same for everybody, and stays so in every cache
            patch_vary_headers(response, ["Cookie"])
            # Somebody else on a shared device finds nothing of it by going back, either.
            if not response.has_header("Cache-Control"):
                response.headers["Cache-Control"] = "private, no-store"
        return response


def _speak_their_language(request: HttpRequest) -> None:
    """Use the language of the signed-in person, unless this browser was told another one."""
    is_told = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if is_told or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    if isinstance(request.user, Person):
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()
