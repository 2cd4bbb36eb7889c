"""Forms look the same everywhere: `{{ form }}` and every field go through the house's own templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.forms import fields
from django.forms.renderers import DjangoTemplates
from django.template import TemplateDoesNotExist, loader
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Renderer(DjangoTemplates):
    """Render forms with the project's templates (and its tags), and widgets without one with Django's own."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"

    def get_template(self, template_name: str) -> Any:
        try:
            return loader.get_template(template_name)
        except TemplateDoesNotExist:
            return super().get_template(template_name)


_PLAIN_WORDS: dict[type[fields.Field], dict[str, Any]] = {
    fields.Field: {"required": _("This is still empty.")},
    fields.ChoiceField: {"invalid_choice": _("Choose one of those that are here.")},
    fields.MultipleChoiceField: {"invalid_choice": _("Choose among those that are here.")},
    fields.IntegerField: {"invalid": _("Write a whole number in figures.")},
    fields.DateField: {"invalid": _("Write a day, such as 2027-03-12.")},
    fields.DateTimeField: {"invalid": _("Write a day and a time, such as 2027-03-12 18:00.")},
    fields.TimeField: {"invalid": _("Write a time, such as 18:00.")},
    fields.FileField: {
        "required": _("Choose a file first."),
        "invalid": _("No file arrived. Choose it once more."),
        "missing": _("No file arrived. Choose it once more."),
        "empty": _("This file is empty."),
    },
    fields.ImageField: {"invalid_image": _("This is not a picture we can read. PNG and JPEG work.")},
}


def speak_plainly() -> None:
    """Give Django's own form errors the voice of the house. Forms that bring their own words keep them."""
    for field, words in _PLAIN_WORDS.items():
        # Django merges these over the classes of a field when a form is made, so replacing them once is enough.
        field.default_error_messages = {**field.default_error_messages, **words}
    # The page says what is missing, and what was typed stays; the browser's own bubble speaks another language.
    forms.BaseForm.use_required_attribute = False
    validators.validate_email.message = _("A mail address has a name, an @ and ends in .org or the like.")
    validators.MaxLengthValidator.message = ngettext_lazy(
        "At most %(limit_value)d character fits; this is %(show_value)d.",
        "At most %(limit_value)d characters fit; this is %(show_value)d.",
        "limit_value",
    )
