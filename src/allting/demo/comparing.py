"""Some comparisons in the conversation that runs: invented, in the spirit of how people and groups voted in 2018."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from random import Random

from django.db import transaction

from allting.opinions import actions as opinions
from allting.opinions import figures, stored
from allting.opinions.actions import Said
from allting.opinions.comparing import fitting
from allting.opinions.figures import Figures
from allting.opinions.models import Comparing, Conversation, MapPlace, Participant, Vote
from allting.people.models import Person
from allting.record.models import Actor

QUESTION = "Which matters more to you?"
# As many as stand on one page, by as many people as an evening brings; a second or two of work.
STATEMENTS, PEOPLE, PAIRS_EACH = 12, 40, 10
# Fixed, so that every start of the example tells the same.
_SEED = 2018
# What counts when somebody chooses: their own vote, how much more their group agrees than everyone, and a whim.
_A_VOTE, _A_GROUP, _A_WHIM = 0.4, 8.0, 0.7
_TOO_CLOSE = 0.25


@dataclass(frozen=True, slots=True)
class _Taste:
    """What one person answered in 2018, and the letter of their group; none for those in between."""

    votes: dict[int, int]
    letter: str

    def liking(self, statement: int, published: Figures) -> float:
        said = published.statements[statement]
        mine = said.groups.get(self.letter)
        lead = mine.rate - said.everyone.rate if mine and said.everyone else 0.0
        strength = said.everyone.rate if said.everyone else 0.0
        return _A_VOTE * self.votes.get(statement, 0) + _A_GROUP * (lead + strength)


def compare_some(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Turn comparing on for what unites most, let some people compare, and publish the order. Twice is once."""
    snapshot = stored.latest_map(conversation.pk)
    if snapshot is None or Comparing.objects.filter(pk=conversation.pk).exists():
        return
    published = figures.from_data(snapshot.figures)
    chosen = [it.statement for it in published.unites if it.side == figures.AGREE][:STATEMENTS]
    if len(chosen) < STATEMENTS:
        return
    _fill(conversation, chosen, published, by=by, now=now)
    if run := fitting.claim(conversation_id=conversation.pk, now=now):
        fitting.prepare(run=run, now=now)


@transaction.atomic
def _fill(conversation: Conversation, chosen: list[int], published: Figures, *, by: Person, now: datetime) -> None:
    comparing = opinions.turn_on_comparing(
        conversation=conversation, question=QUESTION, chosen=chosen, by=by.actor, now=now
    )
    tastes = _tastes(conversation, chosen)
    people = Actor.objects.in_bulk(tastes)
    chance = Random(_SEED)
    for actor, taste in tastes.items():
        for left, right in chance.sample(list(combinations(chosen, 2)), PAIRS_EACH):
            lead = taste.liking(left, published) - taste.liking(right, published)
            said = _say(lead + chance.gauss(0, _A_WHIM))
            opinions.compare(comparing=comparing, left=left, right=right, said=said, actor=people[actor], now=now)


def _tastes(conversation: Conversation, chosen: list[int]) -> dict[int, _Taste]:
    """Return those of 2018 who answered most of what is compared; never a visitor who has come meanwhile."""
    imported = Participant.objects.filter(conversation=conversation, number_there__isnull=False)
    number_of = dict(imported.values_list("actor_id", "number_there"))
    places = MapPlace.objects.filter(conversation=conversation, group__gte=0)
    letter_of = {actor: figures.LETTERS[group] for actor, group in places.values_list("actor_id", "group")}
    votes: dict[int, dict[int, int]] = {}
    rows = Vote.objects.filter(statement__in=chosen).values_list("actor_id", "statement_id", "value")
    for actor, statement, value in rows:
        if actor in number_of:
            votes.setdefault(actor, {})[statement] = value
    answered = Counter({actor: len(said) for actor, said in votes.items()})
    most = sorted(answered, key=lambda actor: (-answered[actor], number_of[actor]))[:PEOPLE]
    return {actor: _Taste(votes[actor], letter_of.get(actor, "")) for actor in most}


def _say(lead: float) -> Said:
    if abs(lead) < _TOO_CLOSE:
        return Said.EVEN
    return Said.LEFT if lead > 0 else Said.RIGHT
