"""How many are concerned, of each relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from allting.processes.models import Relation


class Frame(forms.Form):
    """How many of each relation are concerned, and which relations are offered at once."""

    MOST_PEOPLE = 10_000_000_000

    asked_first = forms.MultipleChoiceField(
        label=gettext_lazy("Offered at once"),
        help_text=gettext_lazy("Three to five fit on a phone. The others stand behind “Something else”."),
        choices=Relation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for relation in Relation:
            self.fields[f"people_{relation}"] = forms.IntegerField(
                label=relation.label,
                required=False,
                min_value=0,
                max_value=self.MOST_PEOPLE,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def counts(self) -> list[BoundField]:
        return [self[f"people_{relation}"] for relation in Relation]

    def frame(self) -> dict[str, int]:
        """Return how many there are of each relation that was given a number."""
        given = {str(relation): self.cleaned_data[f"people_{relation}"] for relation in Relation}
        return {relation: people for relation, people in given.items() if people}


def initial_of_frame(frame: Mapping[str, int], asked_first: Sequence[str]) -> dict[str, object]:
    return {"asked_first": list(asked_first)} | {f"people_{relation}": people for relation, people in frame.items()}
