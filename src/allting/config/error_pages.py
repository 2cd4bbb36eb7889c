"""The pages for what Django itself refuses or loses. `urls.py` names these as its handlers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from allting.web import middleware, problems

# Django logs the exception after this page is made; `server.logs` takes the reference from the request.
REFERENCE = "allting.reference"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.Unclear())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.NotAllowed())


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a page that needs nothing, with a reference that stands in the log beside the exception."""
    reference = middleware.new_reference()
    request.META[REFERENCE] = reference
    return middleware.bare_answer(problems.Problem(), reference=reference)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return middleware.answer(request, problems.OldPage())
