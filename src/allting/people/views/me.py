"""What is known here about the person who looks, and how they take it away again."""

from __future__ import annotations

from typing import Any

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allting.people import actions, cookies, forms, queries, rules
from allting.people.guards import FRONT, for_signed_in
from allting.people.models import Person
from allting.people.visitors import Request
from allting.record.kinds import Words
from allting.web import paging

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@never_cache
@for_signed_in
def me(request: Request) -> HttpResponse:
    """Show and change the profile; list what the person did."""
    person: Person = request.viewer.person
    if request.method != "POST":
        return render(request, "people/me.html", _own_things(request, _profile_form(person)))
    form = forms.Profile(request.POST)
    if not form.is_valid():
        return render(request, "people/me.html", _own_things(request, form), status=422)
    actions.change_profile(person=person, **form.cleaned_data, now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("people:me")


@require_safe
@never_cache
@for_signed_in
def my_data(request: Request) -> HttpResponse:
    """Hand out everything that names the person, as a file."""
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    data = queries.data_of(request.viewer.person)
    return JsonResponse(data, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})


@PAGE
@never_cache
@for_signed_in
def erase_me(request: Request) -> HttpResponse:
    """Say what goes and what stays, and erase."""
    form = forms.Erase(request.POST or None)
    person: Person = request.viewer.person
    if request.method == "POST" and form.is_valid():
        device = request.viewer.device
        words, now = Words(form.cleaned_data["words"]), timezone.now()
        actions.erase_person(person=person, words=words, now=now)
        actions.forget_browser(device=device)
        auth.logout(request)
        messages.success(request, _("You are erased here. Thank you for what you gave."))
        response = redirect(FRONT)
        cookies.forget_browser(response)
        return response
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "is_last_facilitator": _is_last_facilitator(person)}
    return render(request, "people/erase_me.html", context, status=status)


@require_safe
@never_cache
def device(request: Request) -> HttpResponseBase:
    """Say what this device left, without showing any of it: it may be a shared one."""
    if request.viewer.is_signed_in:
        return redirect("people:me")
    return render(request, "people/device.html", {"form": forms.Erase(), "has_acted": request.viewer.actor is not None})


@require_http_methods(["POST"])
def remove_device(request: Request) -> HttpResponse:
    """Erase what was left on this device."""
    found = request.viewer.device
    if request.viewer.is_signed_in or found is None:
        return redirect("people:device")
    form = forms.Erase(request.POST)
    if not form.is_valid():
        context = {"form": form, "has_acted": request.viewer.actor is not None}
        return render(request, "people/device.html", context, status=422)
    actions.remove_device(device=found, words=Words(form.cleaned_data["words"]), now=timezone.now())
    messages.success(request, _("What you left on this device is removed."))
    response = redirect(FRONT)
    cookies.forget_browser(response)
    return response


def _profile_form(person: Person) -> forms.Profile:
    return forms.Profile(initial={"name": person.name, "title": person.title, "language": person.language})


def _own_things(request: Request, form: forms.Profile) -> dict[str, Any]:
    actor = request.viewer.actor
    assert actor is not None
    page = paging.page_of(request, queries.items_by(actor))
    return {
        "form": form,
        "page": page,
        "items": queries.own_items(page.rows, viewer=request.viewer),
        "left_addresses": queries.own_left_addresses(actor),
        "roles": queries.roles_held_by(request.viewer.person),
        "may_look_after_all": rules.may_look_after_all(request.viewer),
    }


def _is_last_facilitator(person: Person) -> bool:
    return any(queries.is_last_facilitator(role) for role in queries.roles_held_by(person))
