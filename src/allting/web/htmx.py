"""Answer with a part of the page, or with a whole one, from the same template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part. A boosted link asks for a whole page."""
    details = getattr(request, "htmx", None)
    return details is not None and bool(details) and not details.boosted


def part_or_redirect(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, to: Any, status: int = 200
) -> HttpResponse:
    """Answer a change that went well: htmx gets `template` ("page.html#part"), everybody else is sent `to`."""
    if wants_part(request):
        return render(request, template, dict(context), status=status)
    return redirect(to)


def part_or_page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Answer with the part named after the `#`, or with the whole page when htmx is not there.

    For a bad form: `status=422` and the same context as the page needs.
    """
    whole, _hash, _part = template.partition("#")
    return render(request, template if wants_part(request) else whole, dict(context), status=status)
