"""A mail as a person reads it: one column, what matters in the first line, one button, and why it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from allting.people import context, post
from allting.record.models import Actor
from allting.web import numbers


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a mail, already in the reader's language.

    lead           what the quoted words are: "You wrote on 2 March:"
    quote          the reader's own words, set apart
    code           six digits to type somewhere
    button         words and path of the one thing to do
    why            why this mail came; always said
    removal_path   where the reader ends such mails, for those that come because of a wish
    signed_by      a person's name, and their title
    """

    subject: str
    headline: str
    paragraphs: tuple[str, ...]
    why: str
    lead: str = ""
    quote: str = ""
    code: str = ""
    button: tuple[str, str] | None = None
    removal_path: str = ""
    signed_by: tuple[str, str] | None = None


def queue_letter(
    *,
    key: str,
    address: str,
    letter: Letter,
    actor: Actor | None = None,
    worth_until: datetime | None = None,
    now: datetime,
) -> bool:
    """Render a letter in the language in use and queue it (`post.queue_mail`); say whether the key is new."""
    said = {
        "letter": letter,
        "site": context.current_site(),
        "language": numbers.language(),
        "base": settings.PUBLIC_URL,
    }
    return post.queue_mail(
        key=key,
        address=address,
        subject=" ".join(letter.subject.split()),  # a subject is one line, whatever somebody's title holds
        text=render_to_string("people/mail/letter.txt", said).strip() + "\n",
        html=render_to_string("people/mail/letter.html", said),
        actor=actor,
        worth_until=worth_until,
        now=now,
    )
