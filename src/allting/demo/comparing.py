"""Some comparisons in the conversation that runs: invented, in the spirit of how each person voted in 2018."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import combinations
from random import Random

from django.db import transaction

from allting.opinions import actions as opinions
from allting.opinions import figures, stored
from allting.opinions.actions import Said
from allting.opinions.comparing import fitting
from allting.opinions.models import Comparing, Conversation, Participant, Vote
from allting.people.models import Person
from allting.record.models import Actor

QUESTION = "Which matters more to you?"
# As many as stand on one page, by as many people as an evening brings; a second or two of work.
STATEMENTS, PEOPLE, PAIRS_EACH = 12, 40, 10
# Fixed, so that every start of the example tells the same.
_SEED = 2018
# What is higher among what unites wins a little more often; a vote weighs three places.
_A_PLACE, _A_VOTE, _A_WHIM = 0.25, 0.75, 1.0
_TOO_CLOSE = 0.3


def compare_some(conversation: Conversation, *, by: Person, now: datetime) -> None:
    """Turn comparing on for what unites most, let some people compare, and publish the order. Twice is once."""
    chosen = _what_unites(conversation)
    if len(chosen) < STATEMENTS or Comparing.objects.filter(pk=conversation.pk).exists():
        return
    _fill(conversation, chosen, by=by, now=now)
    if run := fitting.claim(conversation_id=conversation.pk, now=now):
        fitting.prepare(run=run, now=now)


def _what_unites(conversation: Conversation) -> list[int]:
    snapshot = stored.latest_map(conversation.pk)
    if snapshot is None:
        return []
    uniting = figures.from_data(snapshot.figures).unites
    return [it.statement for it in uniting if it.side == figures.AGREE][:STATEMENTS]


@transaction.atomic
def _fill(conversation: Conversation, chosen: list[int], *, by: Person, now: datetime) -> None:
    comparing = opinions.turn_on_comparing(
        conversation=conversation, question=QUESTION, chosen=chosen, by=by.actor, now=now
    )
    votes: dict[int, dict[int, int]] = {}
    for actor, statement, value in Vote.objects.filter(statement__in=chosen).values_list(
        "actor_id", "statement_id", "value"
    ):
        votes.setdefault(actor, {})[statement] = value
    # Those of 2018, never a visitor who has come meanwhile.
    imported = Participant.objects.filter(conversation=conversation, number_there__isnull=False)
    number_of = dict(imported.values_list("actor_id", "number_there"))
    answered = Counter({actor: len(said) for actor, said in votes.items() if actor in number_of})
    most = sorted(answered, key=lambda actor: (-answered[actor], number_of[actor]))[:PEOPLE]
    people = Actor.objects.in_bulk(most)
    chance = Random(_SEED)
    for actor in most:
        for left, right in chance.sample(list(combinations(chosen, 2)), PAIRS_EACH):
            lead = _liking(votes[actor], chosen, left) - _liking(votes[actor], chosen, right)
            said = _say(lead + chance.gauss(0, _A_WHIM))
            opinions.compare(comparing=comparing, left=left, right=right, said=said, actor=people[actor], now=now)


def _liking(votes: dict[int, int], chosen: list[int], statement: int) -> float:
    return _A_VOTE * votes.get(statement, 0) - _A_PLACE * chosen.index(statement)


def _say(lead: float) -> Said:
    if abs(lead) < _TOO_CLOSE:
        return Said.EVEN
    return Said.LEFT if lead > 0 else Said.RIGHT
