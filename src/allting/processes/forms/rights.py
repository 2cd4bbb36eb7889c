"""Who decides what, for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from allting.processes import rules
from allting.processes.actions import Right
from allting.processes.forms.inputs import lines
from allting.processes.models import DecisionRight, Phase


class DecisionRights(forms.Form):
    """Who decides what, for each phase: two fields a phase."""

    use_required_attribute = False

    def __init__(self, *args: Any, phases: Sequence[Phase], decider: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phases = phases
        for phase in phases:
            right = rules.right_of(phase)
            self.fields[f"who_{phase.pk}"] = forms.CharField(
                label=_("Who decides"),
                max_length=DecisionRight.WHO_LENGTH,
                initial=right.who if right else decider,
                error_messages={"required": _("Name who decides in this step.")},
            )
            self.fields[f"what_{phase.pk}"] = forms.CharField(
                label=_("What is decided"),
                max_length=DecisionRight.WHAT_LENGTH,
                initial=right.what if right else "",
                widget=lines(2),
                error_messages={"required": _("Say what is decided in this step.")},
            )

    def steps(self) -> list[tuple[Phase, BoundField, BoundField]]:
        """Return each phase with its two fields."""
        return [(phase, self[f"who_{phase.pk}"], self[f"what_{phase.pk}"]) for phase in self.phases]

    def rights(self) -> dict[int, Right]:
        return {
            phase.pk: Right(who=self.cleaned_data[f"who_{phase.pk}"], what=self.cleaned_data[f"what_{phase.pk}"])
            for phase in self.phases
        }
