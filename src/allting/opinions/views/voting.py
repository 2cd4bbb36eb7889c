"""Voting."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def conversation(request: HttpRequest, **ids: int | str) -> HttpResponse:
    return HttpResponse("")


vote = undo = enough = mine = conversation
