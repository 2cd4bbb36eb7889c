"""The two cookies of a browser without account: its device key, and the entry links it came in by.

Both are signed, HttpOnly and written only when there is something to remember.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

DEVICE = "device"
ENTRIES = "entries"
LIFETIME = timedelta(days=400)  # the longest that browsers keep a cookie
_KEY_BYTES = 32
_MOST_ENTRIES = 20  # what fits; the oldest go first


def make_device_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


def digest_of(secret: str) -> str:
    """Return what the database keeps of a random key. Random keys need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_device_key(request: HttpRequest) -> str | None:
    """Return the key of this browser; None if there is none or its signature is not ours."""
    return _read(request, DEVICE)


def write_device_key(response: HttpResponse, key: str) -> None:
    _write(response, DEVICE, key)


def read_entries(request: HttpRequest) -> tuple[str, ...]:
    """Return the tokens of the entry links that this browser opened, the latest last."""
    return tuple((_read(request, ENTRIES) or "").split())


def write_entries(response: HttpResponse, tokens: Iterable[str]) -> None:
    _write(response, ENTRIES, " ".join(list(tokens)[-_MOST_ENTRIES:]))


def forget_browser(response: HttpResponse) -> None:
    """Take both cookies and what was being written away, so that a shared tablet remembers nobody."""
    response.headers["Clear-Site-Data"] = '"storage"'
    for name in (DEVICE, ENTRIES):
        response.delete_cookie(name, samesite="Lax")


def sign(name: str, value: str) -> str:
    """Return a cookie's value with our signature, which holds for this cookie only."""
    return _signer(name).sign(value)


def _read(request: HttpRequest, name: str) -> str | None:
    try:
        return _signer(name).unsign(request.COOKIES[name])
    except (KeyError, signing.BadSignature):
        return None


def _write(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        sign(name, value),
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"allting.people.{name}")
