"""May they? Yes, or no with the reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from allting.people.models import Invitation, Person, RoleName
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer


def may_look_after_all(viewer: Viewer) -> Answer:
    """Organisation, mail and everybody's roles are for those who look after the whole installation."""
    if viewer.has_role(["facilitator"]):
        return YES
    return No(_("This is for the facilitator of the whole installation."))


def may_invite(viewer: Viewer, *, places: Collection[int] = ()) -> Answer:
    """Facilitators invite: for the whole installation, or within what they look after. Deputies do within it, too.

    places    ids of the item and of what it lies within; empty for the whole installation
    """
    if roles_to_give(viewer, places=places):
        return YES
    if places:
        return No(_("Only its facilitator and its deputy can invite people to this."))
    return No(_("Only the facilitator of the whole installation can invite people to all of it."))


def roles_to_give(viewer: Viewer, *, places: Collection[int]) -> tuple[RoleName, ...]:
    """Return the roles that the viewer may give and take there.

    A deputy stands in for the facilitator, but makes no facilitator or sponsor and unmakes none.
    """
    if viewer.has_role([RoleName.FACILITATOR], within=places):
        return tuple(RoleName)
    if places and viewer.has_role([RoleName.DEPUTY], within=places):
        return (RoleName.DEPUTY, RoleName.LEAD, RoleName.MEMBER, RoleName.PARTICIPANT)
    return ()


def may_accept(invitation: Invitation, *, person: Person | None, now: datetime) -> Answer:
    """An invitation opens once, within its time, to the address it was sent to."""
    if invitation.revoked_at is not None:
        return No(_("This invitation was taken back. Ask whoever sent it."))
    if invitation.accepted_at is not None:
        return No(_("This invitation was used. If it was you, sign in with the same address."))
    if now >= invitation.expires_at:
        return No(_("This invitation was open for 14 days, and they are over. Ask for a new one."))
    if person is not None and (person.address or "").lower() != invitation.address.lower():
        return No(_("This invitation went to another address than yours. Sign out first, then open it again."))
    return YES


def may_revoke(viewer: Viewer, *, role: str, places: Collection[int]) -> Answer:
    """Whoever may give a role may take an invitation to it back."""
    may = may_invite(viewer, places=places)
    if isinstance(may, No) or role in roles_to_give(viewer, places=places):
        return may
    return No(_("Only the facilitator can take this role back."))


def may_take_role(viewer: Viewer, *, role: str, places: Collection[int], is_last_facilitator: bool) -> Answer:
    """Whoever may give a role may take it back, but not the last facilitator's."""
    may = may_revoke(viewer, role=role, places=places)
    if isinstance(may, No):
        return may
    if is_last_facilitator:
        return No(_("This is the only facilitator. Make somebody else a facilitator first."))
    return YES
