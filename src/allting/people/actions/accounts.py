"""Accounts and devices: joining, bringing along, leaving, being forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from allting.people import codes, post
from allting.people.actions.roles import give_role
from allting.people.errors import HasFacilitator
from allting.people.models import (
    Device,
    Entry,
    Invitation,
    LeftAddress,
    MailedCode,
    Person,
    QueuedMail,
    Role,
    RoleName,
    Session,
)
from allting.people.queries import get_person_at, has_facilitator
from allting.record import actions as record
from allting.record.kinds import Words
from allting.record.models import Actor

# What could not be delivered, and codes nobody typed, tell where somebody can be reached: not for long.
_KEEP_UNSENT = timedelta(days=30)
_KEEP_CODES = timedelta(days=1)


@transaction.atomic
def join(
    *, address: str, name: str = "", title: str = "", language: str, is_invented: bool = False, now: datetime
) -> Person:
    """Return the person with this address, making an account if there is none. The address was confirmed before."""
    if found := get_person_at(address):
        return found
    person = Person(
        address=address.lower(), name=name, title=title, language=language, is_invented=is_invented, joined_at=now
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.actor = record.make_actor(kind=Actor.Kind.PERSON)
            person.save(force_insert=True)
    except IntegrityError:  # the same person pressed twice, and the other press was faster
        if found := get_person_at(address):
            return found
        raise
    record.emit(name="people.joined", actor=person.actor, now=now)
    return person


@transaction.atomic
def join_as_facilitator(*, name: str, address: str, language: str, now: datetime) -> Person:
    """Make the first facilitator of an installation. Raises HasFacilitator."""
    if has_facilitator():
        raise HasFacilitator
    person = join(address=address, name=name, language=language, now=now)
    if not person.name:
        person.name = name
        person.save(update_fields=["name"])
    give_role(person=person, role=RoleName.FACILITATOR, by=person.actor, now=now)
    return person


@transaction.atomic
def sign_in_with_code(*, code: MailedCode, network: str, language: str, now: datetime) -> Person:
    """Use a code whose digits were right, and return the person of its address. Raises CodeUsed."""
    codes.use_code(code, network=network, now=now)
    return join(address=code.address, language=language, now=now)


@transaction.atomic
def change_profile(*, person: Person, name: str, title: str, language: str, now: datetime) -> None:
    """Change how a person is called and spoken to."""
    person.name, person.title, person.language = name, title, language
    person.save(update_fields=["name", "title", "language"])
    record.emit(name="people.profile_changed", actor=person.actor, now=now)


@transaction.atomic
def bring_along(*, device: Device, person: Person, now: datetime) -> None:
    """Give what was done on a device to the person who signed in on it; the device begins afresh."""
    giver = device.actor
    if giver is None:
        return
    record.hand_over(giver=giver, taker=person.actor, now=now)
    kept = LeftAddress.objects.filter(actor=person.actor).values("item")
    LeftAddress.objects.filter(actor=giver, item__in=list(kept.values_list("item", flat=True))).delete()
    LeftAddress.objects.filter(actor=giver).update(actor=person.actor)
    MailedCode.objects.filter(actor=giver).update(actor=person.actor)
    QueuedMail.objects.filter(actor=giver).update(actor=person.actor)
    _move_entries(device, person)
    start_afresh(device=device)


@transaction.atomic
def bring_here(*, device: Device, taker: Actor, now: datetime) -> None:
    """Give what was done in a frame to whoever opened the page in full; the frame begins afresh. Twice it is done.

    A frame's device has no addresses, no codes and no entries: those need the site itself.
    """
    giver = Device.objects.select_for_update().get(pk=device.pk).actor
    if giver is None or giver == taker:
        return
    record.hand_over(giver=giver, taker=taker, now=now)
    start_afresh(device=device)


def start_afresh(*, device: Device) -> None:
    """Cut a device from what was done on it: its next act makes a new actor."""
    Device.objects.filter(pk=device.pk).update(actor=None)
    device.actor = None


@transaction.atomic
def forget_browser(*, device: Device | None) -> None:
    """Drop the row of a device at sign-out, so that a shared tablet knows nobody. What was said with it stands."""
    if device is not None:
        Entry.objects.filter(device=device).delete()
        Device.objects.filter(pk=device.pk).delete()


@transaction.atomic
def remove_device(*, device: Device, words: Words, now: datetime) -> None:
    """Erase what was left on a device: votes, views, left addresses, and the words if so wished."""
    if device.actor is not None:
        record.forget(actor=device.actor, words=words, now=now)
        LeftAddress.objects.filter(actor=device.actor).delete()
        MailedCode.objects.filter(actor=device.actor).delete()
        QueuedMail.objects.filter(actor=device.actor).delete()
    forget_browser(device=device)


@transaction.atomic
def erase_person(*, person: Person, words: Words, now: datetime) -> None:
    """Erase a person in one transaction: what they did through the kinds, and all that names them here.

    The blank row and its Actor stay, so that what others did with them keeps its place.
    """
    record.forget(actor=person.actor, words=words, now=now)
    theirs = Q(actor=person.actor) | Q(address__iexact=person.address)
    LeftAddress.objects.filter(theirs).delete()
    MailedCode.objects.filter(theirs).delete()
    QueuedMail.objects.filter(theirs).delete()
    Invitation.objects.filter(Q(address__iexact=person.address) | Q(accepted_by=person.actor)).delete()
    Role.objects.filter(person=person).delete()
    Entry.objects.filter(person=person).delete()
    Session.objects.filter(person=person).delete()
    person.address, person.name, person.title = None, "", ""
    person.last_login, person.erased_at = None, now
    person.set_unusable_password()
    person.save()


def forget_stale_rows(*, now: datetime) -> None:
    """Drop codes of yesterday, mails that could not be delivered, and sessions that ended."""
    MailedCode.objects.filter(made_at__lt=now - _KEEP_CODES).delete()
    QueuedMail.objects.filter(queued_at__lt=now - _KEEP_UNSENT).filter(
        Q(sent_at=None) | Q(tries_count__gte=post.TRIES)
    ).delete()
    Session.objects.filter(expire_date__lt=now).delete()


def _move_entries(device: Device, person: Person) -> None:
    known = list(Entry.objects.filter(person=person).values_list("link", flat=True))
    Entry.objects.filter(device=device, link__in=known).delete()
    Entry.objects.filter(device=device).update(device=None, person=person)
