"""What the round that is carried through holds: each link of the chain, by the rooms' own rules."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.answers import queries as answers
from allting.answers.models import Answer, OwedAnswer, Publication
from allting.choice.models import Ballot, Decision, Option, Outcome, Round, Turnout
from allting.demo import city, council, past, replies, story
from allting.demo.replies import When
from allting.opinions import maps, reading
from allting.opinions.figures import Drawing
from allting.opinions.models import MapSnapshot, Vote
from allting.people.models import QueuedMail
from allting.processes.models import Process
from allting.record.models import Event
from allting.strategy import rules as strategy
from allting.strategy.models import Change, Priority, Promise, StrategyVersion
from allting.web.children import Listener
from tests.make import demo as make_demo


@pytest.fixture
def carried(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Process:
    make_demo.tell_of_a_small_city(monkeypatch, tmp_path / "export")
    story.tell(progress=lambda words, share: None)
    process = past.find()
    assert process is not None
    return process


def test_the_chain_holds_from_the_ballots_to_the_answers(carried: Process) -> None:
    """One telling, looked at from all sides: it takes seconds."""
    _both_maps_say_the_same()
    _the_ballots_are_what_residents_agreed_with()
    _outcome_and_decision_differ_and_both_stand()
    _owners_confirmed_and_promised(carried)
    _most_is_answered_one_late_and_one_not_at_all(carried)
    _everything_lies_behind_us_in_its_order(carried)
    _nobody_got_a_mail()
    _every_page_says_what_is_invented(carried)


def _both_maps_say_the_same() -> None:
    latest = MapSnapshot.objects.order_by("conversation", "-drawn_at")
    first, second = {it.conversation_id: it for it in latest.reverse()}.values()

    assert first.input_digest == second.input_digest
    assert first.people_count == second.people_count
    assert first.figures["groups"] == second.figures["groups"]


def _the_ballots_are_what_residents_agreed_with() -> None:
    round_ = Round.objects.get()
    options = dict(Option.objects.filter(round=round_).values_list("pk", "source"))
    agreed: dict[int, set[int]] = {}
    for actor, statement in Vote.objects.filter(value=Vote.Value.AGREE, statement__in=options.values()).values_list(
        "actor", "statement"
    ):
        agreed.setdefault(actor, set()).add(statement)

    ballots = [frozenset(options[pk] for pk in each) for each in Ballot.objects.values_list("approvals", flat=True)]

    assert round_.are_ballots_imported
    assert len(options) == len(council.SHORTLIST)
    assert sorted(map(sorted, ballots)) == sorted(map(sorted, agreed.values()))
    assert not Ballot.objects.exclude(receipt_hash=None).exists()
    assert not Turnout.objects.exists()
    assert Option.objects.exclude(why="").exists()


def _outcome_and_decision_differ_and_both_stand() -> None:
    outcome, decision = Outcome.objects.get(), Decision.objects.get()

    assert decision.verdict == Decision.Verdict.DEPART
    assert len(set(outcome.figures["chosen"]) - set(decision.options)) == 1
    assert len(decision.options) == 9
    assert decision.reason == council.DEPARTURE.reason


def _owners_confirmed_and_promised(carried: Process) -> None:
    active = Priority.objects.filter(process=carried, state=Priority.State.ACTIVE)

    assert Priority.objects.filter(process=carried).count() == 9
    assert active.count() >= 5
    assert active.values("owner").distinct().count() >= 2
    assert Promise.objects.filter(process=carried, state=Promise.State.PUBLISHED).count() == active.count()
    assert StrategyVersion.objects.filter(text__process=carried).count() == len(council.VERSIONS)
    assert set(Change.objects.values_list("part", flat=True)) <= {"threshold", "due_on"}


def _most_is_answered_one_late_and_one_not_at_all(carried: Process) -> None:
    today = timezone.localdate()
    signed = Answer.objects.filter(group__process=carried)
    on_time = answers.punctuality_of([carried.pk], today=today)

    assert Publication.objects.filter(process=carried, told_at__isnull=False).count() == 2
    assert not signed.filter(publication=None).exists()
    assert signed.filter(decision=Answer.Decision.REFUSED).exclude(reason="").exists()
    assert [group.title for group in answers.publicly_late_groups(carried, today=today)] == [
        "Single ideas about many things"
    ]
    assert 0.8 < (on_time.share or 0) < 1
    assert OwedAnswer.objects.count() > 30


def _everything_lies_behind_us_in_its_order(carried: Process) -> None:
    told = Event.objects.filter(item__within=carried.item) | Event.objects.filter(item=carried.item)
    names = list(told.order_by("created_at", "pk").values_list("name", flat=True))
    first = [names.index(name) for name in STATIONS]

    assert first == sorted(first)
    assert not told.filter(created_at__gt=timezone.now()).exists()
    assert all(promise.due_on > timezone.localdate() for promise in Promise.objects.all() if promise.due_on)


STATIONS = (
    "processes.drafted",
    "processes.announced",
    "choice.round_opened",
    "choice.ballots_imported",
    "choice.round_closed",
    "choice.outcome_published",
    "choice.outcome_departed_from",
    "strategy.priorities_drafted",
    "strategy.written",
    "answers.signed",
    "answers.published",
)


def _nobody_got_a_mail() -> None:
    """Residents of 2018 left no address, and nobody invented has said anything."""
    assert not QueuedMail.objects.exists()


def _every_page_says_what_is_invented(carried: Process) -> None:
    round_id, promise = Round.objects.get().pk, Promise.objects.order_by("number").first()
    assert promise is not None
    pages = {
        reverse("processes:process", args=[carried.pk]): "Which nine come first",
        reverse("answers:story", args=[carried.pk]): "were signed on time",
        reverse("answers:answers", args=[carried.pk]): "Single ideas about many things",
        reverse("choice:outcome", args=[round_id]): "These ballots were brought in from elsewhere.",
        reverse("strategy:strategy", args=[carried.pk]): "We choose what many asked for",
        reverse("strategy:priorities", args=[carried.pk]): "Elena Novak",
        reverse("strategy:promises", args=[carried.pk]): promise.wording,
        reverse("strategy:promise", args=[promise.pk]): promise.threshold,
    }
    for path, words in pages.items():
        page = Client().get(path).content.decode()
        assert "answers and relations are invented" in page, path
        assert words in page, path


# --- the words ----------------------------------------------------------------------------------------


def test_every_statement_that_the_council_names_was_said_and_accepted() -> None:
    """Should the archive ever be another one, the numbers would mean something else."""
    archive = resources.files("allting.demo") / "data" / "bowling-green.zip"
    with (
        resources.as_file(archive) as file,
        zipfile.ZipFile(file) as packed,
        packed.open("comments.csv") as binary,
    ):
        rows = list(csv.DictReader(io.TextIOWrapper(binary, encoding="utf-8", newline="")))
    said = {int(row["comment-id"]): row["comment-body"] for row in rows if row["moderated"] == "1"}

    assert set(council.SHORTLIST) <= said.keys()
    assert len(set(council.SHORTLIST)) == 30
    assert council.PLANS.keys() | {council.DEPARTURE.dropped, council.DEPARTURE.added} <= set(council.SHORTLIST)
    words = {
        82: "traffic",
        66: "stoplights",
        128: "developments",
        47: "river",
        58: "river",
        21: "arts",
        10: "addiction",
    }
    words |= {23: "hungry", 34: "homeless", 86: "fairness"}
    assert words.keys() == council.PLANS.keys() | {council.DEPARTURE.dropped}
    assert all(word in said[number].lower() for number, word in words.items())


def test_every_promise_can_be_checked() -> None:
    for plan in council.PLANS.values():
        assert len(plan.promise.wording.split()) > 3
        assert strategy.has_amount(plan.promise.threshold), plan.promise.threshold
    assert strategy.has_amount(council.CHANGED.threshold)


def test_every_statement_belongs_to_one_theme_and_every_no_has_its_reason() -> None:
    assert replies.theme_of("Time the lights on Campbell Lane!").title == "Roads and traffic"
    assert replies.theme_of("We have enough restaurants.").title == "Work and business"
    assert replies.theme_of("More kindness.").when is When.NOT_YET
    for theme in replies.THEMES:
        assert theme.answer.reason or theme.answer.decision not in Answer.NEEDS_REASON
        assert len(theme.answer.headline) <= Answer.HEADLINE_LENGTH


# --- the map of the same votes ------------------------------------------------------------------------


class Drawn:
    """Stands in for the drawing process, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, arrays: reading.Arrays, *, listener: Listener) -> Drawing:
        self.asked += 1
        return Drawing(
            outcome="no_groups",
            method="",
            version="",
            digest="",
            everyone={},
            statements=arrays["statement_ids"].tolist(),
            actors=arrays["actor_ids"][1:].tolist(),
        )


def _arrays(*, ids_from: int, last_vote: int = 1, employee: int = 2) -> reading.Arrays:
    return {
        "camp_actors": np.array([ids_from + employee]),
        "camps": np.array([1]),
        "actor_ids": np.arange(ids_from, ids_from + 3),
        "statement_ids": np.arange(ids_from + 10, ids_from + 12),
        "values": np.array([1, -1, last_vote]),
    }


def test_the_same_votes_are_drawn_once_and_bear_the_other_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, pencil = Drawn(), city.Pencil()
    monkeypatch.setattr(maps, "draw_outside", drawn)
    quiet: Any = lambda share: None  # noqa: E731

    first = pencil(_arrays(ids_from=1), listener=quiet)
    second = pencil(_arrays(ids_from=100), listener=quiet)

    assert drawn.asked == 1
    assert (second.actors, second.statements) == ([101, 102], [110, 111])
    assert replace(second, actors=first.actors, statements=first.statements) == first


def test_other_votes_or_other_people_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, pencil = Drawn(), city.Pencil()
    monkeypatch.setattr(maps, "draw_outside", drawn)
    quiet: Any = lambda share: None  # noqa: E731

    pencil(_arrays(ids_from=1), listener=quiet)
    pencil(_arrays(ids_from=100, last_vote=-1), listener=quiet)
    pencil(_arrays(ids_from=100, employee=0), listener=quiet)

    assert drawn.asked == 3
