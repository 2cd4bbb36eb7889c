"""Turn problems into answers a person can read."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from allting.web import htmx
from allting.web.problems import Problem, WrongWay

# No letters that are read as figures on the telephone.
_REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class ProblemMiddleware:
    """Answer a `Problem` raised by a view with its page, or with a notice when htmx asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == WrongWay.status and not response.content:
            allowed = response.headers.get("Allow", "")
            response = answer(request, WrongWay())
            response.headers["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception) if isinstance(exception, Problem) else None


def answer(request: HttpRequest, problem: Problem, *, reference: str = "") -> HttpResponse:
    """Render a problem. htmx puts the notice on top of the page, so that what was typed below it stays."""
    context = {"problem": problem, "reference": reference}
    if htmx.wants_part(request):
        response = render(request, "web/problem.html#notice", context, status=problem.status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML show:top"
        return response
    return render(request, "web/problem.html", context, status=problem.status)


def bare_answer(problem: Problem, *, reference: str) -> HttpResponse:
    """Render a problem without asking anybody: no request, no context, no database. For when those broke."""
    page = render_to_string("web/problem.html", {"problem": problem, "reference": reference})
    return HttpResponse(page, status=problem.status)


def new_reference() -> str:
    """Make a short word to quote on the telephone, such as 7F3-22K."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"
