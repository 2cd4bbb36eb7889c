"""Fields and inputs that several forms of this room share."""

from __future__ import annotations

from django import forms


class LaterField(forms.Field):
    """Mixin: announcing needs it, a draft may leave it empty, so it says neither "required" nor "may be left out"."""

    def validate(self, value: object) -> None:
        if value not in self.empty_values:
            super().validate(value)


class LaterText(LaterField, forms.CharField):
    pass


class LaterDay(LaterField, forms.DateField):
    pass


class LaterNumber(LaterField, forms.TypedChoiceField):
    pass


def day_input() -> forms.DateInput:
    # The browser's own calendar takes and gives ISO days in every language.
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})
