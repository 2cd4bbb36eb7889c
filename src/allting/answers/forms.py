"""What people type about answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allting.answers.actions import Draft
from allting.answers.models import Answer, AnswerGroup


class AnswerWords(forms.Form):
    """The words of an answer. Whoever is refused has a right to the reason."""

    decision = forms.ChoiceField(
        label=_("What is decided"),
        choices=Answer.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is decided.")},
    )
    headline = forms.CharField(
        label=_("The decision in one line"),
        help_text=_("The first thing people read: “Yes, we will. By June 2028.”"),
        max_length=Answer.HEADLINE_LENGTH,
        required=False,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed for a no, and for what is part of another answer or not yours to decide."),
        max_length=Answer.TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    what_next = forms.CharField(
        label=_("What happens next"),
        help_text=_("Who does what, and by when. If nothing happens, say so."),
        max_length=Answer.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what happens next, and if nothing does, say that.")},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("decision") in Answer.NEEDS_REASON and not said.get("reason"):
            self.add_error("reason", _("Say why. Whoever hears this has a right to the reason."))
        return said

    def draft(self) -> Draft:
        return Draft(
            decision=Answer.Decision(self.cleaned_data["decision"]),
            headline=self.cleaned_data["headline"],
            reason=self.cleaned_data["reason"],
            what_next=self.cleaned_data["what_next"],
        )


def words_of(answer: Answer | None) -> dict[str, str]:
    """Return the words of an answer as they fill the form."""
    if answer is None:
        return {}
    return {
        "decision": answer.decision,
        "headline": answer.headline,
        "reason": answer.reason,
        "what_next": answer.what_next,
    }


class Joining(forms.Form):
    """Groups that get one answer, and what they are about."""

    groups = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Choose at least one of them.")})
    title = forms.CharField(
        label=_("What they are about"),
        help_text=_("In a few plain words; everybody reads it."),
        max_length=AnswerGroup.TITLE_LENGTH,
        error_messages={"required": _("Say in a few words what they are about.")},
    )

    def __init__(self, *arguments: Any, known: list[int], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["groups"].choices = [(pk, str(pk)) for pk in known]  # type: ignore[attr-defined]
