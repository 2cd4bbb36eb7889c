"""The invented people of the example, one for each kind of visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from allting.people import actions as people
from allting.people import sign_in
from allting.people.models import Person, RoleName
from allting.record import actions as record


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody to be, and why one would want to."""

    name: str
    title: str
    address: str
    role: RoleName | None
    label: str
    comes_for: object


# example.org is reserved for examples (RFC 2606): no mail can reach anybody.
DANA = Role(
    "Dana Whitlock", "Mayor", "dana@example.org", RoleName.SPONSOR, "mayor", _("asks, decides and signs the answers")
)
PRIYA = Role(
    "Priya Raman",
    "Strategy officer",
    "priya@example.org",
    RoleName.FACILITATOR,
    "facilitator",
    _("runs the process from announcement to answer"),
)
TOM = Role("Tom Berg", "Planner", "tom@example.org", RoleName.DEPUTY, "deputy", _("stands in for the facilitator"))
MARCUS = Role(
    "Marcus Oyelaran",
    "Public works director",
    "marcus@example.org",
    None,
    "lead",
    _("answers for roads, lights and the river, and promises what comes of it"),
)
ELENA = Role(
    "Elena Novak",
    "Community services director",
    "elena@example.org",
    None,
    "second_lead",
    _("answers for schools, lunch and shelter, and promises what comes of it"),
)
MARIA = Role(
    "Maria Ortiz", "Bus driver", "maria@example.org", RoleName.MEMBER, "employee", _("votes and writes with an account")
)
ALEX = Role("Alex Kim", "", "alex@example.org", None, "citizen", _("votes, and is told what comes of it"))
# Marcus and Elena get their role within a process, when they are named as owners.
CAST = (DANA, PRIYA, TOM, MARCUS, ELENA, MARIA, ALEX)


@transaction.atomic
def move_in(*, now: datetime) -> dict[str, Person]:
    """Make the people and give them their roles; those who are there already stay as they are. By label."""
    system = record.system_actor()
    found = {}
    for role in CAST:
        person = people.join(
            address=role.address, name=role.name, title=role.title, language="en", is_invented=True, now=now
        )
        if role.role is not None:
            people.give_role(person=person, role=role.role, by=system, now=now)
        found[role.label] = person
    return found


def links(now: datetime) -> list[tuple[str, str]]:
    """Return label and path of a ready sign-in link for each kind of person. They die with the process."""
    return [(label, sign_in.make_link(person, now=now)) for label, person in move_in(now=now).items()]
