"""Every question about people that a page or another room asks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from allting.people.models import Entry, EntryLink, Organisation, Person, Role
from allting.record.viewers import Viewer


def roles_of(person: Person) -> frozenset[tuple[str, int | None]]:
    """Return the person's roles as pairs of role and item id; None means everywhere."""
    return frozenset(Role.objects.filter(person=person).values_list("role", "item_id"))


def people_with_role(names: Iterable[str], *, within: Iterable[int] = ()) -> QuerySet[Person]:
    """Return who holds one of the roles within one of the items, or for all, each person once."""
    places = Q(roles__item__in=list(within)) | Q(roles__item=None)
    return (
        Person.objects.filter(places, roles__role__in=list(names), erased_at=None)
        .select_related("actor")
        .distinct()
        .order_by("pk")
    )


def has_facilitator() -> bool:
    """Say whether anybody looks after the whole installation."""
    return Role.objects.filter(role="facilitator", item=None, person__erased_at=None).exists()


def may_enter(viewer: Viewer, item_id: int) -> bool:
    """Say whether the viewer came in through an entry link of this item that still stands."""
    tokens = getattr(viewer, "entry_tokens", ())
    links = EntryLink.objects.filter(item_id=item_id, revoked_at=None)
    if tokens and links.filter(token__in=tokens).exists():
        return True
    entries = Entry.objects.filter(link__in=links)
    if viewer.person is not None:
        return entries.filter(person=viewer.person).exists()
    return viewer.device is not None and entries.filter(device=viewer.device).exists()


def get_organisation() -> Organisation | None:
    """Return the organisation, or None in a new installation."""
    return Organisation.objects.filter(pk=1).first()
