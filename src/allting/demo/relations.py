"""What some of the people say they are, and how many of each are concerned: invented, so that who is missing shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from allting.opinions.models import Conversation, Participant
from allting.people.models import Person
from allting.processes import participation
from allting.processes.models import Process, Relation
from allting.record.models import Actor

# In proportion: those who live there, those who ride the buses and use the libraries, and so on.
FRAME: Mapping[str, int] = {
    Relation.CITIZEN: 60,
    Relation.END_USER: 22,
    Relation.SUPPLIER: 8,
    Relation.EMPLOYEE: 6,
    Relation.NETWORK: 4,
}
# Those who ride the bus at the hour of the meeting are missing, as they often are. Residents and employees are so many
# that what both support can be told of statements that a third have answered; of the others there are too few to count.
_SAY = {
    Relation.CITIZEN: 170,
    Relation.EMPLOYEE: 100,
    Relation.SUPPLIER: 16,
    Relation.END_USER: 14,
    Relation.NETWORK: 14,
}
PEOPLE = sum(_SAY.values())
# Half of those who say what they are say how satisfied they are, too.
_SATISFIED = (2, 4, 5, 6, 6, 7, 7, 8, 8, 9, 10)
_SAID_AFTER = timedelta(days=10)
# Fixed, so that every start of the example tells the same.
_SEED = 2018


@transaction.atomic
def say_some(conversation: Conversation, *, began_at: datetime, by: Person) -> None:
    """Name who is concerned, and let some of those of 2018 say what they are. Twice is once."""
    process = Process.objects.select_related("item").get(phases__activities__item=conversation.pk)
    if participation.frame_of(process):
        return
    participation.change_frame(process=process, frame=FRAME, asked_first=tuple(FRAME), by=by.actor, now=began_at)
    imported = Participant.objects.filter(conversation=conversation, number_there__isnull=False)
    chance = Random(_SEED)
    there = list(imported.order_by("number_there").values_list("actor_id", flat=True))
    people = Actor.objects.in_bulk(chance.sample(there, min(PEOPLE, len(there))))
    relations = [relation for relation, count in _SAY.items() for _one in range(count)]
    chance.shuffle(relations)
    now = began_at + _SAID_AFTER
    for number, (actor, relation) in enumerate(zip(people.values(), relations, strict=False)):
        participation.say_relation(process=process, actor=actor, relation=relation, now=now)
        if number % 2:
            said = chance.choice(_SATISFIED)
            participation.say_satisfaction(process=process, actor=actor, satisfaction=said, now=now)
