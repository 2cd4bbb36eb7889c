"""What the rest of the house may ask about rounds and options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allting.choice import queries, rules, story
from allting.choice.models import Hand, Option, Outcome, Round, Turnout
from allting.record.actions import BLANK_TITLE
from allting.record.kinds import Behind, Card, Deed, Kind, Quotes, Words, hand_over_nothing
from allting.record.models import Actor
from allting.record.rules import YES, Answer, No
from allting.record.viewers import Viewer

# --- rounds -----------------------------------------------------------------------------------------------


def round_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    rounds = _rounds(ids)
    seen = _answer_for_rounds(rounds, viewer, "see")
    counted = set(Outcome.objects.filter(round__in=list(ids)).values_list("round_id", flat=True))
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=gettext_lazy("Round"),
            words=one.item.title,
            address=reverse("choice:outcome" if one.pk in counted else "choice:ballot", args=[one.pk]),
        )
        for one in rounds
        if seen[one.pk]
    }


def may_with_rounds(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _answer_for_rounds(_rounds(ids), viewer, deed)


def _answer_for_rounds(rounds: Collection[Round], viewer: Viewer, deed: Deed) -> dict[int, Answer]:
    now = timezone.now()
    return {one.pk: _answer(queries.standing_of(viewer, one, now=now), deed) for one in rounds}


def _answer(standing: queries.Standing, deed: Deed) -> Answer:
    if deed == "moderate":
        return standing.may_facilitate
    if deed == "comment" and standing.may_look:
        return No(_("There are no comments on a round. Say it in the conversation."))
    return YES if standing.may_facilitate else standing.may_look


def people_behind_rounds(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who started each round. Who voted for what is known to nobody."""
    return {one.pk: Behind(authors=frozenset({one.item.author_id})) for one in _rounds(ids)}


def forget_in_rounds(*, actor: Actor, words: Words, now: datetime) -> None:
    """Take the actor out of the turnout of closed rounds; ballots have nobody's name and stay.

    In an open round the row stays until closing, so that nobody casts twice; by then it names nobody, and goes.
    """
    Turnout.objects.filter(actor=actor, round__closed_at__isnull=False).delete()
    Hand.objects.filter(actor=actor).delete()


def carry_rounds(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "title": one.item.title,
            "seats": one.seats,
            "approvals_limit": one.approvals_limit,
            "seed_commitment": one.seed_commitment,
            "opened_at": one.opened_at.isoformat() if one.opened_at else None,
            "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        }
        for one in _rounds(ids)
    ]


def _rounds(ids: Collection[int]) -> list[Round]:
    return list(Round.objects.filter(pk__in=list(ids)).select_related("item").order_by("pk"))


# --- options ----------------------------------------------------------------------------------------------


def option_cards(ids: Collection[int], viewer: Viewer) -> Mapping[int, Card]:
    options = _options(ids)
    seen = _answer_for_options(options, viewer, "see")
    evidence = _evidence_of(options)
    return {
        one.pk: Card(
            item_id=one.pk,
            kind_title=gettext_lazy("Proposal"),
            words=one.words,
            evidence=evidence.get(one.pk, ""),
            address=reverse("choice:option", args=[one.pk]),
        )
        for one in options
        if seen[one.pk]
    }


def may_with_options(ids: Collection[int], viewer: Viewer, deed: Deed) -> Mapping[int, Answer]:
    return _answer_for_options(_options(ids), viewer, deed)


def _answer_for_options(options: Collection[Option], viewer: Viewer, deed: Deed) -> dict[int, Answer]:
    now = timezone.now()
    rounds = {one.round_id: one.round for one in options}
    standings = {pk: queries.standing_of(viewer, round_, now=now) for pk, round_ in rounds.items()}
    return {one.pk: _answer_for_option(one, standings[one.round_id], deed) for one in options}


def _answer_for_option(option: Option, there: queries.Standing, deed: Deed) -> Answer:
    is_kept_back = option.round.opened_at is None or option.left_out_at is not None
    if is_kept_back and not there.may_facilitate:
        return No(_("This proposal is not on a ballot."))
    return _answer(there, deed)


def _evidence_of(options: Collection[Option]) -> dict[int, str]:
    """Say how many ballots each has, once that is counted and about five people or more."""
    outcomes = {one.round_id: one for one in Outcome.objects.filter(round__in={one.round_id for one in options})}
    found = {}
    for option in options:
        outcome = outcomes.get(option.round_id)
        supporters = outcome.figures["supporters"].get(str(option.pk)) if outcome else None
        if outcome and supporters is not None and option.shown_count is not None:
            if option.shown_count >= rules.FEWEST:
                found[option.pk] = _("%(count)s who saw it") % {"count": story.say_of(supporters, option.shown_count)}
        elif outcome and supporters is not None and outcome.figures["people"] >= rules.FEWEST:
            found[option.pk] = _("%(count)s ballots") % {"count": story.say_of(supporters, outcome.figures["people"])}
    return found


def people_behind_options(ids: Collection[int]) -> Mapping[int, Behind]:
    """Return who put each on the ballot. Supporters are answered on the receipt's page: nobody knows them."""
    return {one.pk: Behind(authors=frozenset({one.item.author_id})) for one in _options(ids)}


def forget_options(*, actor: Actor, words: Words, now: datetime) -> None:
    """Blank what was quoted from the actor. A title worded anew is the house's: people chose by it, and it stands."""
    if words is Words.BLANKED:
        # What went on from a shortlist rests on an option there, which rests on the words.
        quoted = Q(source__author=actor) | Q(source__option__source__author=actor)
        Option.objects.filter(quoted).exclude(text="").update(text=BLANK_TITLE)


def blank_quoted_titles(quotes: Quotes) -> Collection[int]:
    """Blank the frozen titles of options whose words were somebody's own. The certificate names options by number."""
    titles = Option.objects.filter(pk__in=list(quotes.words_by_item)).values_list("pk", "title")
    quoting = [pk for pk, title in titles if quotes.holds(pk, title)]
    Option.objects.filter(pk__in=quoting).update(title=BLANK_TITLE)
    return quoting


def carry_options(ids: Collection[int]) -> Iterable[Mapping[str, Any]]:
    return [
        {
            "id": one.pk,
            "round": one.round_id,
            "number": one.number,
            "title": one.title,
            "text": one.text,
            "cost": one.cost,
            "source": one.source_id,
        }
        for one in _options(ids)
    ]


def _options(ids: Collection[int]) -> list[Option]:
    return list(Option.objects.filter(pk__in=list(ids)).select_related("item", "round__item").order_by("pk"))


ROUND = Kind(
    name="round",
    title=gettext_lazy("Round"),
    cards=round_cards,
    may=may_with_rounds,
    people_behind=people_behind_rounds,
    forget=forget_in_rounds,
    hand_over=hand_over_nothing,
    carry=carry_rounds,
    is_personal=False,
)
OPTION = Kind(
    name="option",
    title=gettext_lazy("Proposal"),
    cards=option_cards,
    may=may_with_options,
    people_behind=people_behind_options,
    forget=forget_options,
    hand_over=hand_over_nothing,
    carry=carry_options,
    blank_quotes=blank_quoted_titles,
    is_personal=False,
)
