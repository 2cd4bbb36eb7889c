"""What may be done in a conversation, and if not, why: pure answers on loaded objects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from allting.opinions.models import Comparing, Statement
from allting.record.models import Actor
from allting.record.rules import YES, Answer, No

# Ten a day is more than anybody at a meeting says, and few enough to read for those who approve them.
STATEMENTS_A_DAY = 10

# A statement is read and answered in about twenty seconds.
SECONDS_AN_ANSWER = 20

# From about fifteen answers a person's place moves little. The look shows them as fifteen stones.
ANSWERS_FOR_A_PLACE = 15

# Ten comparisons take about two minutes, and are what many people gladly give.
COMPARISONS_A_ROUND = 10

# So many are ordered in a second or two; more of them nobody could compare anyway.
MOST_COMPARED = 500


def is_standing(statement: Statement) -> bool:
    """Say whether everybody who may look sees the statement: approved, not hidden, and its words not withdrawn."""
    item = statement.item
    return statement.state == Statement.State.SHOWN and item.hidden_at is None and item.blanked_at is None


def may_see(statement: Statement, *, actor: Actor | None, may_look: Answer, may_facilitate: Answer) -> bool:
    """Say whether somebody sees a statement: the standing ones with the conversation, the others their authors too."""
    if may_facilitate:
        return True
    if not may_look:
        return False
    return is_standing(statement) or _is_merged(statement) or is_author(statement, actor)


def _is_merged(statement: Statement) -> bool:
    """Say whether everybody may still read words that are answered elsewhere now."""
    item = statement.item
    return statement.state == Statement.State.MERGED and item.hidden_at is None and item.blanked_at is None


def is_author(statement: Statement, actor: Actor | None) -> bool:
    return actor is not None and statement.item.author_id == actor.pk


def may_vote(statement: Statement, *, may_take_part: Answer) -> Answer:
    """Answer whether a statement that somebody sees can be answered by them."""
    if not may_take_part:
        return may_take_part
    if statement.item.blanked_at is not None:
        return No(_("Its author has taken the words back, so there is nothing to answer."))
    if statement.item.hidden_at is not None:
        return No(_("This statement was hidden, so it cannot be answered."))
    if statement.state == Statement.State.WAITING:
        return No(_("Somebody reads this statement first; then it can be answered."))
    if statement.state == Statement.State.DECLINED:
        return No(_("This statement is not shown, so it cannot be answered."))
    if statement.state == Statement.State.MERGED:
        return No(_("This is part of another statement now. Answer that one."))
    return YES


def may_merge(statement: Statement, *, into: Statement, may_facilitate: Answer) -> Answer:
    """Answer whether one statement can go into another: both of the same conversation, and both still answered."""
    if not may_facilitate:
        return may_facilitate
    if statement.pk == into.pk:
        return No(_("A statement cannot go into itself."))
    if statement.conversation_id != into.conversation_id:
        return No(_("Only statements of the same conversation can be merged."))
    if not is_standing(statement) or not is_standing(into):
        return No(_("Only statements that are shown and answered can be merged."))
    return YES


def may_put_first(statement: Statement, *, first_count: int, may_facilitate: Answer) -> Answer:
    """Answer whether everybody may be let begin with a statement. `first_count` others come first already."""
    if not may_facilitate:
        return may_facilitate
    if not is_standing(statement):
        return No(_("Only a statement that is shown and answered can come first."))
    if first_count >= Statement.PLACES_AT_START:
        return No(_("Three come first already. Let one of them go back to the others."))
    return YES


def may_decide(statement: Statement, *, may_facilitate: Answer) -> Answer:
    """Answer whether a statement can be accepted or declined."""
    if not may_facilitate:
        return may_facilitate
    if statement.state != Statement.State.WAITING:
        return No(_("This statement was decided on before."))
    return YES


def state_of_new_statement(*, is_member: bool) -> Statement.State:
    """Members answer for their words by name, so theirs appear at once; somebody reads the others first."""
    return Statement.State.SHOWN if is_member else Statement.State.WAITING


def goal_of(answerable_count: int) -> int:
    """How many answers make a good round: fifteen, or all where there are fewer."""
    return min(ANSWERS_FOR_A_PLACE, answerable_count)


def minutes_for(answers_count: int) -> int:
    """How long so many answers take, at least one minute."""
    return max(1, round(answers_count * SECONDS_AN_ANSWER / 60))


def may_compare(comparing: Comparing, *, may_take_part: Answer) -> Answer:
    """Answer whether statements can be compared two at a time: as votes, and only while it is turned on."""
    if not may_take_part:
        return may_take_part
    if not comparing.is_on:
        return No(_("Nobody compares here at the moment. What was compared until now can still be read."))
    return YES
