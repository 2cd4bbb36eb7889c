"""Every question about people that a page or another room asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from allting.people import cookies, rules
from allting.people.errors import LinkUsed
from allting.people.models import (
    Entry,
    EntryLink,
    Invitation,
    LeftAddress,
    Organisation,
    Person,
    QueuedMail,
    Role,
    RoleName,
)
from allting.record import kinds
from allting.record import queries as record
from allting.record.errors import NotFound, Refused
from allting.record.kinds import Card
from allting.record.models import Actor, Item, ModerationDecision
from allting.record.rules import No
from allting.record.viewers import Viewer

MAIL_TRIES = 8


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


def get_person_at(address: str) -> Person | None:
    """Return the person with this address, whatever its case."""
    # By the lower-cased address, because that is what the index is on.
    people = Person.objects.select_related("actor").alias(lowered=Lower("address"))
    return people.filter(lowered=address.lower(), erased_at=None).first()


@dataclass(frozen=True, slots=True)
class OwnItem:
    """Something a person wrote, and what the facilitator decided about it, if anything."""

    card: Card
    decision: ModerationDecision | None


def items_by(actor: Actor) -> QuerySet[Item]:
    """Return what an actor said in their own words, the latest first; not the processes they look after."""
    personal = [kind.name for kind in kinds.registered().values() if kind.is_personal]
    return Item.objects.filter(author=actor, kind__in=personal).order_by("-pk")


def own_items(items: Iterable[Item], *, viewer: Viewer) -> list[OwnItem]:
    """Return a page of the viewer's items as cards, with the decisions about them: one query per kind and one more."""
    listed = list(items)
    cards = kinds.cards_for(listed, viewer=viewer)
    decisions = record.decisions_about(list(cards))
    return [OwnItem(cards[item.pk], decisions.get(item.pk)) for item in listed if item.pk in cards]


def own_left_addresses(actor: Actor) -> QuerySet[LeftAddress]:
    """Return where the viewer's own address was left. Nobody else's are ever listed."""
    return LeftAddress.objects.filter(actor=actor).select_related("item").order_by("-pk")


def left_addresses_for(item: Item, *, actors: Iterable[Actor | int] | None = None) -> QuerySet[LeftAddress]:
    """Return whom to write to about an item: all who left an address, or those among the actors.

    For the rooms that send answers. Never for a page, a table or an export.
    """
    left = LeftAddress.objects.filter(item=item).select_related("item").order_by("pk")
    return left if actors is None else left.filter(actor__in=list(actors))


def get_left_address(*, removal_key: str) -> LeftAddress:
    """Return the left address behind a removal link. Raises NotFound."""
    left = LeftAddress.objects.select_related("item", "actor").filter(removal_key=removal_key).first()
    if left is None:
        raise NotFound
    return left


def is_following(viewer: Viewer, item_id: int) -> bool:
    """Say whether the viewer left an address at an item."""
    return viewer.actor is not None and LeftAddress.objects.filter(actor=viewer.actor, item_id=item_id).exists()


def data_of(person: Person) -> dict[str, Any]:
    """Return everything that names the person, was written by them (`carry`) or answered by them (`own_part`)."""
    items = items_by(person.actor)
    return {
        "person": {
            "address": person.address,
            "name": person.name,
            "title": person.title,
            "language": person.language,
            "joined_at": person.joined_at,
        },
        "roles": list(Role.objects.filter(person=person).order_by("pk").values("role", "item_id", "given_at")),
        "left_addresses": list(own_left_addresses(person.actor).values("item_id", "address", "confirmed_at")),
        "answered": {name: part for name, kind in kinds.registered().items() if (part := kind.own_part(person.actor))},
        "wrote": {kind.name: [dict(row) for row in kind.carry(ids)] for kind, ids in kinds.by_kind(items).items()},
    }


def places_of(item: Item) -> tuple[int, ...]:
    """Return the ids of an item and of all that it lies within, nearest first: where a role for it may be held."""
    ids = [item.pk]
    while item.within is not None:
        item = item.within
        ids.append(item.pk)
    return tuple(ids)


def get_item_to_look_after(viewer: Viewer, item_id: int) -> Item:
    """Return an item whose people the viewer may invite. Raises NotFound or Refused."""
    item = Item.objects.select_related("within__within").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    may = rules.may_invite(viewer, places=places_of(item))
    if isinstance(may, No):
        raise Refused(may)
    return item


def address_of(item: Item, *, viewer: Viewer) -> str:
    """Return where an item lives, or the first page when it has no page that the viewer may see."""
    card = kinds.cards_for([item], viewer=viewer).get(item.pk) if item.kind in kinds.registered() else None
    return (card.address if card else "") or "/"


def invitations_within(item: Item | None) -> QuerySet[Invitation]:
    """Return the open invitations for an item, or for all, the latest first."""
    return Invitation.objects.filter(item=item, accepted_at=None, revoked_at=None).order_by("-pk")


def get_invitation(*, token: str) -> Invitation:
    """Return the invitation that a link opens. Raises NotFound."""
    invitations = Invitation.objects.select_related("item", "invited_by")
    invitation = invitations.filter(token_digest=cookies.digest_of(token)).first()
    if invitation is None:
        raise NotFound
    return invitation


def roles_within(item: Item | None) -> QuerySet[Role]:
    """Return who holds which role at an item, or for all."""
    return Role.objects.filter(item=item).select_related("person", "item").order_by("pk")


def is_last_facilitator(role: Role) -> bool:
    """Say whether nobody else looks after the whole installation."""
    if role.role != RoleName.FACILITATOR or role.item_id is not None:
        return False
    others = Role.objects.filter(role=RoleName.FACILITATOR, item=None, person__erased_at=None).exclude(pk=role.pk)
    return not others.exists()


def get_entry_link(*, token: str) -> EntryLink:
    """Return the entry link behind a QR code that still stands. Raises LinkUsed."""
    link = EntryLink.objects.select_related("item").filter(token=token, revoked_at=None).first()
    if link is None:
        raise LinkUsed
    return link


def entry_link_of(item: Item) -> EntryLink | None:
    """Return the entry link of an item that stands, if there is one."""
    return EntryLink.objects.filter(item=item, revoked_at=None).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Post:
    """How the mail is doing: figures only, because addresses in the queue are nobody's business."""

    waiting_count: int
    given_up_count: int
    latest_error: str


def post_office() -> Post:
    """Return how many mails wait and how many could not be delivered, and the kind of the latest error."""
    unsent = QueuedMail.objects.filter(sent_at=None)
    failed = unsent.exclude(error="").order_by("-due_at", "-pk").values_list("error", flat=True).first()
    return Post(
        waiting_count=unsent.filter(tries_count__lt=MAIL_TRIES).count(),
        given_up_count=unsent.filter(tries_count__gte=MAIL_TRIES).count(),
        latest_error=failed or "",
    )


def roles_held_by(person: Person) -> QuerySet[Role]:
    """Return the person's roles with their items."""
    return Role.objects.filter(person=person).select_related("item").order_by("pk")


def latest_item_looked_after_by(viewer: Viewer) -> int | None:
    """Return the newest item that a viewer looks after who does not look after all of them."""
    if viewer.has_role([RoleName.FACILITATOR]):
        return None
    caring = {RoleName.FACILITATOR, RoleName.DEPUTY}
    return max((item for role, item in viewer.roles if role in caring and item), default=None)
