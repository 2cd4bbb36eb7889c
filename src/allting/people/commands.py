"""`allting sign-in-link ADDRESS`: for installations without mail."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from allting.people import sign_in


def fill_sign_in_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="the mail address of whoever is to sign in")


def sign_in_link(arguments: argparse.Namespace) -> int:
    """Print a link that signs in the owner of an address, once, within half an hour."""
    try:
        validate_email(arguments.address)
    except ValidationError:
        print(f"{arguments.address} is no mail address; one looks like anna.lund@example.org.", file=sys.stderr)
        return 2
    print(settings.PUBLIC_URL + sign_in.make_operator_link(arguments.address, now=timezone.now()))
    return 0
