"""Six digits by mail, for signing in and for leaving an address: one mechanism, one set of limits.

A code lives ten minutes and three tries and is stored as a keyed digest. The answer to a request is the
same for every address, known or not: anyone whose address is confirmed gets an account, so there is
nothing to tell apart, and the mail is written into the queue and never sent while somebody waits.
"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allting.people import context, letters
from allting.people.errors import CodeUsed, TooManyCodes
from allting.people.models import MailedCode
from allting.record.errors import NotFound
from allting.record.models import Actor, Item

DIGITS = 6
LASTS = timedelta(minutes=10)
TRIES = 3
PER_ADDRESS = 5
# Counts only codes that nobody has typed back yet: a company of thousands behind one address may all sign
# in in the same hour, while somebody who scatters codes over other people's addresses soon stops.
PER_NETWORK = 30
WINDOW = timedelta(hours=1)

_HANDLE_BYTES = 32
_IPV4_BITS, _IPV6_BITS = 24, 64


class WrongCode(Exception):
    """The digits do not open anything; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def network_of(remote_address: str) -> str:
    """Return a keyed digest of the network that somebody writes from: enough to count, too little to find them."""
    try:
        address = ipaddress.ip_address(remote_address.strip())
    except ValueError:
        return salted_hmac("people.network", "unknown", algorithm="sha256").hexdigest()
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = _IPV4_BITS if address.version == 4 else _IPV6_BITS
    network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    return salted_hmac("people.network", str(network), algorithm="sha256").hexdigest()


@transaction.atomic
def send_code(
    *,
    purpose: MailedCode.Purpose,
    address: str,
    network: str,
    item: Item | None = None,
    actor: Actor | None = None,
    now: datetime,
) -> MailedCode:
    """Queue a mail with a new code, in the language in use. Raises TooManyCodes."""
    recent = MailedCode.objects.filter(address=address, made_at__gt=now - WINDOW)
    if recent.count() >= PER_ADDRESS or not _count_up(network, now):
        raise TooManyCodes
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    handle = secrets.token_urlsafe(_HANDLE_BYTES)
    code = MailedCode.objects.create(
        handle=handle,
        purpose=purpose,
        address=address,
        code_digest=_digest(handle, digits),
        item=item,
        actor=actor,
        made_at=now,
        expires_at=now + LASTS,
        tries_left=TRIES,
    )
    letters.queue_letter(
        key=f"code-{handle}",
        address=address,
        letter=_letter(purpose, digits, item),
        actor=actor,
        worth_until=code.expires_at,
        now=now,
    )
    return code


def get_code(*, handle: str, purpose: MailedCode.Purpose) -> MailedCode:
    """Return the code behind a page. Raises NotFound, or CodeUsed when it did its work."""
    code = MailedCode.objects.select_related("item").filter(handle=handle, purpose=purpose).first()
    if code is None:
        raise NotFound
    if code.used_at is not None:
        raise CodeUsed
    return code


def check_digits(code: MailedCode, *, digits: str, now: datetime) -> None:
    """Count a try and compare. Raises WrongCode. Not in a transaction: a try that failed stays counted."""
    if now >= code.expires_at:
        raise WrongCode(_("This code has expired. Ask for a new one; it comes within a minute."))
    # Counted before it is compared, so that a hundred guesses at once are still three.
    if not MailedCode.objects.filter(pk=code.pk, tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        raise WrongCode(_("Three tries are used up. Ask for a new code; it comes within a minute."))
    if not constant_time_compare(code.code_digest, _digest(code.handle, digits)):
        code.refresh_from_db(fields=["tries_left"])
        raise WrongCode(_tries_left(code.tries_left))


def use_code(code: MailedCode, *, network: str, now: datetime) -> None:
    """Mark the code as used, within the caller's transaction. Raises CodeUsed if another request was faster."""
    if not MailedCode.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
        raise CodeUsed
    _count_down(network, now)


def describe_length(digits: str) -> str | None:
    """Return what is wrong with the form of a code, or None: “The code has six digits; this is five.”"""
    if not digits.isascii() or not digits.isdigit():
        return _("The code has six digits and nothing else.")
    if len(digits) == DIGITS:
        return None
    return _("The code has six digits; this is %(count)s.") % {"count": _in_words(len(digits))}


def _in_words(count: int) -> str:
    words = (
        pgettext("count of digits", "one"),
        pgettext("count of digits", "two"),
        pgettext("count of digits", "three"),
        pgettext("count of digits", "four"),
        pgettext("count of digits", "five"),
        pgettext("count of digits", "six"),
        pgettext("count of digits", "seven"),
        pgettext("count of digits", "eight"),
    )
    return words[count - 1] if 1 <= count <= len(words) else str(count)


def _tries_left(count: int) -> str:
    if count == 0:
        return _("That is not the code in the mail, and three tries are used up. Ask for a new one.")
    if count == 1:
        return _("That is not the code in the mail. You can try once more.")
    return _("That is not the code in the mail. You can try twice more.")


def _digest(handle: str, digits: str) -> str:
    return salted_hmac("people.code", f"{handle} {digits}", algorithm="sha256").hexdigest()


def _letter(purpose: MailedCode.Purpose, digits: str, item: Item | None) -> letters.Letter:
    organisation = context.current_site().name
    if purpose == MailedCode.Purpose.FOLLOW and item is not None:
        return letters.Letter(
            subject=_("%(code)s is your code: we will tell you what comes of it") % {"code": digits},
            headline=_("Type this code, and we will write to you"),
            code=digits,
            quote=item.title,
            paragraphs=(_("It works for ten minutes, on the page where you left this address."),),
            why=_("You get this mail because somebody left your address there. Was it not you? Then do nothing."),
        )
    return letters.Letter(
        subject=_("%(code)s is your code for %(organisation)s") % {"code": digits, "organisation": organisation},
        headline=_("Here is your code"),
        code=digits,
        paragraphs=(_("Type it on the page where you asked for it. It works for ten minutes."),),
        why=_(
            "You get this mail because somebody wants to sign in with your address. "
            "Was it not you? Then do nothing: without the code nobody gets in."
        ),
    )


def _count_up(network: str, now: datetime) -> bool:
    """Count an open code of this network; say whether it was still within the limit."""
    key = _counter(network, now)
    cache.add(key, 0, timeout=WINDOW.total_seconds())
    return cache.incr(key) <= PER_NETWORK


def _count_down(network: str, now: datetime) -> None:
    key = _counter(network, now)
    if cache.get(key, 0) > 0:
        cache.decr(key)


def _counter(network: str, now: datetime) -> str:
    return f"people.codes.{network}.{int(now.timestamp() // WINDOW.total_seconds())}"
