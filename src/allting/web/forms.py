"""Forms look the same everywhere: `{{ form }}` and every field go through the house's own templates."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.template import TemplateDoesNotExist, loader


class Renderer(DjangoTemplates):
    """Render forms with the project's templates (and its tags), and widgets without one with Django's own."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"

    def get_template(self, template_name: str) -> Any:
        try:
            return loader.get_template(template_name)
        except TemplateDoesNotExist:
            return super().get_template(template_name)
