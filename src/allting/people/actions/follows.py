"""“Tell me what comes of it”: an address that is used for that and for nothing else.

These actions write no events: whoever reads the record must not see who left an address.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from allting.people import codes, letters
from allting.people.models import LeftAddress, MailedCode, QueuedMail
from allting.record.models import Actor

_KEY_BYTES = 32


@transaction.atomic
def leave_address(*, code: MailedCode, actor: Actor, network: str, language: str, now: datetime) -> LeftAddress:
    """Keep the address whose code was right, and confirm it once by mail. A new one for the same item replaces it.

    Raises CodeUsed.
    """
    codes.use_code(code, network=network, now=now)
    assert code.item is not None
    # The removal link in mails to another address must not reach this one.
    LeftAddress.objects.filter(actor=actor, item=code.item).exclude(address=code.address).delete()
    left, _is_new = LeftAddress.objects.update_or_create(
        actor=actor,
        item=code.item,
        defaults={"address": code.address, "language": language, "confirmed_at": now},
        create_defaults={
            "address": code.address,
            "language": language,
            "confirmed_at": now,
            "removal_key": secrets.token_urlsafe(_KEY_BYTES),
        },
    )
    letters.queue_letter(
        key=f"followed-{left.pk}-{code.pk}", address=left.address, letter=_letter(left), actor=actor, now=now
    )
    return left


@transaction.atomic
def remove_address(*, left: LeftAddress) -> None:
    """Forget an address that was left for an item, on whatever devices, and the mails to it that wait."""
    same = LeftAddress.objects.filter(item=left.item_id, address__iexact=left.address)
    actor_ids = {left.actor_id, *same.values_list("actor", flat=True)}
    QueuedMail.objects.filter(actor__in=actor_ids, address__iexact=left.address).delete()
    same.delete()


@transaction.atomic
def forget_addresses_of(*, items: Collection[int]) -> int:
    """Forget what was left for these items, and the mails to it that wait; return how many."""
    left = list(LeftAddress.objects.filter(item__in=items).select_related("actor"))
    for one in left:
        remove_address(left=one)
    return len(left)


@transaction.atomic
def set_forget_on(*, items: Collection[int], day: date) -> int:
    """Say when the addresses left for these items go; return how many had no day yet."""
    return LeftAddress.objects.filter(item__in=items, forget_on=None).update(forget_on=day)


@transaction.atomic
def forget_old_addresses(*, today: date) -> int:
    """Drop left addresses whose day has come; return how many."""
    return LeftAddress.objects.filter(forget_on__lte=today).delete()[0]


def removal_path(left: LeftAddress) -> str:
    """Return where the reader of a mail takes the address away; belongs into every such mail."""
    return reverse("people:remove_follow", args=[left.removal_key])


def _letter(left: LeftAddress) -> letters.Letter:
    return letters.Letter(
        subject=_("We will tell you what comes of it"),
        headline=_("We will write when something comes of it"),
        quote=left.item.title,
        paragraphs=(
            _("You hear from us when there are results, and when there is an answer. Nothing else."),
            _("Nobody sees your address, and twelve months after this closes we delete it by ourselves."),
        ),
        why=_("You get this mail because you left this address there."),
        removal_path=removal_path(left),
    )
