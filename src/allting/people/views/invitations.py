"""Inviting by mail with a role, and by a code on the wall without one."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allting.people import actions, cookies, forms, post, qr, queries, rules
from allting.people.guards import FRONT, for_signed_in
from allting.people.models import Invitation, Role
from allting.people.views.sign_in import let_in
from allting.people.visitors import Request, Visitor, visitor_for
from allting.record.errors import NotFound, Refused
from allting.record.models import Item
from allting.record.rules import No
from allting.web import numbers

# What the database can count to; a longer number is nobody's.
_LONGEST_NUMBER = 18
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@never_cache
@for_signed_in
def invitations(request: Request) -> HttpResponse:
    """Invite to a role, for all or (`?item=`) for one item; list who is invited and who has which role."""
    if not request.GET.get("item") and (own := queries.latest_item_looked_after_by(request.viewer)):
        return redirect(f"{reverse('people:invitations')}?{urlencode({**request.GET.dict(), 'item': own})}")
    item = _asked_item(request)
    viewer = request.viewer
    roles = rules.roles_to_give(viewer, places=_places(item))
    form = forms.Invite(request.POST or None, roles=roles, initial={"role": request.GET.get("role", "")})
    if request.method != "POST":
        return render(request, "people/invitations.html", _people_of(request, item, form))
    if not form.is_valid():
        return render(request, "people/invitations.html", _people_of(request, item, form), status=422)
    assert viewer.actor is not None
    invited = actions.invite(
        **form.cleaned_data, item=item, by=viewer.actor, inviter_name=viewer.person.name, now=timezone.now()
    )
    if not post.is_mail_set_up():
        # The link exists only now, so that it is shown at once and not after a redirect.
        context = _people_of(request, item, forms.Invite(roles=roles)) | {
            "link": settings.PUBLIC_URL + invited.path,
            "invited_address": invited.invitation.address,
        }
        return render(request, "people/invitations.html", context)
    messages.success(
        request, _("The invitation to %(address)s is on its way.") % {"address": invited.invitation.address}
    )
    return redirect(_address_of_list(item))


@require_POST
@for_signed_in
def revoke_invitation(request: Request, invitation_id: int) -> HttpResponse:
    """Make an open invitation open nothing."""
    invitation = Invitation.objects.select_related("item__within__within").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    may = rules.may_revoke(request.viewer, role=invitation.role, places=_places(invitation.item))
    if isinstance(may, No):
        raise Refused(may)
    assert request.viewer.actor is not None
    actions.revoke_invitation(invitation=invitation, by=request.viewer.actor, now=timezone.now())
    messages.success(request, _("The invitation opens nothing any more."))
    return redirect(_address_of_list(invitation.item))


@require_POST
@for_signed_in
def take_role(request: Request, role_id: int) -> HttpResponse:
    """Take a role back."""
    role = Role.objects.select_related("person", "item__within__within").filter(pk=role_id).first()
    if role is None:
        raise NotFound
    may = rules.may_take_role(
        request.viewer,
        role=role.role,
        places=_places(role.item),
        is_last_facilitator=queries.is_last_facilitator(role),
    )
    if isinstance(may, No):
        raise Refused(may)
    assert request.viewer.actor is not None
    actions.take_role(role=role, by=request.viewer.actor, now=timezone.now())
    messages.success(request, _("The role is taken back. What was done in it stands."))
    return redirect(_address_of_list(role.item))


@PAGE
@never_cache
def accept_invitation(request: Request, token: str) -> HttpResponse:
    """Show what one is invited to by GET; accept by POST."""
    invitation = queries.get_invitation(token=token)
    now = timezone.now()
    may = rules.may_accept(invitation, person=request.viewer.person, now=now)
    if isinstance(may, No):
        raise Refused(may)
    if request.method != "POST":
        return render(request, "people/accept_invitation.html", {"invitation": invitation})
    was_signed_in = request.viewer.is_signed_in
    person = actions.accept_invitation(invitation=invitation, language=numbers.language(), now=now)
    onward = queries.address_of(invitation.item, viewer=visitor_for(person)) if invitation.item else FRONT
    return redirect(onward) if was_signed_in else let_in(request, person, onward=onward)


@PAGE
@never_cache
@for_signed_in
def entry_link(request: Request, item_id: int) -> HttpResponse:
    """Show the way in for everybody: address and QR code. POST makes it or takes it back."""
    item = queries.get_item_to_look_after(request.viewer, item_id)
    link = queries.entry_link_of(item)
    if request.method != "POST":
        address = settings.PUBLIC_URL + reverse("people:enter", args=[link.token]) if link else ""
        return render(request, "people/entry_link.html", {"item": item, "link": link, "address": address})
    actor, now = request.viewer.actor, timezone.now()
    assert actor is not None
    if request.POST.get("do") == "revoke" and link is not None:
        actions.revoke_entry_link(link=link, by=actor, now=now)
        messages.success(request, _("The link opens nothing any more."))
    else:
        actions.make_entry_link(item=item, by=actor, now=now)
    return redirect("people:entry_link", item_id=item.pk)


@require_safe
@for_signed_in
def entry_code(request: Request, item_id: int) -> HttpResponse:
    """Draw the QR code of an item's entry link."""
    item = queries.get_item_to_look_after(request.viewer, item_id)
    link = queries.entry_link_of(item)
    if link is None:
        raise NotFound
    svg = qr.draw(settings.PUBLIC_URL + reverse("people:enter", args=[link.token]))
    return HttpResponse(svg, content_type="image/svg+xml")


@require_safe
@never_cache
def enter(request: Request, token: str) -> HttpResponse:
    """Remember in a signed cookie that somebody came in by a link, and go on. It gives nothing but taking part."""
    link = queries.get_entry_link(token=token)
    visitor = cast(Visitor, request.viewer).entering_by(token)
    response = redirect(queries.address_of(link.item, viewer=visitor))
    cookies.write_entries(response, visitor.entry_tokens)
    return response


def _asked_item(request: Request) -> Item | None:
    """Return the item that the address asks for, authorised; None for the whole installation."""
    asked = request.GET.get("item", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER:
        return queries.get_item_to_look_after(request.viewer, int(asked))
    if asked:
        raise NotFound
    _authorise(request, None)
    return None


def _authorise(request: Request, item: Item | None) -> None:
    may = rules.may_invite(request.viewer, places=_places(item))
    if isinstance(may, No):
        raise Refused(may)


def _places(item: Item | None) -> tuple[int, ...]:
    return queries.places_of(item) if item else ()


def _people_of(request: Request, item: Item | None, form: forms.Invite) -> dict[str, Any]:
    return {
        "roles_to_give": rules.roles_to_give(request.viewer, places=_places(item)),
        "item": item,
        "form": form,
        "invitations": queries.invitations_within(item),
        "roles": queries.roles_within(item),
        "is_mail_set_up": post.is_mail_set_up(),
    }


def _address_of_list(item: Item | None) -> str:
    address = reverse("people:invitations")
    return f"{address}?item={item.pk}" if item else address
