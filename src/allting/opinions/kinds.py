"""What the rest of the house may ask about conversations and statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allting.opinions import highlights, queries, rules
from allting.opinions.comparing import belonging
from allting.opinions.models import Conversation, MapPlace, MapSnapshot, Participant, Statement, Unread, View, Vote
from allting.record.actions import BLANK_TITLE
from allting.record.kinds import Backing, Behind, Card, Deed, Kind, Words, hand_over_nothing
from allting.record.models import Actor
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer
from allting.web.numbers import day, number

# Enough of a statement to know it again.
_QUOTED_LENGTH = 80

# --- conversations ------------------------------------------------------------------------------------


def conversation_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    conversations = _conversations(ids)
    seen = _answer_for_conversations(conversations, viewer, "see")
    people_counts = _published_people_counts(ids)
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=gettext_lazy("Conversation"),
            words=one.item.title,
            evidence=_say_how_many(people_counts.get(one.pk)),
            address=reverse("opinions:conversation", args=[one.pk]),
        )
        for one in conversations
        if seen[one.pk]
    }


def may_with_conversations(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _answer_for_conversations(_conversations(ids), viewer, deed)


def _answer_for_conversations(conversations: Collection[Conversation], viewer: Viewer, deed: Deed) -> dict[int, Answer]:
    standings = queries.standings_of(viewer, conversations, now=timezone.now())
    return {one.pk: _answer(standings[one.pk], deed) for one in conversations}


def _answer(standing: queries.Standing, deed: Deed) -> Answer:
    if deed == "moderate":
        return standing.may_facilitate
    if deed == "comment" and standing.may_look:
        return standing.may_take_part
    return YES if standing.may_facilitate else standing.may_look


def people_behind_conversations(ids: Collection[int]) -> Mapping[int, Behind]:
    return {one.pk: Behind(authors=frozenset({one.item.author_id})) for one in _conversations(ids)}


def forget_in_conversations(*, actor: Actor, words: Words, now: datetime) -> None:
    """Delete what the actor answered, compared and saw, its part and places on maps, and have the maps drawn anew.

    Bursts, group names and imports that the actor looked after stay: they are the house's, and name nobody.
    """
    _note_changes(actor, now=now)
    seen = View.objects.filter(actor=actor, statement=OuterRef("pk"))
    Statement.objects.filter(Exists(seen), views_count__gt=0).update(views_count=F("views_count") - 1)
    _note_unread(actor, by=actor, is_gone=True)
    belonging.forget(actor=actor, now=now)
    for table in (Vote, View, MapPlace, Participant):
        table.objects.filter(actor=actor).delete()


def hand_over_in_conversations(*, giver: Actor, taker: Actor, now: datetime) -> None:
    """Move answers, views and parts; where both answered, the latest wins."""
    _note_changes(giver, now=now)
    _note_unread(giver, by=taker)
    _note_unread(giver, by=giver, is_gone=True)
    _hand_over_votes(giver, taker)
    belonging.hand_over(giver=giver, taker=taker, now=now)
    _hand_over_views(giver, taker)
    _hand_over_parts(giver, taker)
    both = MapPlace.objects.filter(actor=taker, conversation=OuterRef("conversation"))
    MapPlace.objects.filter(Exists(both), actor=giver).delete()
    MapPlace.objects.filter(actor=giver).update(actor=taker)


def _hand_over_votes(giver: Actor, taker: Actor) -> None:
    newer = Vote.objects.filter(actor=taker, statement=OuterRef("statement"), cast_at__gt=OuterRef("cast_at"))
    Vote.objects.filter(Exists(newer), actor=giver).delete()
    replaced = Vote.objects.filter(actor=giver, statement=OuterRef("statement"))
    Vote.objects.filter(Exists(replaced), actor=taker).delete()
    Vote.objects.filter(actor=giver).update(actor=taker)


def _hand_over_views(giver: Actor, taker: Actor) -> None:
    of_giver = View.objects.filter(actor=giver, statement=OuterRef("pk"))
    of_taker = View.objects.filter(actor=taker, statement=OuterRef("pk"))
    Statement.objects.filter(Exists(of_giver), Exists(of_taker), views_count__gt=0).update(
        views_count=F("views_count") - 1
    )
    both = View.objects.filter(actor=taker, statement=OuterRef("statement"))
    View.objects.filter(Exists(both), actor=giver).delete()
    View.objects.filter(actor=giver).update(actor=taker)


def _hand_over_parts(giver: Actor, taker: Actor) -> None:
    both = Participant.objects.filter(actor=taker, conversation=OuterRef("conversation"))
    Participant.objects.filter(Exists(both), actor=giver).delete()
    # A person is known by name: no network tag, and no longer part of a burst of devices.
    Participant.objects.filter(actor=giver).update(actor=taker, network_tag="", burst=None)


def _note_unread(actor: Actor, *, by: Actor, is_gone: bool = False) -> None:
    """Have the answers of `by` read again in every conversation that `actor` took part in."""
    there = Participant.objects.filter(actor=actor).values_list("conversation", flat=True)
    Unread.objects.bulk_create([Unread(conversation_id=pk, actor=by, is_gone=is_gone) for pk in there])


def _note_changes(actor: Actor, *, now: datetime) -> None:
    part = Participant.objects.filter(actor=actor, conversation=OuterRef("pk"))
    wrote = Statement.objects.filter(item__author=actor, conversation=OuterRef("pk"))
    Conversation.objects.filter(Q(Exists(part)) | Q(Exists(wrote))).update(
        changes_count=F("changes_count") + 1, changed_at=now
    )


def carry_conversations(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "question": one.item.title,
            "description": one.description,
            "attribution": one.attribution,
            "attribution_url": one.attribution_url,
        }
        for one in _conversations(ids)
    ]


def own_part_in_conversations(actor: Actor) -> Mapping[str, Any]:
    """Return what an actor answered and compared, which nobody else is ever told."""
    votes = Vote.objects.filter(actor=actor).select_related("statement").order_by("cast_at", "pk")
    return {
        "votes": [
            {"statement": one.statement.text, "said": Vote.Value(one.value).name.lower(), "at": one.cast_at}
            for one in votes
        ],
        "comparisons": belonging.own(actor),
    }


def _conversations(ids: Collection[int]) -> list[Conversation]:
    return list(Conversation.objects.filter(pk__in=list(ids)).select_related("item").order_by("pk"))


def _published_people_counts(ids: Collection[int]) -> dict[int, int]:
    """How many took part, as the latest map says: never a live figure."""
    newer = MapSnapshot.objects.filter(
        Q(drawn_at__gt=OuterRef("drawn_at")) | Q(drawn_at=OuterRef("drawn_at"), pk__gt=OuterRef("pk")),
        conversation=OuterRef("conversation"),
    )
    latest = MapSnapshot.objects.filter(~Exists(newer), conversation__in=list(ids))
    return dict(latest.values_list("conversation", "people_count"))


def _say_how_many(people_count: int | None) -> str:
    if not people_count:
        return ""
    words = ngettext("%(people)s person has answered", "%(people)s people have answered", people_count)
    return words % {"people": number(people_count)}


# --- statements -----------------------------------------------------------------------------------------


def statement_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    statements = _statements(ids)
    seen = _answer_for_statements(statements, viewer, "see")
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=gettext_lazy("Statement"),
            words=one.text,
            address=reverse("opinions:statement", args=[one.pk]),
        )
        for one in statements
        if seen[one.pk]
    }


def may_with_statements(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _answer_for_statements(_statements(ids), viewer, deed)


def _answer_for_statements(statements: Collection[Statement], viewer: Viewer, deed: Deed) -> dict[int, Answer]:
    conversations = {one.conversation_id: one.conversation for one in statements}
    standings = queries.standings_of(viewer, list(conversations.values()), now=timezone.now())
    return {one.pk: _answer_for_statement(one, standings[one.conversation_id], deed) for one in statements}


def _answer_for_statement(statement: Statement, there: queries.Standing, deed: Deed) -> Answer:
    is_seen = rules.may_see(
        statement, actor=there.viewer.actor, may_look=there.may_look, may_facilitate=there.may_facilitate
    )
    if deed == "moderate":
        return there.may_facilitate
    if not is_seen:
        return No(_("This statement is not shown to everybody.")) if there.may_look else there.may_look
    if deed == "comment":
        return rules.may_vote(statement, may_take_part=there.may_take_part)
    return YES


def people_behind_statements(ids: Collection[int]) -> Mapping[int, Behind]:
    supporters: dict[int, set[int]] = {}
    agreed = Vote.objects.filter(statement__in=list(ids), value=Vote.Value.AGREE)
    for statement_id, actor_id in agreed.values_list("statement", "actor"):
        supporters.setdefault(statement_id, set()).add(actor_id)
    # A seed was written so that there is something to answer: nobody waits for an answer to it.
    written = Statement.objects.filter(pk__in=list(ids)).values_list("pk", "item__author", "is_seed")
    return {
        pk: Behind(frozenset() if is_seed else frozenset({author}), frozenset(supporters.get(pk, ())))
        for pk, author, is_seed in written
    }


def backing_of_statements(ids: Collection[int], viewer: Viewer) -> Mapping[int, Backing]:
    """Return how the groups answered each statement, as published, and what the viewer answered or wrote."""
    statements = _statements(ids)
    evidence = highlights.evidence_for_many(statements)
    votes: dict[int, Vote] = {}
    if viewer.actor is not None:
        votes = {one.statement_id: one for one in Vote.objects.filter(actor=viewer.actor, statement__in=statements)}
    return {
        one.pk: Backing(
            bars=evidence[one.pk].bars if one.pk in evidence else (),
            note=_say_answered(evidence[one.pk].answered_count) if one.pk in evidence else "",
            own=_say_own(one, votes.get(one.pk), viewer),
        )
        for one in statements
    }


def _say_answered(count: int | None) -> str:
    if not count:
        return ""
    return ngettext("%(people)s person answered", "%(people)s people answered", count) % {"people": number(count)}


def _say_own(statement: Statement, vote: Vote | None, viewer: Viewer) -> str:
    words = {"words": _shortened(statement.text)}
    if viewer.actor is not None and statement.item.author_id == viewer.actor.pk:
        return _("You wrote “%(words)s” on %(day)s.") % {**words, "day": day(statement.submitted_at)}
    if vote is None:
        return ""
    said = {
        Vote.Value.AGREE: _("You agreed with “%(words)s” on %(day)s."),
        Vote.Value.DISAGREE: _("You disagreed with “%(words)s” on %(day)s."),
        Vote.Value.PASS: _("You passed on “%(words)s” on %(day)s."),
    }
    return said[Vote.Value(vote.value)] % {**words, "day": day(vote.cast_at)}


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 1] + "…"


def statements_supported_by(actor: Actor) -> Collection[int]:
    agreed = Vote.objects.filter(actor=actor, value=Vote.Value.AGREE)
    return set(agreed.values_list("statement", flat=True))


def forget_statements(*, actor: Actor, words: Words, now: datetime) -> None:
    """Blank the actor's own words if that is the wish; others' answers to them stay, and name nobody."""
    if words is Words.BLANKED:
        Statement.objects.filter(item__author=actor).update(text=BLANK_TITLE, decline_reason="", language="")


def carry_statements(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "conversation": one.conversation_id,
            "text": one.text,
            "language": one.language,
            "state": one.state,
            "is_seed": one.is_seed,
            "place_at_start": one.place_at_start,
        }
        for one in _statements(ids)
    ]


def _statements(ids: Collection[int]) -> list[Statement]:
    return list(Statement.objects.filter(pk__in=list(ids)).select_related("item", "conversation__item").order_by("pk"))


CONVERSATION = Kind(
    name="conversation",
    title=gettext_lazy("Conversation"),
    cards=conversation_cards,
    may=may_with_conversations,
    people_behind=people_behind_conversations,
    forget=forget_in_conversations,
    hand_over=hand_over_in_conversations,
    carry=carry_conversations,
    own_part=own_part_in_conversations,
    is_personal=False,
)
STATEMENT = Kind(
    name="statement",
    title=gettext_lazy("Statement"),
    cards=statement_cards,
    may=may_with_statements,
    people_behind=people_behind_statements,
    forget=forget_statements,
    hand_over=hand_over_nothing,
    carry=carry_statements,
    supported_by=statements_supported_by,
    backing=backing_of_statements,
)
