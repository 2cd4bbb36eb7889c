"""“Tell me what comes of it”: address, code, done. On its own page, or as a part inside another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allting.people import actions, codes, devices, forms, parts, post, queries
from allting.people.errors import TooManyCodes
from allting.people.models import MailedCode
from allting.people.visitors import Request
from allting.record import queries as record
from allting.web import htmx, numbers

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@never_cache
def follow(request: Request, item_id: int) -> HttpResponse:
    """Take an address and mail a code to it."""
    item = record.get_item_for(request.viewer, item_id)
    form = forms.Address(request.POST or None)
    context: dict[str, Any] = {"item": item, "follow": parts.follow(request.viewer, item_id, form=form)}
    if request.method != "POST":
        return htmx.part_or_page(request, "people/follow.html#part", context)
    if not post.is_mail_set_up() or not form.is_valid():
        return htmx.part_or_page(request, "people/follow.html#part", context, status=422)
    try:
        code = codes.send_code(
            purpose=MailedCode.Purpose.FOLLOW,
            address=form.cleaned_data["address"],
            network=codes.network_of(request.META.get("REMOTE_ADDR", "")),
            item=item,
            actor=request.viewer.actor,
            now=timezone.now(),
        )
    except TooManyCodes as too_many:
        form.add_error(None, str(too_many))
        return htmx.part_or_page(request, "people/follow.html#part", context, status=too_many.status)
    context = {"item": item, "code": code, "form": forms.Code()}
    if htmx.wants_part(request):
        return render(request, "people/confirm_follow.html#part", context)
    return redirect("people:confirm_follow", handle=code.handle)


@PAGE
@never_cache
def confirm_follow(request: Request, handle: str) -> HttpResponse:
    """Take the six digits and keep the address."""
    code = codes.get_code(handle=handle, purpose=MailedCode.Purpose.FOLLOW)
    form = forms.Code(request.POST or None)
    now = timezone.now()
    context: dict[str, Any] = {"item": code.item, "code": code, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            codes.check_digits(code, digits=form.cleaned_data["digits"], now=now)
        except codes.WrongCode as wrong:
            form.add_error("digits", wrong.sentence)
        else:
            actions.leave_address(
                code=code,
                actor=devices.actor_for_acting(request, now),
                network=codes.network_of(request.META.get("REMOTE_ADDR", "")),
                language=numbers.language(),
                now=now,
            )
            return htmx.part_or_page(request, "people/followed.html#part", {"item": code.item})
    status = 422 if request.method == "POST" else 200
    return htmx.part_or_page(request, "people/confirm_follow.html#part", context, status=status)


@PAGE
@never_cache
def remove_follow(request: Request, key: str) -> HttpResponse:
    """Show one button by GET; take the address away by POST. The key came to the address itself."""
    left = queries.get_left_address(removal_key=key)
    if request.method != "POST":
        return render(request, "people/remove_follow.html", {"left": left})
    actions.remove_address(left=left)
    messages.success(request, _("Your address is gone. We do not write again about this."))
    return redirect("people:me" if request.viewer.actor == left.actor and request.viewer.is_signed_in else "/")
