"""Every change of the record: facts, items, links, moderation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from allting.record import kinds, reactions
from allting.record.errors import AlreadyHidden, NotHidden
from allting.record.models import Actor, Event, Item, Link, LinkConfirmation, ModerationDecision, OutboxEntry, Report

type Data = Mapping[str, int | float | str | bool | Sequence[int] | None]

BLANK_TITLE = "…"


def make_actor(*, kind: Actor.Kind) -> Actor:
    """Make an actor for a person, a device or an imported participant."""
    return Actor.objects.create(kind=kind)


def system_actor() -> Actor:
    """Return the one actor that stands for Allting itself, making it at first use."""
    return Actor.objects.get_or_create(kind=Actor.Kind.SYSTEM)[0]


@transaction.atomic
def emit(*, name: str, actor: Actor, item: Item | None = None, data: Data | None = None, now: datetime) -> Event:
    """Write a fact and what is owed because of it, in the caller's transaction."""
    event = Event.objects.create(name=name, actor=actor, item=item, data=dict(data or {}), created_at=now)
    OutboxEntry.objects.bulk_create(
        OutboxEntry(event=event, reaction=reaction.name, due_at=now) for reaction in reactions.by_event().get(name, ())
    )
    return event


def make_item(*, kind: str, title: str, author: Actor, within: Item | None, now: datetime) -> Item:
    """Make the item that a room's new row shares its key with. The caller's event tells about it."""
    return Item.objects.create(kind=kind, title=shorten_title(title), author=author, within=within, created_at=now)


def shorten_title(title: str) -> str:
    """Cut a title to what the column takes, with an ellipsis."""
    return title if len(title) <= Item.TITLE_LENGTH else title[: Item.TITLE_LENGTH - 1] + "…"


@transaction.atomic
def link(
    *,
    younger: Item,
    older: Item,
    relation: Link.Relation,
    by: Actor,
    now: datetime,
    already_planned: bool | None = None,
) -> Link:
    """Say that the younger item rests on the older one. Said twice it is the same link."""
    made, is_new = Link.objects.get_or_create(
        younger=younger,
        older=older,
        relation=relation,
        defaults={"actor": by, "already_planned": already_planned, "created_at": now},
    )
    if is_new:
        emit(name="record.linked", actor=by, item=younger, data={"link": made.pk, "older": older.pk}, now=now)
    return made


@transaction.atomic
def link_new(*, arrows: Sequence[tuple[Item, Item]], relation: Link.Relation, by: Actor, now: datetime) -> list[Link]:
    """Say of many at once that the younger item rests on the older one; each pair is (younger, older), each is new.

    The same links and facts as by `link`, in as many statements for a thousand as for two. Raises IntegrityError
    where one was said before.
    """
    made = Link.objects.bulk_create(
        Link(younger=younger, older=older, relation=relation, actor=by, created_at=now) for younger, older in arrows
    )
    events = Event.objects.bulk_create(
        Event(
            name="record.linked",
            actor=by,
            item=one.younger,
            data={"link": one.pk, "older": one.older_id},
            created_at=now,
        )
        for one in made
    )
    OutboxEntry.objects.bulk_create(
        OutboxEntry(event=event, reaction=reaction.name, due_at=now)
        for event in events
        for reaction in reactions.by_event().get("record.linked", ())
    )
    return made


@transaction.atomic
def confirm_link(*, link: Link, by: Actor, now: datetime) -> LinkConfirmation:
    """Say that somebody else's link is right. Said twice it is the same confirmation."""
    made, is_new = LinkConfirmation.objects.get_or_create(link=link, actor=by, defaults={"created_at": now})
    if is_new:
        emit(name="record.link_confirmed", actor=by, item=link.younger, data={"link": link.pk}, now=now)
    return made


@transaction.atomic
def report(*, item: Item, by: Actor | None, reason: str, now: datetime) -> Report:
    """Ask the facilitator to look at an item. A second report by the same actor changes the first's reason.

    Those without an actor share one open report per item: nobody can flood the queue namelessly.
    """
    made, is_new = Report.objects.update_or_create(
        item=item,
        actor=by,
        settled_at=None,
        defaults={"reason": reason},
        create_defaults={"reason": reason, "created_at": now},
    )
    if not is_new:
        return made
    emit(name="record.reported", actor=by or system_actor(), item=item, data={"report": made.pk}, now=now)
    return made


@transaction.atomic
def hide(*, item: Item, by: Actor, reason: str, now: datetime) -> ModerationDecision:
    """Hide an item with the reason that its author will read. Raises AlreadyHidden."""
    if not Item.objects.filter(pk=item.pk, hidden_at=None).update(hidden_at=now):
        raise AlreadyHidden
    return _decide(item=item, verdict=ModerationDecision.Verdict.HIDE, by=by, reason=reason, now=now)


@transaction.atomic
def restore(*, item: Item, by: Actor, reason: str, now: datetime) -> ModerationDecision:
    """Show a hidden item again. Raises NotHidden."""
    if not Item.objects.filter(pk=item.pk, hidden_at__isnull=False).update(hidden_at=None):
        raise NotHidden
    return _decide(item=item, verdict=ModerationDecision.Verdict.RESTORE, by=by, reason=reason, now=now)


@transaction.atomic
def keep(*, item: Item, by: Actor, reason: str, now: datetime) -> ModerationDecision:
    """Let a reported item stand."""
    return _decide(item=item, verdict=ModerationDecision.Verdict.KEEP, by=by, reason=reason, now=now)


def _decide(
    *, item: Item, verdict: ModerationDecision.Verdict, by: Actor, reason: str, now: datetime
) -> ModerationDecision:
    Report.objects.filter(item=item, settled_at=None).update(settled_at=now)
    decision = ModerationDecision.objects.create(item=item, verdict=verdict, reason=reason, actor=by, created_at=now)
    past = {"hide": "record.hidden", "restore": "record.restored", "keep": "record.kept"}[verdict]
    emit(name=past, actor=by, item=item, data={"decision": decision.pk}, now=now)
    return decision


@transaction.atomic
def wipe(*, items: Collection[int], now: datetime) -> None:
    """Take words and view off items whose room has dropped their rows: of a rehearsal, only the chain keeps a trace.

    The rows stand, because events and links point at them. The reasons of reports are free text and go; what was
    reported is settled.
    """
    Item.objects.filter(pk__in=items).update(title=BLANK_TITLE, blanked_at=now, hidden_at=now)
    Report.objects.filter(item__in=items).update(reason="", settled_at=now, actor=None)
    ModerationDecision.objects.filter(item__in=items).update(reason="")


@transaction.atomic
def forget(*, actor: Actor, words: kinds.Words, now: datetime) -> None:
    """Let every kind forget the actor, and blank the titles where the words are to go.

    The Actor, its links, its reports and its events stand: they name nobody. The reasons of its
    reports are free text and go.
    """
    for kind in kinds.registered().values():
        kind.forget(actor=actor, words=words, now=now)
    Report.objects.filter(actor=actor).update(reason="", settled_at=now, actor=None)
    if words is kinds.Words.BLANKED:
        written = Item.objects.filter(author=actor, kind__in=_written_by_people())
        _blank_quotes(dict(written.values_list("pk", "title")))
        written.update(title=BLANK_TITLE, blanked_at=now)
    emit(name="record.forgotten", actor=actor, data={}, now=now)


def _blank_quotes(titles: Mapping[int, str]) -> None:
    """Blank titles that were taken over word for word, whole or cut off, from these: also from one to the next.

    A title that somebody worded anew is theirs, and stands; what its room keeps of the earlier one goes.
    """
    takers = [kind.name for kind in kinds.registered().values() if kind.takes_over_titles]
    going: dict[int, set[str]] = {pk: {title} for pk, title in titles.items()}
    known: dict[int, set[str]] = {}
    while going:
        links = Link.objects.filter(older__in=going, relation=Link.Relation.RESTS_ON, younger__kind__in=takers)
        words: dict[int, set[str]] = {}
        resting: dict[int, Item] = {}
        for link in links.select_related("younger"):
            # What came this way before does not come again, so that a circle ends.
            if new := going[link.older_id] - known.get(link.younger_id, set()):
                words.setdefault(link.younger_id, set()).update(new)
                resting[link.younger_id] = link.younger
        quotes = kinds.Quotes(words)
        quoting = {pk for pk, item in resting.items() if quotes.holds(pk, item.title)}
        Item.objects.filter(pk__in=quoting).update(title=BLANK_TITLE)
        for kind, ids in kinds.by_kind(resting.values()).items():
            quoting.update(kind.blank_quotes(kinds.Quotes({pk: words[pk] for pk in ids})))
        for pk, new in words.items():
            known.setdefault(pk, set()).update(new)
        going = {pk: words[pk] for pk in quoting}


def _written_by_people() -> list[str]:
    """Kinds whose words are somebody's own. A process's question belongs to the organisation."""
    return [kind.name for kind in kinds.registered().values() if kind.is_personal]


@transaction.atomic
def hand_over(*, giver: Actor, taker: Actor, now: datetime) -> None:
    """Give a device's part to the person who signed in on it."""
    for kind in kinds.registered().values():
        kind.hand_over(giver=giver, taker=taker, now=now)
    Item.objects.filter(author=giver).update(author=taker)
    _hand_over_reports(giver, taker)
    emit(name="record.handed_over", actor=taker, data={"from": giver.pk}, now=now)


def _hand_over_reports(giver: Actor, taker: Actor) -> None:
    """Move reports, so that their reasons go when the taker is erased; of two open ones the taker's stays."""
    open_ones = Report.objects.filter(settled_at=None)
    open_ones.filter(actor=giver, item__in=list(open_ones.filter(actor=taker).values_list("item", flat=True))).delete()
    Report.objects.filter(actor=giver).update(actor=taker)
