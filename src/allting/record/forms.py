from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from allting.record.models import ModerationDecision, Report


class ReportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        help_text=_("The facilitator reads this. The author does not learn who wrote it."),
        max_length=Report.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ModerationForm(forms.Form):
    verdict = forms.ChoiceField(label=_("What happens with it"), choices=ModerationDecision.Verdict)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The author reads this, word for word."),
        max_length=ModerationDecision.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
