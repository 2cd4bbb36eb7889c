"""Pages that sites of others show in a frame: no cookie comes in or goes out, and only named sites may frame them.

Everything else keeps `frame-ancestors 'none'` from the settings. A room says in its manifest (`in_frames`) under
which prefix its framed pages lie.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

from allting.web import rooms


class CookielessMiddleware:
    """Take the cookies from requests for framed pages, and from their answers.

    The first of all, so that nothing behind it can know who else this browser is: a framed page that reads no cookie
    gives a foreign site nothing to ride on, and one that sets none is no third-party cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        rooms.open_rooms()
        self.prefixes = tuple(f"/{room.prefix}{room.in_frames}" for room in rooms.every_room() if room.in_frames)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self.prefixes):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        return response


def let_frame(response: HttpResponse, origins: Collection[str]) -> None:
    """Let these origins show the answer in a frame, and no others; none where there are none."""
    if not origins:
        return
    policy = {**settings.SECURE_CSP, "frame-ancestors": list(origins)}
    response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    # The older header knows no list; every browser that reads it here reads the newer one, too, which then counts.
    response.xframe_options_exempt = True


def is_sent_from_here(request: HttpRequest) -> bool:
    """Say whether a page of ours sent this. Browsers write the origin on every POST; no site can write another's."""
    ours = {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin", "") in ours
