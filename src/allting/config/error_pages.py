"""The pages for what Django itself refuses or loses. `urls.py` names these as its handlers."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse

from allting.web import middleware, problems

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.Unclear())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.NotAllowed())


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return middleware.answer(request, problems.Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a page that needs nothing, with a reference that is in the log beside the trace."""
    reference = middleware.new_reference()
    log.error("server_error_shown", extra={"reference": reference, "path": request.path})
    return middleware.bare_answer(problems.Problem(), reference=reference)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return middleware.answer(request, problems.OldPage())
