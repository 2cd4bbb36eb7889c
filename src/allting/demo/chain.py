"""The round that is carried through to the end: from the map to nine priorities, promises and answers.

Until the round is counted the process is a draft: nobody sees it half told, and nothing of it falls due meanwhile.
Each chapter is one transaction, looks first whether it was told, and runs the reactions to it at its own moment.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise as LazyWords
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from allting.answers import actions as answers
from allting.answers import telling
from allting.answers.models import AnswerGroup, OwedAnswer, Publication
from allting.choice import actions as choice
from allting.choice import counting
from allting.choice import queries as choice_queries
from allting.choice.candidates import Offered
from allting.choice.models import Decision, Option, Outcome, Round
from allting.demo import city, council, past, replies
from allting.demo import people as cast
from allting.demo.past import Day, Past
from allting.demo.replies import Theme, When
from allting.opinions import highlights
from allting.opinions.models import Statement, Vote
from allting.processes import actions as processes
from allting.processes.models import Process
from allting.processes.rules import local_day
from allting.record.models import Item
from allting.strategy import actions as strategy
from allting.strategy.actions.promises import words_of
from allting.strategy.models import Priority, Promise, StrategyVersion
from allting.strategy.rules import PromiseWords

_SEATS = 9

type Say = Callable[[str | LazyWords, float], None]
type Chapter = Callable[[Past], None]


def is_told() -> bool:
    """Say whether the last chapter is written."""
    process = past.find()
    return process is not None and _has_version(process, number=len(council.VERSIONS))


def carry_through(story: Past, *, say: Say) -> None:
    """Tell the chapters that are not told yet."""
    city.name_groups(story.conversation, by=story.person(cast.PRIYA), now=story.at(Day.GROUPS_NAMED))
    chapters: Sequence[tuple[LazyWords, Chapter]] = (
        (_("Choosing nine of thirty proposals."), hold_round),
        (_("The mayor decides, and departs in one point."), decide),
        (_("Priorities get owners, and promises are made in public."), take_on),
        (_("Sorting by theme what is owed an answer."), sort_what_is_owed),
        (_("Answers are signed and published."), answer_in_time),
        (_("One answer comes late, and one promise changes."), answer_late),
    )
    for number, (words, chapter) in enumerate(chapters):
        say(words, 0.8 + 0.2 * number / len(chapters))
        chapter(story)


# --- choosing -----------------------------------------------------------------------------------------


@transaction.atomic
def hold_round(story: Past) -> None:
    """Announce, listen, put the proposals together, choose and count: at once, because each of these days is past."""
    if story.process.state != Process.State.DRAFT:
        return
    priya = story.person(cast.PRIYA).actor
    phases = story.process.phases.order_by("number").values_list("pk", flat=True)
    rights = {pk: processes.Right(who=who, what=what) for pk, (who, what) in zip(phases, council.RIGHTS, strict=True)}
    processes.announce(process=story.process, rights=rights, by=priya, now=story.at(Day.ANNOUNCED))
    processes.begin_due(now=story.at(Day.STARTED))
    processes.close_due(now=story.at(Day.CONVERSATION_CLOSED))
    past.run_reactions(now=story.at(Day.CONVERSATION_CLOSED))
    _put_proposals_together(story)
    choice.open_round(round_=story.round, by=priya, now=story.at(Day.ROUND_OPENED), seed=council.SEED)
    ballots = [(approvals, "") for approvals in _agrees_as_approvals(story.round)]
    choice.import_ballots(round_=story.round, ballots=ballots, by=priya, now=story.at(Day.BALLOTS_IN))
    processes.close_due(now=story.at(Day.ROUND_CLOSED))
    closed = Round.objects.select_related("item").get(pk=story.round.pk)
    counting.count_round(round_=closed, now=story.at(Day.ROUND_CLOSED))
    past.run_reactions(now=story.at(Day.ROUND_CLOSED))


def _put_proposals_together(story: Past) -> None:
    """Take the shortlist in, in the residents' own words: what they agreed with is what stands on the ballot."""
    priya, now = story.person(cast.PRIYA).actor, story.at(Day.SHORTLISTED)
    written = Statement.objects.filter(
        conversation=story.conversation, number_there__in=council.SHORTLIST, state=Statement.State.SHOWN
    )
    by_number = {statement.number_there: statement for statement in written.select_related("item")}
    shortlist = [by_number[number] for number in council.SHORTLIST if number in by_number]
    with override("en"):
        offered = highlights.candidates_of(conversation_id=story.conversation.pk, each=2 * len(council.SHORTLIST))
        reasons = {statement.pk: why for statement, why in offered}
    for statement in shortlist:
        taken = Offered(item=statement.item, words=statement.text, why=reasons.get(statement.pk, ""), is_taken=False)
        choice.take_in(round_=story.round, source=statement.item, wording=taken.wording, by=priya, now=now)
    choice.change_round(round_=story.round, seats=_SEATS, approvals_limit=len(shortlist), by=priya, now=now)


def _agrees_as_approvals(round_: Round) -> list[list[int]]:
    """Return, for each resident who agreed with any of the proposals, the options that they agreed with."""
    option_of = dict(Option.objects.filter(round=round_).values_list("source", "pk"))
    approvals: dict[int, list[int]] = defaultdict(list)
    agrees = Vote.objects.filter(statement__in=option_of, value=Vote.Value.AGREE)
    for actor_id, statement_id in agrees.values_list("actor", "statement"):
        approvals[actor_id].append(option_of[statement_id])
    return list(approvals.values())


@transaction.atomic
def decide(story: Past) -> None:
    """Depart in one point, with a reason; the decision drafts the priorities."""
    if Decision.objects.filter(round=story.round).exists():
        return
    outcome = Outcome.objects.select_related("round__item").get(round=story.round)
    dana, now = story.person(cast.DANA).actor, story.at(Day.DECIDED)
    options, chosen = _options_by_number(story.round), outcome.figures["chosen"]
    dropped, added = options.get(council.DEPARTURE.dropped), options.get(council.DEPARTURE.added)
    if dropped is not None and added is not None and dropped.pk in chosen and added.pk not in chosen:
        decided_on = [*(pk for pk in chosen if pk != dropped.pk), added.pk]
        choice.depart_from_outcome(
            outcome=outcome,
            options=decided_on,
            reason=council.DEPARTURE.reason,
            left_with_nothing_count=choice_queries.left_with_nothing(story.round, decided_on),
            by=dana,
            now=now,
        )
    else:  # another rule or another shortlist than we wrote for: nothing to depart from
        choice.confirm_outcome(outcome=outcome, by=dana, now=now)
    past.run_reactions(now=now)


def _options_by_number(round_: Round) -> dict[int, Option]:
    """Return the options by the number of their statement in the export."""
    found = Option.objects.filter(round=round_).select_related("item")
    return {option.number_there: option for option in found.annotate(number_there=F("source__statement__number_there"))}


# --- deciding and promising ---------------------------------------------------------------------------


@transaction.atomic
def take_on(story: Past) -> None:
    """Let each owner confirm what they answer for and promise something, and write the strategy."""
    if _has_version(story.process, number=1):
        return
    options, priya = _options_by_number(story.round), story.person(cast.PRIYA).actor
    for number, priority in _priorities_by_number(story, state=Priority.State.CANDIDATE).items():
        if (plan := council.PLANS.get(number)) is None:
            continue  # another outcome than we wrote for: it stays proposed, as it does where nobody takes it on
        owner = story.person(plan.owner)
        strategy.name_owner(priority=priority, owner=owner, by=priya, now=story.at(Day.OWNERS_NAMED))
        strategy.confirm_priority(
            priority=priority,
            words=plan.words,
            evidence=[options[number].item for number in plan.also_rests_on],
            by=owner.actor,
            now=story.at(Day.CONFIRMED),
        )
        _promise(story, priority, plan)
    _write_version(story, number=1, now=story.at(Day.WRITTEN))
    past.run_reactions(now=story.at(Day.PROMISED))


def _priorities_by_number(story: Past, *, state: Priority.State) -> dict[int, Priority]:
    """Return the priorities, in their order, by the number of the statement that they go back to."""
    found = Priority.objects.filter(process=story.process, state=state, source__isnull=False)
    found = found.select_related("item", "process__item", "owner__actor", "source", "invitation")
    numbered = found.annotate(number_there=F("source__option__source__statement__number_there"))
    return {priority.number_there: priority for priority in numbered.order_by("number")}


def _promise(story: Past, priority: Priority, plan: council.Plan) -> None:
    owner, now = story.person(plan.owner), story.at(Day.PROMISED)
    made = plan.promise
    words = PromiseWords(
        wording=made.wording,
        threshold=made.threshold,
        due_on=_due_on(story, months=made.months),
        audience=made.audience,
        today=made.today,
        not_done=made.not_done,
        how_checked=made.how_checked,
    )
    promise = strategy.draft_promise(priority=priority, words=words, by=owner.actor, now=now)
    strategy.publish_promise(promise=promise, words=words, by=owner, now=now)


def _due_on(story: Past, *, months: int) -> date:
    """Return the last day of the month so many months after the decision."""
    decided_on = local_day(story.at(Day.DECIDED))
    years, month = divmod(decided_on.month - 1 + months, 12)
    year = decided_on.year + years
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _write_version(story: Past, *, number: int, now: datetime) -> None:
    version = council.VERSIONS[number - 1]
    voices = Item.objects.filter(
        statement__conversation=story.conversation, statement__number_there__in=version.rests_on
    )
    strategy.write_strategy(
        process=story.process,
        words=version.words,
        note=version.note,
        voices=list(voices.order_by("pk")),
        after=number - 1,
        by=story.person(cast.DANA).actor,
        now=now,
    )


def _has_version(process: Process, *, number: int) -> bool:
    return StrategyVersion.objects.filter(text__process=process, number=number).exists()


# --- answering ----------------------------------------------------------------------------------------


@transaction.atomic
def sort_what_is_owed(story: Past) -> None:
    """Join what is owed an answer by theme, as a facilitator does."""
    if AnswerGroup.objects.filter(process=story.process).exclude(title="").exists():
        return
    priya, now = story.person(cast.PRIYA).actor, story.at(Day.GROUPED)
    owed = OwedAnswer.objects.filter(group__process=story.process).select_related("group", "item__statement")
    groups_by_title: dict[str, list[AnswerGroup]] = {theme.title: [] for theme in replies.THEMES}
    for one in owed.order_by("pk"):
        groups_by_title[replies.theme_of(one.item.statement.text).title].append(one.group)
    for title, groups in groups_by_title.items():
        if groups:
            answers.join_groups(groups=groups, title=title, by=priya, now=now)


@transaction.atomic
def answer_in_time(story: Past) -> None:
    """Sign and publish most answers before their day."""
    if not Publication.objects.filter(process=story.process).exists():
        _sign_all(story, when=When.IN_TIME, now=story.at(Day.SIGNED))
        _publish(story, now=story.at(Day.PUBLISHED))


@transaction.atomic
def answer_late(story: Past) -> None:
    """Sign one answer too late, change a promise, and write the strategy again. One answer is still owed."""
    if _has_version(story.process, number=2):
        return
    if _sign_all(story, when=When.LATE, now=story.at(Day.SIGNED_LATE)):
        _publish(story, now=story.at(Day.PUBLISHED_LATE))
    _change_promise(story, now=story.at(Day.CHANGED))
    _write_version(story, number=2, now=story.at(Day.WRITTEN_AGAIN))
    past.run_reactions(now=story.at(Day.WRITTEN_AGAIN))


def _sign_all(story: Past, *, when: When, now: datetime) -> int:
    """Write and sign the answers of the themes that are answered then, and say how many."""
    themes: dict[str, Theme] = {theme.title: theme for theme in replies.THEMES if theme.when is when}
    unanswered = AnswerGroup.objects.filter(process=story.process, title__in=themes, answer=None)
    groups = list(unanswered.select_related("process__item").order_by("pk"))
    for group in groups:
        theme = themes[group.title]
        answers.write_and_sign(group=group, draft=theme.answer, by=story.person(theme.signer), now=now)
    return len(groups)


def _publish(story: Past, *, now: datetime) -> None:
    """Publish what is signed, and tell those behind it. Residents of 2018 left no address: nobody gets a mail."""
    publication = answers.publish(process=story.process, by=story.person(cast.DANA).actor, now=now)
    while telling.tell_some(publication_id=publication.pk, now=now):
        pass


def _change_promise(story: Past, *, now: datetime) -> None:
    changed = council.CHANGED
    promise = (
        Promise.objects.filter(
            process=story.process, priority__source__option__source__statement__number_there=changed.statement
        )
        .select_related("item", "promised_by__actor")
        .first()
    )
    if promise is None or promise.promised_by is None:
        return
    words = replace(words_of(promise), threshold=changed.threshold, due_on=_due_on(story, months=changed.months))
    strategy.change_promise(promise=promise, words=words, reason=changed.reason, by=promise.promised_by.actor, now=now)
