"""What several pages of this room do alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from allting.record.viewers import Request
from allting.strategy.errors import NothingChanged, NotReady
from allting.strategy.forms import Explained


def form_page(
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    form: Explained,
    act: Callable[[], object],
    said: str,
    to: str,
) -> HttpResponse:
    """Show a form; once it is sent and in order, act, say so and lead on to an address.

    What the act still misses, or that it changes nothing, is said on the form.
    """
    if request.method != "POST":
        return render(request, template, {**context, "form": form})
    if not form.is_valid() or not _went_through(form, act):
        return render(request, template, {**context, "form": form}, status=422)
    messages.success(request, said)
    return redirect(to)


def _went_through(form: Explained, act: Callable[[], object]) -> bool:
    try:
        act()
    except NotReady as problem:
        form.explain(problem.missing)
        return False
    except NothingChanged as problem:
        form.add_error(None, str(problem))
        return False
    return True
