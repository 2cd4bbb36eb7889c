"""What participants say about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from allting.processes.models import Participation, Relation


class OwnRelation(forms.Form):
    """What somebody is to the organisation; empty: they would rather not say."""

    relation = forms.ChoiceField(
        label=gettext_lazy("To us, you are mostly a…"),
        choices=[("", gettext_lazy("I’d rather not say")), *Relation.choices],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Take one of these, or none.")},
    )


class OwnSatisfaction(forms.Form):
    """How satisfied somebody is with the organisation, 0 to 10; empty: they would rather not say."""

    satisfaction = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied are you with us?"),
        help_text=gettext_lazy("0 is not at all, 10 is completely."),
        choices=[
            ("", gettext_lazy("I’d rather not say")),
            *((str(number), str(number)) for number in range(Participation.MOST_SATISFIED + 1)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Take a number from 0 to 10, or none.")},
    )
