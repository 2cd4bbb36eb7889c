"""Mail: written into a queue in the caller's transaction, sent by a schedule, tried again when it fails."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from allting.people import queries
from allting.people.models import QueuedMail
from allting.record.models import Actor


def is_mail_set_up() -> bool:
    """Say whether a mail that is queued now will reach anybody. The demo keeps its mails on a page."""
    if settings.IS_DEMO or settings.MAIL_URL:
        return True
    organisation = queries.get_organisation()
    return bool(organisation and organisation.mail_url)


def queue_mail(
    *, key: str, address: str, subject: str, text: str, html: str = "", actor: Actor | None = None, now: datetime
) -> bool:
    """Put a mail into the queue; say whether it is new. A key that is there already changes nothing."""
    _mail, is_new = QueuedMail.objects.get_or_create(
        key=key,
        defaults={
            "actor": actor,
            "address": address,
            "subject": subject,
            "text": text,
            "html": html,
            "queued_at": now,
            "due_at": now,
        },
    )
    return is_new
