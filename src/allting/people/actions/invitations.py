"""Invitations give one role to one address; entry links let anyone take part and give no role."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from allting.people import context, cookies, letters
from allting.people.actions.accounts import join
from allting.people.actions.roles import give_role
from allting.people.errors import LinkUsed
from allting.people.models import EntryLink, Invitation, Person, QueuedMail, RoleName
from allting.record import actions as record
from allting.record.models import Actor, Item

OPEN_FOR = timedelta(days=14)
_TOKEN_BYTES = 32
# Short enough for a QR code that a phone reads across a room, long enough not to be guessed.
_ENTRY_TOKEN_BYTES = 12


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with the path that opens it, which exists only now: the database keeps its digest."""

    invitation: Invitation
    path: str


@transaction.atomic
def invite(
    *, address: str, role: str, item: Item | None = None, by: Actor, inviter_name: str = "", now: datetime
) -> Invited:
    """Mail an address a link that gives it a role. One that was still open for the same is replaced."""
    address = address.lower()
    open_ones = Invitation.objects.filter(address=address, role=role, item=item, accepted_at=None, revoked_at=None)
    QueuedMail.objects.filter(key__in=[_mail_key(open_one) for open_one in open_ones]).delete()
    open_ones.update(revoked_at=now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    invitation = Invitation.objects.create(
        token_digest=cookies.digest_of(token),
        address=address,
        role=RoleName(role),
        item=item,
        invited_by=by,
        invited_at=now,
        expires_at=now + OPEN_FOR,
    )
    path = reverse("people:accept_invitation", args=[token])
    letters.queue_letter(
        key=_mail_key(invitation),
        address=address,
        letter=_letter(invitation, path, inviter_name),
        actor=by,  # whose name it bears: an erased person's waiting mails go with them
        worth_until=invitation.expires_at,
        now=now,
    )
    data: record.Data = {"invitation": invitation.pk, "role": invitation.role}
    record.emit(name="people.invited", actor=by, item=item, data=data, now=now)
    return Invited(invitation, path)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> None:
    """Make an open invitation's link open nothing. Raises LinkUsed when it was accepted or revoked before."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise LinkUsed
    QueuedMail.objects.filter(key=_mail_key(invitation)).delete()
    data = {"invitation": invitation.pk}
    record.emit(name="people.invitation_revoked", actor=by, item=invitation.item, data=data, now=now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, language: str, now: datetime) -> Person:
    """Give the invited address its role, and an account if it has none: the token came to that address.

    The caller asked `rules.may_accept`. Raises LinkUsed when another press was faster.
    """
    accepted = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not accepted.update(accepted_at=now):
        raise LinkUsed
    QueuedMail.objects.filter(key=_mail_key(invitation), sent_at=None).delete()  # the link was passed on by hand
    person = join(address=invitation.address, language=language, now=now)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person.actor)
    give_role(person=person, role=invitation.role, item=invitation.item, by=invitation.invited_by, now=now)
    data = {"invitation": invitation.pk}
    record.emit(name="people.invitation_accepted", actor=person.actor, item=invitation.item, data=data, now=now)
    return person


@transaction.atomic
def make_entry_link(*, item: Item, by: Actor, now: datetime) -> EntryLink:
    """Return the entry link of an item, making it if none stands: one poster, one code."""
    if standing := EntryLink.objects.filter(item=item, revoked_at=None).order_by("-pk").first():
        return standing
    link = EntryLink.objects.create(token=secrets.token_urlsafe(_ENTRY_TOKEN_BYTES), item=item, made_by=by, made_at=now)
    record.emit(name="people.entry_link_made", actor=by, item=item, data={"link": link.pk}, now=now)
    return link


@transaction.atomic
def revoke_entry_link(*, link: EntryLink, by: Actor, now: datetime) -> None:
    """Close the way in through a link, also for those who came in by it. Raises LinkUsed if it was closed before."""
    if not EntryLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        raise LinkUsed
    record.emit(name="people.entry_link_revoked", actor=by, item=link.item, data={"link": link.pk}, now=now)


def _mail_key(invitation: Invitation) -> str:
    return f"invitation-{invitation.pk}"


def _letter(invitation: Invitation, path: str, inviter_name: str) -> letters.Letter:
    organisation = context.current_site().name
    said = {"organisation": organisation, "name": inviter_name, "role": invitation.get_role_display()}
    if inviter_name:
        first = _("%(name)s invites you to take part at %(organisation)s as %(role)s.") % said
    else:
        first = _("You are invited to take part at %(organisation)s as %(role)s.") % said
    return letters.Letter(
        subject=_("Invitation to %(organisation)s") % said,
        headline=_("You are invited"),
        quote=invitation.item.title if invitation.item else "",
        paragraphs=(first, _("The link is for you alone. It works once, within 14 days.")),
        button=(_("Look at the invitation"), path),
        why=_("You get this mail because somebody typed your address. If it means nothing to you, do nothing."),
    )
