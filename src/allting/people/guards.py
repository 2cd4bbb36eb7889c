"""Who may open a page at all. Those who are not signed in are asked to, and come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from allting.people import rules
from allting.people.visitors import Request
from allting.record.errors import Refused
from allting.record.rules import No

FRONT = "/"


def for_signed_in[**P](
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Send whoever is not signed in to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.viewer.is_signed_in else ask_to_sign_in(request)

    return guarded


def for_facilitators[**P](
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Let in those who look after the whole installation; refuse others with the reason."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        may = rules.may_look_after_all(request.viewer)
        if isinstance(may, No):
            raise Refused(may)
        return view(request, *args, **kwargs)

    return for_signed_in(guarded)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page. After a POST one comes back to the first page, not to a half-done change."""
    back_to = request.get_full_path() if request.method in {"GET", "HEAD"} else FRONT
    return redirect_to_login(back_to, resolve_url("people:sign_in"))


def safe_next(request: HttpRequest) -> str:
    """Return where to go next, or nothing if that is not ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""
