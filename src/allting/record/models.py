"""What happened, what rests on what, and what was hidden and why.

An Actor carries no personal data, an Item no words but its title, an event no free text. Whoever is
erased leaves these rows standing, so that other people's links and the chain of seals stay whole.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Actor(models.Model):
    """Anyone or anything that can act. Everything that has an author points here."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        DEVICE = "device", _("participant without account")
        IMPORTED = "imported", _("imported")
        SYSTEM = "system", _("Allting itself")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="system"), name="one_system_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Item(models.Model):
    """Anything that can be cited. The owning room's row shares this key."""

    TITLE_LENGTH = 300

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=TITLE_LENGTH)
    author = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="items")
    within = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    created_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["author", "kind"]), models.Index(fields=["within", "kind"])]

    def __str__(self) -> str:
        return self.title


class Link(models.Model):
    """An arrow from the younger item to the older one that it rests on. Never changed, never deleted."""

    class Relation(models.TextChoices):
        RESTS_ON = "rests_on", _("rests on")
        DELIVERS = "delivers", _("delivers")
        TESTS = "tests", _("tests")
        ANSWERS = "answers", _("answers")
        MERGED_INTO = "merged_into", _("was merged into")
        CONTRADICTS = "contradicts", _("contradicts")

    younger = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="links_down")
    older = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="links_up")
    relation = models.CharField(max_length=20, choices=Relation)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    already_planned = models.BooleanField(
        null=True, help_text="True when the younger was planned before the older spoke: honest credit."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["younger", "older", "relation"], name="one_link_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(younger=models.F("older")),
                name="no_link_to_itself",
                violation_error_message=_("An item cannot rest on itself."),
            ),
        ]


class LinkConfirmation(models.Model):
    """Somebody else saw the link and says it is right."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="confirmations")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "actor"], name="confirmed_once_each")]


class Event(models.Model):
    """A fact in the past tense, with ids and numbers and no free text. Never updated, never deleted."""

    name = models.CharField(max_length=80)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="events")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="events")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["item", "name"])]


class Seal(models.Model):
    """The place of a committed event in the chain. Its hash covers the event and the seal before it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class OutboxEntry(models.Model):
    """One reaction owed to one event. Tried until it succeeds; harmless when repeated."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="outbox")
    reaction = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    tries_count = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="one_reaction_per_event")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="outbox_open")]


class Report(models.Model):
    """Somebody thinks that an item should not stand."""

    REASON_LENGTH = 500

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reports")
    actor = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "actor"], condition=Q(settled_at__isnull=True), name="one_open_report_each"
            )
        ]


class ModerationDecision(models.Model):
    """Hidden, kept or restored, by whom and why. The author is shown the latest one."""

    class Verdict(models.TextChoices):
        HIDE = "hide", _("hidden")
        RESTORE = "restore", _("restored")
        KEEP = "keep", _("kept")

    REASON_LENGTH = 500

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="moderation")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=REASON_LENGTH)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
