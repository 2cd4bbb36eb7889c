"""Until the example is told, the front page is its progress."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from allting.demo.progress import BOARD


class UntilTold:
    """Send visitors of the empty front page to the page that shows how far it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/" and not BOARD.read().is_told:
            return redirect("demo:progress")
        return self.get_response(request)
