"""Signing in by code or by link, bringing along what was done on the device, signing out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from allting.people import actions, codes, cookies, forms, post
from allting.people.errors import LinkUsed, TooManyCodes
from allting.people.guards import FRONT, for_signed_in, safe_next
from allting.people.models import MailedCode, Person
from allting.people.sign_in import BACKEND, LinkFor, read_link
from allting.people.visitors import Request
from allting.web import numbers

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
def sign_in(request: Request) -> HttpResponse:
    """Ask for an address and mail a code to it."""
    onward = safe_next(request)
    if request.viewer.is_signed_in:
        return redirect(onward or reverse("people:me"))
    is_mail_set_up = post.is_mail_set_up()
    form = forms.Address(request.POST or None)
    if request.method == "POST" and is_mail_set_up and form.is_valid():
        try:
            code = codes.send_code(
                purpose=MailedCode.Purpose.SIGN_IN,
                address=form.cleaned_data["address"],
                network=codes.network_of(request.META.get("REMOTE_ADDR", "")),
                now=timezone.now(),
            )
        except TooManyCodes as too_many:
            form.add_error(None, str(too_many))
            return render(request, "people/sign_in.html", _asking(form, onward), status=too_many.status)
        return redirect(_with_next(reverse("people:enter_code", args=[code.handle]), onward))
    status = 422 if request.method == "POST" else 200
    return render(request, "people/sign_in.html", _asking(form, onward), status=status)


@PAGE
@never_cache
def enter_code(request: Request, handle: str) -> HttpResponse:
    """Take the six digits, and sign in whoever the address belongs to."""
    onward = safe_next(request)
    code = codes.get_code(handle=handle, purpose=MailedCode.Purpose.SIGN_IN)
    form = forms.Code(request.POST or None)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            codes.check_digits(code, digits=form.cleaned_data["digits"], now=now)
        except codes.WrongCode as wrong:
            form.add_error("digits", wrong.sentence)
        else:
            person = actions.sign_in_with_code(
                code=code,
                network=codes.network_of(request.META.get("REMOTE_ADDR", "")),
                language=numbers.language(),
                now=now,
            )
            return let_in(request, person, onward=onward)
    context = {"form": form, "address": code.address, "next": onward}
    return render(request, "people/enter_code.html", context, status=422 if request.method == "POST" else 200)


@PAGE
@never_cache
def sign_in_by_link(request: Request, token: str) -> HttpResponse:
    """Show one button by GET; sign in by POST."""
    now = timezone.now()
    link = read_link(token, now=now)
    if link.opens is LinkFor.FIRST_FACILITATOR:
        return _welcome_first_facilitator(request)
    person = Person.objects.select_related("actor").filter(pk=link.person_id or 0, erased_at=None).first()
    if person is None and link.opens is LinkFor.PERSON:
        raise LinkUsed
    if request.method == "POST":
        person = person or actions.join(address=link.address, language=numbers.language(), now=now)
        return let_in(request, person)
    return render(request, "people/sign_in_by_link.html", {"person": person, "address": link.address})


def _welcome_first_facilitator(request: Request) -> HttpResponse:
    form = forms.FirstFacilitator(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = actions.join_as_facilitator(**form.cleaned_data, language=numbers.language(), now=timezone.now())
        return let_in(request, person, onward=reverse("people:organisation"))
    status = 422 if request.method == "POST" else 200
    return render(request, "people/first_facilitator.html", {"form": form}, status=status)


@PAGE
@for_signed_in
def bring_along(request: Request) -> HttpResponse:
    """Ask whether what was done on this device is the person's; either way the device begins afresh."""
    onward = safe_next(request) or reverse("people:me")
    device = request.viewer.device
    if device is None or device.actor is None:
        return redirect(onward)
    if request.method != "POST":
        return render(request, "people/bring_along.html", {"next": onward})
    if request.POST.get("bring") == "yes":
        actions.bring_along(device=device, person=request.viewer.person, now=timezone.now())
        messages.success(request, _("What was done on this device is now yours."))
    else:
        actions.start_afresh(device=device)
    return redirect(onward)


@require_POST
def sign_out(request: Request) -> HttpResponseBase:
    """End the session and forget the device, so that the next person here sees nothing of the last one's."""
    was_signed_in = request.viewer.is_signed_in
    actions.forget_browser(device=request.viewer.device)
    auth.logout(request)
    said = _("You are signed out, and this device remembers nobody.")
    messages.success(request, said if was_signed_in else _("This device remembers nobody."))
    response = redirect(FRONT)
    cookies.forget_browser(response)
    return response


def let_in(request: Request, person: Person, *, onward: str = "") -> HttpResponse:
    """Sign the person in. A device that did something asks first whether that was them."""
    device = request.viewer.device
    auth.login(request, person, backend=BACKEND)
    if device is not None and device.actor is not None:
        return redirect(_with_next(reverse("people:bring_along"), onward))
    return redirect(onward or FRONT)


def _asking(form: forms.Address, onward: str) -> dict[str, object]:
    return {"form": form, "next": onward, "is_mail_set_up": post.is_mail_set_up()}


def _with_next(address: str, onward: str) -> str:
    return f"{address}?{urlencode({'next': onward})}" if onward else address
