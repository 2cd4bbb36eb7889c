"""What every page knows about the organisation: `site`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from allting.people import queries
from allting.people.models import Organisation

_CACHE_KEY = "people.site"
# Only for other processes: this one drops its copy as soon as the organisation changes.
_CACHE_S = 10


@dataclass(frozen=True, slots=True)
class Site:
    """How the organisation presents itself. Empty strings are things it has not said."""

    name: str = "Allting"
    logo_url: str = ""
    colour: str = ""
    contact: str = ""
    contact_address: str = ""
    is_invented: bool = False
    is_set_up: bool = False


def organisation(request: HttpRequest) -> dict[str, Any]:
    """Give the templates `site`; looked up only by a template that shows it."""
    return {"site": SimpleLazyObject(current_site)}


def current_site() -> Site:
    """Return the organisation as pages need it, from this process's memory when it is there."""
    site: Site | None = cache.get(_CACHE_KEY)
    if site is None:
        site = _describe(queries.get_organisation())
        cache.set(_CACHE_KEY, site, _CACHE_S)
    return site


def forget_site() -> None:
    """Drop this process's copy. Called when the organisation changed."""
    cache.delete(_CACHE_KEY)


def _describe(found: Organisation | None) -> Site:
    if found is None:
        return Site()
    logo_url = ""
    if found.logo.name:
        # The file's random name in the address: a new logo is a new address, so browsers may keep the old one.
        logo_url = f"{reverse('people:logo')}?v={PurePosixPath(found.logo.name).stem}"
    return Site(
        name=found.name,
        logo_url=logo_url,
        colour=found.colour,
        contact=found.contact,
        contact_address=found.contact_address,
        is_invented=found.is_invented,
        is_set_up=True,
    )
