"""Giving and taking roles."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from allting.people.models import Person, Role, RoleName
from allting.record import actions as record
from allting.record.models import Actor, Item


@transaction.atomic
def give_role(*, person: Person, role: str, item: Item | None = None, by: Actor, now: datetime) -> Role:
    """Let a person act in a role, for all or within an item. Given twice it is the same role."""
    given, is_new = Role.objects.get_or_create(
        person=person, role=RoleName(role), item=item, defaults={"given_by": by, "given_at": now}
    )
    if is_new:
        data: record.Data = {"to": person.actor_id, "role": given.role}
        record.emit(name="people.role_given", actor=by, item=item, data=data, now=now)
    return given


@transaction.atomic
def take_role(*, role: Role, by: Actor, now: datetime) -> None:
    """Take a role back. What was done in it stands."""
    data: record.Data = {"from": role.person.actor_id, "role": role.role}
    item = role.item
    role.delete()
    record.emit(name="people.role_taken", actor=by, item=item, data=data, now=now)
