"""More time for what is open or comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.processes import rules
from allting.processes.forms.inputs import day_input, lines
from allting.processes.models import Activity, Extension
from allting.web.numbers import day


class LongerTime(forms.Form):
    """A later closing day for one activity, and what everybody is told about it."""

    use_required_attribute = False

    until = forms.DateField(
        label=gettext_lazy("New last day"),
        widget=day_input(),
        error_messages={"required": gettext_lazy("Choose the new last day.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Everybody reads this on the page."),
        max_length=Extension.NOTE_LENGTH,
        widget=lines(3),
        error_messages={"required": gettext_lazy("Say why. People planned with the day you promised.")},
    )

    def __init__(
        self, *args: Any, activities: Sequence[Activity], titles: Mapping[int, str | Promise], **kwargs: Any
    ) -> None:
        """Ask which one only where there are several; `titles` by the activity's id, what closes next first."""
        super().__init__(*args, **kwargs)
        self.activities = {one.pk: one for one in activities}
        if len(activities) > 1:
            which = forms.TypedChoiceField(
                label=_("What gets more time"),
                choices=[(one.pk, f"{titles[one.pk]}, {_until(one)}") for one in activities],
                coerce=int,
                initial=activities[0].pk,
                widget=forms.RadioSelect,
            )
            self.fields = {"which": which, **self.fields}
        else:
            promised = day(_last_day_of(activities[0]))
            self.fields["until"].help_text = _("Promised until now: %(day)s.") % {"day": promised}

    def activity(self) -> Activity:
        """Return what was chosen; the only one where there was nothing to choose."""
        return self.activities[self.cleaned_data.get("which") or next(iter(self.activities))]

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        promised = _last_day_of(self.activity())
        if until <= promised:
            raise ValidationError(
                _("%(day)s is not later than %(promised)s, the day you promised.")
                % {"day": day(until), "promised": day(promised)}
            )
        return until


def _last_day_of(activity: Activity) -> date:
    assert activity.closes_at is not None  # only what has a last day can get more time
    return rules.local_day(activity.closes_at)


def _until(activity: Activity) -> str:
    return _("until %(day)s") % {"day": day(_last_day_of(activity))}
