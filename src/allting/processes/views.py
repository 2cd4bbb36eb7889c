"""The pages of processes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def front(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def processes(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def start(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def process(request: HttpRequest, process_id: int) -> HttpResponse:
    return HttpResponse("")


edit = workbench = announce = extend = close = poster = process
