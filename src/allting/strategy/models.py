"""What was decided, who answers for it, what is promised, and everything that changed since.

StrategyText ──versions──▶ StrategyVersion        one living text for a process, only added to
Priority ◀──delivers── Promise                    about nine, each with an owner
Change                                            what stood before, what stands now, and why
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allting.people.models import Invitation, Person
from allting.processes.models import Process
from allting.record.models import Actor, Item


class StrategyText(models.Model):
    """The strategy of one process as it is written. What it says is in its latest version."""

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="strategy_text")
    process = models.OneToOneField(Process, on_delete=models.PROTECT, related_name="strategy_text")


class StrategyVersion(models.Model):
    """The text as it stood from one change to the next. Never changed, never deleted.

    voices   what people said that this change rests on; each is also a link of the text
    """

    TEXT_LENGTH = 4_000
    NOTE_LENGTH = 300

    text = models.ForeignKey(StrategyText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    mission = models.TextField(max_length=TEXT_LENGTH)
    choices = models.TextField(max_length=TEXT_LENGTH)
    not_done = models.TextField(max_length=TEXT_LENGTH)
    note = models.CharField(max_length=NOTE_LENGTH)
    voices = models.ManyToManyField(Item, related_name="+")
    made_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="strategy_versions_are_numbered")]


class Priority(models.Model):
    """One of about nine things that come first. Its item's title names it.

    source       the option it was drafted from; none for an own initiative
    what_stops   what gives way to it; needed from the tenth on
    invitation   sent to whoever shall own it, until they accept

        candidate ──owner confirms──▶ active ──sponsor──▶ delivered, retired
    """

    TEXT_LENGTH = 600

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("proposed")
        ACTIVE = "active", _("under way")
        DELIVERED = "delivered", _("delivered")
        RETIRED = "retired", _("given up")

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="priority")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="priorities")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    source = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invitation = models.ForeignKey(Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    success = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    not_done = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    what_stops = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    is_own_initiative = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="priorities_are_numbered"),
            models.UniqueConstraint(
                fields=["process", "source"], condition=Q(source__isnull=False), name="one_priority_of_an_option"
            ),
            models.CheckConstraint(
                condition=Q(state="candidate")
                | (Q(owner__isnull=False, confirmed_at__isnull=False) & ~Q(success="") & ~Q(not_done="")),
                name="confirmed_priority_is_complete",
                violation_error_message=_("A priority needs an owner, what success is, and what is not done."),
            ),
        ]


class Promise(models.Model):
    """What people can hold the organisation to. Its item's title is the sentence, as far as it fits.

    today         where things stand now, in words with n and date
    how_checked   who looks whether it is kept, and how
    promised_by   who put their name under it; none while it is a draft
    number        given at publishing: drafts leave no gaps

        draft ──publish──▶ published ──withdraw──▶ withdrawn
    """

    WORDING_LENGTH = 240
    PART_LENGTH = 300

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("on its way")
        WITHDRAWN = "withdrawn", _("taken back")

    item = models.OneToOneField(Item, primary_key=True, on_delete=models.PROTECT, related_name="promise")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="promises")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="promises")
    number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    wording = models.CharField(max_length=WORDING_LENGTH, blank=True, default="")
    threshold = models.CharField(max_length=PART_LENGTH, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    audience = models.CharField(max_length=PART_LENGTH, blank=True, default="")
    today = models.CharField(max_length=PART_LENGTH, blank=True, default="")
    not_done = models.CharField(max_length=PART_LENGTH, blank=True, default="")
    how_checked = models.CharField(max_length=PART_LENGTH, blank=True, default="")
    promised_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "number"], name="promises_are_numbered"),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (
                    Q(due_on__isnull=False, promised_by__isnull=False, published_at__isnull=False, number__gte=1)
                    & ~Q(wording="")
                    & ~Q(threshold="")
                    & ~Q(audience="")
                ),
                name="published_promise_is_complete",
                violation_error_message=_("A promise needs what can be observed, how much, by when, and to whom."),
            ),
        ]


class Change(models.Model):
    """What somebody altered after it was confirmed or published: old, new and the reason. Only added to."""

    REASON_LENGTH = 300

    class Part(models.TextChoices):
        TITLE = "title", _("The priority")
        SUCCESS = "success", _("What success is")
        WHAT_STOPS = "what_stops", _("What stops")
        WORDING = "wording", _("The sentence")
        THRESHOLD = "threshold", _("How much")
        DUE_ON = "due_on", _("By when")
        AUDIENCE = "audience", _("To whom")
        TODAY = "today", _("Now")
        NOT_DONE = "not_done", _("Not done")
        HOW_CHECKED = "how_checked", _("Checked")
        STATE = "state", _("How it stands")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="changes")
    part = models.CharField(max_length=12, choices=Part)
    old = models.TextField(blank=True, default="")
    new = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=REASON_LENGTH)
    made_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="changing_needs_a_reason",
                violation_error_message=_("A change needs a reason that everybody can read."),
            )
        ]
        indexes = [models.Index(fields=["item", "made_at"])]
