"""How the organisation presents itself, and by which server its mail leaves."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from allting.people import context
from allting.people.models import Organisation
from allting.record import actions as record
from allting.record.models import Actor


@transaction.atomic
def change_organisation(
    *,
    name: str,
    colour: str = "",
    contact: str = "",
    contact_address: str = "",
    privacy_notice: str = "",
    imprint: str = "",
    is_invented: bool = False,
    by: Actor,
    now: datetime,
) -> Organisation:
    """Say who runs this installation; the first time makes the organisation."""
    said = {
        "name": name,
        "colour": colour.upper(),
        "contact": contact,
        "contact_address": contact_address,
        "privacy_notice": privacy_notice,
        "imprint": imprint,
        "is_invented": is_invented,
        "changed_at": now,
    }
    organisation, _is_new = Organisation.objects.update_or_create(pk=1, defaults=said)
    _tell(by=by, now=now)
    return organisation


@transaction.atomic
def change_logo(*, organisation: Organisation, picture: ContentFile[bytes] | None, by: Actor, now: datetime) -> None:
    """Put a drawn picture (`pictures.draw_logo`) on every page, or take the logo away; the old file goes."""
    old, storage = organisation.logo.name, organisation.logo.storage
    if picture is None:
        organisation.logo = ""
    else:
        organisation.logo.save(picture.name or "", picture, save=False)
    organisation.changed_at = now
    organisation.save(update_fields=["logo", "changed_at"])
    if old:
        # Only when the new row stands: a rolled back change must not leave a page without its logo.
        transaction.on_commit(lambda: storage.delete(old))
    _tell(by=by, now=now)


@transaction.atomic
def change_mail(*, organisation: Organisation, mail_url: str, mail_from: str, by: Actor, now: datetime) -> None:
    """Set the server by which mail leaves; an empty address takes it away."""
    organisation.mail_url, organisation.mail_from, organisation.changed_at = mail_url, mail_from, now
    organisation.save(update_fields=["mail_url", "mail_from", "changed_at"])
    record.emit(name="people.mail_changed", actor=by, data={"is_set_up": bool(mail_url)}, now=now)


def _tell(*, by: Actor, now: datetime) -> None:
    record.emit(name="people.organisation_changed", actor=by, now=now)
    # At once for what this transaction still renders, and after it for whoever read the old row meanwhile.
    context.forget_site()
    transaction.on_commit(context.forget_site)
