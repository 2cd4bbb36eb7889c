"""What keeps the house honest, each in a second or so."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from allting.people.models import Person
from allting.record import kinds
from allting.record.models import Actor

# Not loaded by the process that answers people: they cost seconds and hundreds of megabytes.
HEAVY = ("numba", "scipy", "sklearn", "pandas")


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_web_process_imports_nothing_heavy() -> None:
    program = (
        "import sys, django; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "from allting.web import rooms; assert len(list(rooms.every_room())) > 4;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_nobody_is_deleted_with_a_person() -> None:
    """Erasing blanks rows; a cascade from a person or an actor would tear holes in other people's trees."""
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model in {Person, Actor}
        and field.remote_field.on_delete is models.CASCADE
    ]

    assert cascades == []


def test_every_kind_answers_all_six_questions() -> None:
    for kind in kinds.registered().values():
        for question in ("cards", "may", "people_behind", "forget", "hand_over", "carry"):
            assert callable(getattr(kind, question)), f"{kind.name} has no {question}"


# Each table that points at somebody, and what erasing does with it. A new one without a line here fails.
WHAT_ERASING_DOES = {
    # record: these name nobody and hold other people's trees and the chain together
    "record.Item.author": "stays; titles are blanked where wished",
    "record.Link.actor": "stays: names nobody",
    "record.LinkConfirmation.actor": "stays: names nobody",
    "record.Event.actor": "stays: names nobody, and the chain covers it",
    "record.Report.actor": "unlinked, the reason blanked",
    "record.ModerationDecision.actor": "stays: a decision about somebody else",
    # people
    "people.Person.actor": "the person is blanked",
    "people.Device.actor": "unlinked and the device goes",
    "people.Session.person": "goes",
    "people.Role.person": "goes",
    "people.Role.given_by": "stays: names nobody",
    "people.Invitation.invited_by": "stays: names nobody",
    "people.Invitation.accepted_by": "stays: names nobody; the address is blanked",
    "people.EntryLink.made_by": "stays: names nobody",
    "people.Entry.person": "goes",
    "people.MailedCode.actor": "goes",
    "people.LeftAddress.actor": "goes",
    "people.QueuedMail.actor": "goes",
    # processes
    "processes.Process.sponsor": "stays: the person is blanked",
    "processes.Participation.actor": "goes; the count, in which nobody can be told, stays until the next one",
    # opinions
    "opinions.Participant.actor": "goes",
    "opinions.Burst.set_aside_by": "stays: names nobody",
    "opinions.View.actor": "goes",
    "opinions.Vote.actor": "goes",
    "opinions.MapPlace.actor": "goes",
    "opinions.Comparison.actor": "goes",
    "opinions.Unread.actor": "stays: names nobody",
    "opinions.ImportRun.actor": "stays: names nobody",
    "opinions.GroupName.named_by": "stays: names nobody",
    "opinions.HostSite.named_by": "stays: names nobody",
    # strategy
    "strategy.StrategyVersion.made_by": "stays: names nobody",
    "strategy.Priority.owner": "taken out of proposals; of what was confirmed stays: the person is blanked",
    "strategy.Promise.promised_by": "stays: the person is blanked",
    "strategy.Change.made_by": "stays: names nobody",
    # answers
    "answers.Answer.signed_by": "stays: the person is blanked, the office that signed stays",
    "answers.Publication.published_by": "stays: names nobody",
    # choice
    "choice.Turnout.actor": "goes, from an open round at its closing; a ballot has nobody's name",
    "choice.Hand.actor": "goes, and with it what a shortlist showed",
    "choice.Decision.made_by": "stays: names nobody",
}


def test_every_table_that_points_at_somebody_is_thought_of_when_erasing() -> None:
    pointing = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model in {Person, Actor}
    }

    assert pointing == set(WHAT_ERASING_DOES)
