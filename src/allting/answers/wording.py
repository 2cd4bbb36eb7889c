"""How an answer is said, in the language in use."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.answers.models import Answer

# Said where nobody wrote a first line of their own.
_HEADLINES: Mapping[str, str | Promise] = {
    Answer.Decision.YES: gettext_lazy("Yes, we will."),
    Answer.Decision.PARTLY: gettext_lazy("Yes, in part."),
    Answer.Decision.NO: gettext_lazy("We will not do this. Here is why."),
    Answer.Decision.MERGED: gettext_lazy("This is part of another answer."),
    Answer.Decision.REFUSED: gettext_lazy("This is not ours to decide. Here is why."),
}


def headline_of(answer: Answer) -> str:
    """Say the decision in the first line."""
    return answer.headline or str(_HEADLINES[answer.decision])


def signature_of(answer: Answer) -> tuple[str, str] | None:
    """Return name and office of who signed. An erased person leaves the office; None before anybody signed."""
    if answer.signed_by is None:
        return None
    if answer.signed_by.erased_at is not None:
        return (answer.signed_as or _("Somebody who has left"), "")
    return (str(answer.signed_by), answer.signed_as)
