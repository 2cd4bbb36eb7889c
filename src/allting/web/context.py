"""What every page knows about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from allting.web import numbers


@dataclass(frozen=True, slots=True)
class Language:
    """A language by the name its speakers use."""

    code: str
    name: str


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the language in use, the others to choose from, and where to come back to."""
    current = numbers.language()
    others = [
        Language(code=code, name=get_language_info(code)["name_local"].capitalize())
        for code, _name in settings.LANGUAGES
        if code != current
    ]
    return {
        "language_code": current,
        "other_languages": others,
        "current_path": request.get_full_path() if request.method == "GET" else request.path,
    }
