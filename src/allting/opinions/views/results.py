"""Results."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def results(request: HttpRequest, **ids: int | str) -> HttpResponse:
    return HttpResponse("")


table = ranking = download_csv = download_json = method = results
