"""Mail: written into a queue in the caller's transaction, sent by a schedule, tried again when it fails.

At least once: a mail is claimed before it is sent and its row goes afterwards. Whoever is killed in
between sends it again a minute later, under the same Message-ID, so that mail programs show it once.
"""

from __future__ import annotations

import enum
import hashlib
import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from allting.people import queries
from allting.people.models import Organisation, QueuedMail
from allting.record.models import Actor

log = logging.getLogger(__name__)

TRIES = queries.MAIL_TRIES
# Minutes until the next try; the last ones let a mail server be down for a night.
_BACK_OFF_MIN = (1, 2, 5, 15, 60, 300, 600, 600)
_TIMEOUT_S = 10
_MOST_AT_ONCE = 100
_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
_PERMANENT = range(500, 600)


class UnreadableMailUrl(ValueError):
    """A mail address that cannot be used; the sentence says what is missing."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotSent(Exception):
    """The mail server did not take a mail; the sentence says why in a facilitator's words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, repr=False)
class MailServer:
    """Where mail leaves. Has no repr: it holds a password."""

    host: str
    port: int
    username: str
    password: str
    use_tls: bool
    use_ssl: bool
    sender: str

    def connect(self) -> EmailBackend:
        return EmailBackend(
            alias="allting",
            host=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            use_tls=self.use_tls,
            use_ssl=self.use_ssl,
            timeout=_TIMEOUT_S,
        )


def read_mail_url(url: str, *, sender: str) -> MailServer:
    """Read smtp://user:password@host:port (or smtps://, smtp+tls://). Raises UnreadableMailUrl."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise UnreadableMailUrl(_("The port after the last colon is a number, for example :587.")) from None
    if parts.scheme not in _PORTS:
        raise UnreadableMailUrl(_("It starts with smtp://, smtps:// or smtp+tls://."))
    if not parts.hostname:
        raise UnreadableMailUrl(_("The name of the mail server is missing, for example smtp+tls://mail.example.org."))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UnreadableMailUrl(_("It ends with the server or its port. In a password, write / as %2F and @ as %40."))
    if bool(parts.username) != bool(parts.password):
        raise UnreadableMailUrl(_("A name needs its password, and a password its name: name:password@server."))
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        sender=sender,
    )


def current_server() -> MailServer | None:
    """Return the mail server of the environment, else of the mail page, else None."""
    organisation = queries.get_organisation()
    url = settings.MAIL_URL or (organisation.mail_url if organisation else "")
    return read_mail_url(url, sender=_sender(organisation)) if url else None


def is_mail_set_up() -> bool:
    """Say whether a mail that is queued now will reach anybody. The demo keeps its mails on a page."""
    if settings.IS_DEMO or settings.MAIL_URL:
        return True
    organisation = queries.get_organisation()
    return bool(organisation and organisation.mail_url)


def queue_mail(
    *,
    key: str,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    actor: Actor | None = None,
    worth_until: datetime | None = None,
    now: datetime,
) -> bool:
    """Put a mail into the queue; say whether it is new. A key that is there already changes nothing.

    worth_until    when the mail is of no use any more and is dropped unsent, such as an expired code
    """
    _mail, is_new = QueuedMail.objects.get_or_create(
        key=key,
        defaults={
            "actor": actor,
            "address": address,
            "subject": subject[:200],
            "text": text,
            "html": html,
            "queued_at": now,
            "due_at": now,
            "worth_until": worth_until,
        },
    )
    return is_new


def send_waiting(*, now: datetime) -> int:
    """Send what is due; return how many left. In the demo nothing leaves the machine."""
    if settings.IS_DEMO:
        QueuedMail.objects.filter(sent_at=None).update(sent_at=now)
        return 0
    if not _due(now).exists():
        return 0
    _due(now).filter(worth_until__lte=now).delete()
    server = current_server()
    if server is None:
        return 0
    connection = server.connect()
    sent_count = 0
    try:
        for _turn in range(_MOST_AT_ONCE):
            mail = _claim_next(now)
            outcome = _send(mail, connection=connection, sender=server.sender) if mail else None
            sent_count += outcome is _Outcome.SENT
            if outcome in {None, _Outcome.AWAY}:
                break
    finally:
        connection.close()
    return sent_count


def send_test_mail(server: MailServer, *, address: str, subject: str, text: str) -> None:
    """Send one mail at once, while its reader waits. Raises NotSent."""
    message = EmailMultiAlternatives(subject, text, server.sender, [address])
    connection = server.connect()
    try:
        connection.send_messages([message])
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(explain(type(error).__name__)) from None
    finally:
        connection.close()


def explain(error: str) -> str:
    """Return in a facilitator's words what an error kept in the queue means: its kind, perhaps with a code."""
    match error.partition(" ")[0]:
        case smtplib.SMTPAuthenticationError.__name__:
            return _("The mail server does not accept the name or the password.")
        case smtplib.SMTPSenderRefused.__name__:
            return _("The mail server does not let us write from this sender address.")
        case smtplib.SMTPRecipientsRefused.__name__:
            return _("The mail server does not deliver to this address.")
        case smtplib.SMTPNotSupportedError.__name__:
            return _("The mail server offers no such encryption or sign-in. Try smtps:// or smtp://.")
        case _other:
            return _("No mail server answers there. Look at the name, the port and the beginning again.")


def _due(now: datetime) -> QuerySet[QueuedMail]:
    return QueuedMail.objects.filter(sent_at=None, tries_count__lt=TRIES, due_at__lte=now)


@transaction.atomic
def _claim_next(now: datetime) -> QueuedMail | None:
    """Take the mail that waits longest, and put it off in case we do not come back."""
    mail = _due(now).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if mail is None:
        return None
    put_off_to = now + timedelta(minutes=_BACK_OFF_MIN[mail.tries_count])
    QueuedMail.objects.filter(pk=mail.pk).update(due_at=put_off_to, tries_count=F("tries_count") + 1)
    mail.tries_count += 1
    return mail


class _Outcome(enum.Enum):
    SENT = "sent"
    REFUSED = "refused"  # this address; the others may go on
    AWAY = "away"  # the server as a whole


def _send(mail: QueuedMail, *, connection: EmailBackend, sender: str) -> _Outcome:
    """Send a claimed mail and drop its row, or keep what went wrong."""
    try:
        connection.send_messages([_message(mail, sender=sender)])
    except smtplib.SMTPRecipientsRefused as error:
        code = next((reply[0] for reply in error.recipients.values()), 0)
        _keep_error(mail, f"SMTPRecipientsRefused {code}", is_final=code in _PERMANENT)
        return _Outcome.REFUSED
    except (smtplib.SMTPException, OSError) as error:
        _keep_error(mail, f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip(), is_final=False)
        return _Outcome.AWAY
    mail.delete()
    return _Outcome.SENT


def _message(mail: QueuedMail, *, sender: str) -> EmailMultiAlternatives:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    digest = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{digest}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.address], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _keep_error(mail: QueuedMail, error: str, *, is_final: bool) -> None:
    """Write down what went wrong: kind and code, never the server's words, which hold addresses."""
    tries_count = TRIES if is_final else mail.tries_count
    QueuedMail.objects.filter(pk=mail.pk).update(error=error[:200], tries_count=tries_count)
    log.warning("Mail not sent", extra={"mail": mail.pk, "tries": tries_count, "error": error})


def _sender(organisation: Organisation | None) -> str:
    address = (organisation.mail_from if organisation else "") or settings.DEFAULT_FROM_EMAIL
    return formataddr((organisation.name, address)) if organisation else address
